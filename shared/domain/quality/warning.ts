import { mosOf } from './e-model'
import type { QualitySample } from './summary'

export type QualityWarning = 'loss' | 'delay' | 'jitter' | 'score'
/** Of the last five seconds. */
export const WARNING_WINDOW = 5

/**
 * PHONE-7: what is wrong for so long that the agent should hear of it. Each needs three of the last five seconds, so that one bad second says
 * nothing, and one good second does not take it back. Loss over 3 %, a one-way delay over 200 ms, jitter over 30 ms, MOS under 3.5.
 * The first that fits is said: loss explains a bad score better than the score.
 */
export function warningOf(latest: readonly QualitySample[]): QualityWarning | null {
  const recent = latest.slice(-WARNING_WINDOW)
  const often = (is: (sample: QualitySample) => boolean) => recent.filter(is).length >= 3
  if (often(({ loss }) => loss > 0.03)) return 'loss'
  if (often(({ delayMs }) => delayMs > 200)) return 'delay'
  if (often(({ jitterMs }) => jitterMs !== null && jitterMs > 30)) return 'jitter'
  if (often((sample) => mosOf(sample) < 3.5)) return 'score'
  return null
}
