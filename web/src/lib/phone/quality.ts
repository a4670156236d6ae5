import { burstRatioOf, codecOf, mosOf } from '#shared/domain/quality/e-model'
import type { QualitySample } from '#shared/domain/quality/summary'
import type { QualityWarning } from '#shared/domain/quality/warning'
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
  /** What has been wrong for seconds; null: nothing, or not for long. */
  warning: QualityWarning | null
}
export type QualityWord = 'clear' | 'good' | 'fair' | 'poor' | 'bad'

export function wordOf(mos: number): QualityWord {
  if (mos >= 4.2) return 'clear'
  if (mos >= 4) return 'good'
  if (mos >= 3.6) return 'fair'
  return mos >= 3.1 ? 'poor' : 'bad'
}

/** The last second as the E-model takes it. Null while there is nothing to judge: packets must have come in, and a round trip been measured. */
export function sampleOf(before: MediaStats | null, now: MediaStats): QualitySample | null {
  if (before === null || now.roundTrip === null || now.packetsReceived <= before.packetsReceived) return null
  const received = now.packetsReceived - before.packetsReceived
  const lost = Math.max(0, now.packetsLost - before.packetsLost)
  const loss = lost / (received + lost)
  const gaps = now.gaps === undefined || before.gaps === undefined ? 0 : now.gaps - before.gaps
  return {
    delayMs: (now.roundTrip / 2) * 1000 + (now.bufferDelay ?? now.jitter ?? 0) * 1000,
    loss,
    jitterMs: now.jitter === null ? null : now.jitter * 1000,
    codec: codecOf(now.codec ?? null),
    burstRatio: burstRatioOf(lost, gaps, loss),
  }
}

/** PHONE-7, as screens show it. */
export function qualityOf(sample: QualitySample, warning: QualityWarning | null = null): QualityNow {
  const mos = mosOf(sample)
  return { word: wordOf(mos), mos, loss: sample.loss, delayMs: sample.delayMs, warning }
}
