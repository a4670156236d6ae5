import type { CallLimits } from './rules'

/** What the deployment does just now, the call in question not counted. */
export type Reading = {
  running: number
  lastMinute: number
  /** Of the calling agent. */
  agentRunning: number
  agentLastMinute: number
  /** Of ended calls of this UTC day, and of those that still go on. */
  spent: number
}
export type MeterLimits = { perAgent: CallLimits; deployment: CallLimits; spendPerDay: number | null }
export type MeterRefusal = 'calls-full' | 'spend-limit' | 'too-many-calls'

/** SIP-7: whether one more call fits. Null: it does. The breaker opens when the day's limit is reached; running calls go on. */
export function overLimit(limits: MeterLimits, reading: Reading): MeterRefusal | null {
  const { perAgent, deployment, spendPerDay } = limits
  if (spendPerDay !== null && reading.spent >= spendPerDay) return 'spend-limit'
  if (reading.agentRunning >= perAgent.atOnce || reading.agentLastMinute >= perAgent.perMinute) return 'too-many-calls'
  if (reading.running >= deployment.atOnce || reading.lastMinute >= deployment.perMinute) return 'calls-full'
  return null
}

/** Billed by the second, from the answer on. */
export const costOf = (answeredAt: number | null, until: number, pricePerMinute: number): number =>
  answeredAt === null ? 0 : (Math.ceil(Math.max(0, until - answeredAt) / 1000) * pricePerMinute) / 60

/** The UTC day, as a key. */
export const dayOf = (now: number): string => new Date(now).toISOString().slice(0, 10)
