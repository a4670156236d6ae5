import type { BrowserContext, Page } from '@playwright/test'

type Listening = typeof globalThis & { heardTones: (hertz: number[], ms: number) => Promise<number[]> }

/**
 * This person's microphone is a steady tone, and what their loudspeakers play is known by its pitch: every `<audio>` of the page that plays,
 * is not muted, and has a stream. Before the first page.
 */
export async function hum(context: BrowserContext, hertz: number): Promise<void> {
  await context.addInitScript((hertz) => {
    const sound = new AudioContext()
    navigator.mediaDevices.getUserMedia = async () => {
      await sound.resume()
      const tone = sound.createOscillator()
      const volume = sound.createGain()
      const out = sound.createMediaStreamDestination()
      tone.frequency.value = hertz
      volume.gain.value = 0.3
      tone.connect(volume).connect(out)
      tone.start()
      return out.stream
    }
    const players = new Set<HTMLMediaElement>()
    const real = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject')!
    Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
      ...real,
      set(this: HTMLMediaElement, stream: MediaProvider | null) {
        players.add(this)
        real.set!.call(this, stream)
      },
    })
    const meters = new Map<string, AnalyserNode>()
    const meterOf = (stream: MediaStream): AnalyserNode => {
      const key = stream.getAudioTracks()[0]?.id ?? ''
      const known = meters.get(key)
      if (known) return known
      const meter = sound.createAnalyser()
      meter.fftSize = 4096
      meter.smoothingTimeConstant = 0
      sound.createMediaStreamSource(stream).connect(meter)
      meters.set(key, meter)
      return meter
    }
    ;(globalThis as Listening).heardTones = async (wanted, ms) => {
      await sound.resume()
      const heard = new Map(wanted.map((one) => [one, 0]))
      const until = performance.now() + ms
      let readings = 0
      do {
        const now = new Set<number>()
        for (const player of players) {
          const stream = player.srcObject
          if (!(stream instanceof MediaStream) || player.muted || player.paused) continue
          if (!stream.getAudioTracks().some(({ readyState }) => readyState === 'live')) continue
          const meter = meterOf(stream)
          const levels = new Float32Array(meter.frequencyBinCount)
          meter.getFloatFrequencyData(levels)
          for (const one of wanted) {
            const bin = Math.round((one * meter.fftSize) / sound.sampleRate)
            // an unwanted tone is below -87 dB, a wanted one above -40 dB
            if (Math.max(...levels.subarray(bin - 2, bin + 3)) > -60) now.add(one)
          }
        }
        readings++
        for (const one of now) heard.set(one, heard.get(one)! + 1)
        await new Promise((later) => setTimeout(later, 40))
      } while (performance.now() < until)
      // a lost packet is a step, and a step has every pitch for as long as it stands in the meter's 85 ms: a tone goes on
      return wanted.filter((one) => heard.get(one)! > readings / 2).sort((a, b) => a - b)
    }
  }, hertz)
}

/** The tones of these that go on for most of the next moments on this page, lowest first. */
export const tonesAt = (page: Page, hertz: number[], ms = 400): Promise<number[]> =>
  page.evaluate(([hertz, ms]) => (globalThis as Listening).heardTones(hertz, ms), [hertz, ms] as const)
