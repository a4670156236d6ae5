import { audioContext } from './microphone'
import { outputOf } from './sound-devices'

/** Cadences in seconds: [on, off] pairs of a pair of tones. */
const RING = { tones: [659.25, 523.25], beats: [0.22, 0.1, 0.22, 0.1, 0.22, 2.14], loud: 0.16 }
/** ITU-T E.180: 425 Hz, 1 s on, 4 s off in most of the world. */
const RING_BACK = { tones: [425], beats: [1, 4], loud: 0.05 }
const BUSY = { tones: [425], beats: [0.35, 0.35, 0.35, 0.35, 0.35, 0.35], loud: 0.05, once: true }

/** ITU-T E.180 §7: call waiting, heard under the talk: two short ones, seldom and soft. */
const WAITING = { tones: [440], beats: [0.14, 0.16, 0.14, 7.56], loud: 0.03 }
/** Before a call is answered by itself. */
const BEEP = { tones: [880], beats: [0.25, 1], loud: 0.12, once: true }

type Cadence = { tones: number[]; beats: number[]; loud: number; once?: boolean }
export type SoundName = 'ring' | 'ring-back' | 'busy' | 'waiting'
const CADENCES: Record<SoundName, Cadence> = { ring: RING, 'ring-back': RING_BACK, busy: BUSY, waiting: WAITING }

/** What the telephone itself says: ringing, ringing at the other end, busy. Made here, so that nothing is loaded. */
export class Sounds {
  private playing: { name: SoundName; stop(): void } | null = null

  /** Plays this, or nothing; asked twice for the same it goes on. */
  play(name: SoundName | null): void {
    if (this.playing?.name === name) return
    this.playing?.stop()
    this.playing =
      name === null
        ? null
        : { name, stop: start(CADENCES[name], outputOf(audioContext(), name === 'ring' ? 'ringer' : 'speaker')) }
  }
}

type Output = ReturnType<typeof outputOf>

/** PHONE-3: in the ear, not on the ringer. */
export function beep(): void {
  setTimeout(start(BEEP, outputOf(audioContext(), 'speaker')), 300)
}

/** PHONE-5: one round of the ring, to hear where it comes out. */
export function playOnce(output: Output): void {
  const stop = start({ ...RING, once: true }, output)
  setTimeout(stop, RING_MS)
}
const RING_MS = 900

function start(cadence: Cadence, output: Output): () => void {
  const context = audioContext()
  const gain = context.createGain()
  gain.gain.value = 0
  gain.connect(output.node)
  const oscillators = cadence.tones.map((hertz) => {
    const oscillator = context.createOscillator()
    oscillator.frequency.value = hertz
    oscillator.connect(gain)
    oscillator.start()
    return oscillator
  })
  const round = cadence.beats.reduce((sum, beat) => sum + beat, 0)
  let next = context.currentTime
  // Rounds are laid on the audio clock ahead of time: a page's timers are slowed when it is hidden, the ring must not be.
  const lay = () => {
    while (next < context.currentTime + 90) {
      let at = next
      cadence.beats.forEach((beat, i) => {
        gain.gain.setTargetAtTime(i % 2 === 0 ? cadence.loud / oscillators.length : 0, at, 0.012)
        at += beat
      })
      next += round
      if (cadence.once) return
    }
  }
  lay()
  const timer = cadence.once ? null : setInterval(lay, 30_000)
  return () => {
    if (timer !== null) clearInterval(timer)
    for (const oscillator of oscillators) oscillator.stop()
    gain.disconnect()
    output.close()
  }
}
