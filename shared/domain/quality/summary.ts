import { mosOfRating, ratingOf, type Codec } from './e-model'

/** One second of a leg, as it was received. */
export type QualitySample = { delayMs: number; loss: number; jitterMs: number | null; codec: Codec; burstRatio: number }

/** A leg so far, small enough to keep beside the call. */
export type QualitySum = {
  seconds: number
  ratings: number
  worst: number
  delay: number
  loss: number
  jitter: number
  jitterSeconds: number
  codec: Codec
}
/** What is kept of a leg when its call is over. MOS to two places, ms whole, loss 0…1. */
export type LegQuality = {
  mos: number
  worstMos: number
  loss: number
  delayMs: number
  jitterMs: number | null
  seconds: number
  codec: Codec
}

export function addSample(sum: QualitySum | null, sample: QualitySample): QualitySum {
  const rating = ratingOf(sample)
  const before = sum ?? { seconds: 0, ratings: 0, worst: rating, delay: 0, loss: 0, jitter: 0, jitterSeconds: 0 }
  return {
    seconds: before.seconds + 1,
    ratings: before.ratings + rating,
    worst: Math.min(before.worst, rating),
    delay: before.delay + sample.delayMs,
    loss: before.loss + sample.loss,
    jitter: before.jitter + (sample.jitterMs ?? 0),
    jitterSeconds: before.jitterSeconds + (sample.jitterMs === null ? 0 : 1),
    codec: sample.codec,
  }
}

/** PHONE-7: unknown until measured: null, never a good figure. */
export function summaryOf(sum: QualitySum | null): LegQuality | null {
  if (!sum || sum.seconds === 0) return null
  const { seconds } = sum
  const twoPlaces = (value: number) => Math.round(value * 100) / 100
  return {
    // the ratings are averaged, not the scores: the scale of the score is bent
    mos: twoPlaces(mosOfRating(sum.ratings / seconds)),
    worstMos: twoPlaces(mosOfRating(sum.worst)),
    loss: Math.round((sum.loss / seconds) * 10_000) / 10_000,
    delayMs: Math.round(sum.delay / seconds),
    jitterMs: sum.jitterSeconds === 0 ? null : Math.round(sum.jitter / sum.jitterSeconds),
    seconds,
    codec: sum.codec,
  }
}
