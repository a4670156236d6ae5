import type { MediaStats } from './phone'

/** One second of a call, judged. */
export type QualityNow = {
  word: QualityWord
  /** Mean opinion score 1…4.41, estimated (ITU-T G.107). */
  mos: number
  /** Share of packets lost in the last seconds, 0…1. */
  loss: number
  /** One-way delay, estimated, in ms. */
  delayMs: number
}
export type QualityWord = 'clear' | 'good' | 'fair' | 'poor' | 'bad'

/**
 * E-model (ITU-T G.107): R = 93.2 − Id − Ie,eff, with Id from the one-way delay and Ie,eff from random loss at
 * Bpl 25.1 and Ie 0 (G.113, G.711 with concealment: Opus does no worse).
 */
export function mosOf(loss: number, delayMs: number): number {
  const delayed = 0.024 * delayMs + (delayMs > 177.3 ? 0.11 * (delayMs - 177.3) : 0)
  const percent = loss * 100
  const lossy = (95 * percent) / (percent + 25.1)
  const r = Math.max(0, Math.min(93.2, 93.2 - delayed - lossy))
  return 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6
}

export function wordOf(mos: number): QualityWord {
  if (mos >= 4.2) return 'clear'
  if (mos >= 4) return 'good'
  if (mos >= 3.6) return 'fair'
  return mos >= 3.1 ? 'poor' : 'bad'
}

/** PHONE-7. Null while there is nothing to judge: packets must have come in, and a round trip been measured. */
export function qualityOf(before: MediaStats | null, now: MediaStats): QualityNow | null {
  if (before === null || now.roundTrip === null || now.packetsReceived <= before.packetsReceived) return null
  const received = now.packetsReceived - before.packetsReceived
  const lost = Math.max(0, now.packetsLost - before.packetsLost)
  const loss = lost / (received + lost)
  const delayMs = (now.roundTrip / 2) * 1000 + (now.bufferDelay ?? now.jitter ?? 0) * 1000
  const mos = mosOf(loss, delayMs)
  return { word: wordOf(mos), mos, loss, delayMs }
}
