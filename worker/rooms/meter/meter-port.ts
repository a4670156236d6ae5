import type { MeterLimits, MeterRefusal } from '#shared/domain/dialling/meter'

/** A call to a number, as it stands: whole, so that hearing it twice or late does no harm. */
export type MeteredCall = {
  callId: string
  agentId: string
  answeredAt: number | null
  endedAt: number | null
  pricePerMinute: number
  /** As the rules were when it was placed; the newest version counts. */
  limits: MeterLimits & { version: number }
}
export type MeterView = { running: number; lastMinute: number; spentToday: number; day: string }

/**
 * env.METER.getByName('calls'): how many calls to numbers go on, and what they have cost today (SIP-7). Nobody waits for it:
 * a call is placed beside the question, and ended when the answer is no (decision 0160).
 */
export interface MeterPort {
  /** `stop`: this call is one too many. The same call gets the same answer. */
  note(call: MeteredCall): Promise<{ stop: MeterRefusal | null }>
  view(): Promise<MeterView>
}
