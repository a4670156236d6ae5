import type { EchoSound } from '$lib/phone/sip-echo'
import { audioContext } from '$lib/phone/microphone'

type Sounding = EchoSound & { close(): void }

/** PHONE-5: so much later one hears oneself: long enough not to talk over it. */
const ECHO_SECONDS = 1
/** Quiet, and not what a microphone would send: it proves that sound is carried, and nobody hears it. */
const TONES = { near: 440, far: 520 }
const LOUDNESS = 0.1

/** Chromium decodes the sound of a connection, and hands it on, only while an element plays it: one that nobody hears. */
function pump(): { play(stream: MediaStream): void; close(): void } {
  const element = new Audio()
  element.muted = true
  return {
    play: (stream) => {
      element.srcObject = stream
      void element.play().catch(() => undefined)
    },
    close: () => (element.srcObject = null),
  }
}

/** PHONE-6: each end sends a tone of its own, so that a call can be measured without a microphone; and whether the other's is heard just now. */
export function toneSound(context = audioContext()): Sounding & { isHeard(): boolean } {
  const tones = [TONES.near, TONES.far].map((hertz) => {
    const out = context.createMediaStreamDestination()
    const gain = context.createGain()
    gain.gain.value = LOUDNESS
    const tone = context.createOscillator()
    tone.frequency.value = hertz
    tone.connect(gain).connect(out)
    tone.start()
    return { stream: out.stream, stop: () => tone.stop() }
  })
  const ear = pump()
  const analyser = context.createAnalyser()
  return {
    near: tones[0]!.stream,
    far: tones[1]!.stream,
    heardNear: (stream) => {
      ear.play(stream)
      context.createMediaStreamSource(stream).connect(analyser)
    },
    isHeard: () => {
      const samples = new Float32Array(analyser.fftSize)
      analyser.getFloatTimeDomainData(samples)
      return samples.some((sample) => Math.abs(sample) > LOUDNESS / 10)
    },
    close: () => {
      ear.close()
      for (const { stop } of tones) stop()
    },
  }
}

/** PHONE-5: what the far end hears it sends back a second later; the near end hears that on the speaker. */
export function echoSound(microphone: MediaStream, speaker: HTMLAudioElement, context = audioContext()): Sounding {
  const delay = context.createDelay(ECHO_SECONDS)
  delay.delayTime.value = ECHO_SECONDS
  const back = context.createMediaStreamDestination()
  delay.connect(back)
  const ear = pump()
  return {
    near: microphone,
    far: back.stream,
    heardFar: (stream) => {
      ear.play(stream)
      context.createMediaStreamSource(stream).connect(delay)
    },
    heardNear: (stream) => {
      speaker.srcObject = stream
      void speaker.play().catch(() => undefined)
    },
    close: () => {
      speaker.srcObject = null
      ear.close()
      delay.disconnect()
      for (const track of microphone.getTracks()) track.stop()
    },
  }
}
