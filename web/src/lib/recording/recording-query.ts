export type RecordingFilters = {
  poolId: string
  agentId: string
  /** Epoch ms: from inclusive, to exclusive. */
  bounds: { from: number; to: number } | null
  /** As typed: digits and ornament. */
  number: string
  /** At least this long. */
  minutes: number
  callId: string | null
  attemptId: string | null
}
/** One digit finds everybody. */
const FEWEST_DIGITS = 2

/** What the edge is asked for; nothing that is not chosen. */
export function queryOf(filters: RecordingFilters, cursor: string | null, limit: number): URLSearchParams {
  const query = new URLSearchParams({ limit: String(limit) })
  const wants = (name: string, value: string | number | null | undefined) => {
    if (value !== null && value !== undefined && value !== '') query.set(name, String(value))
  }
  const number = filters.number.replace(/[^\d+]/g, '').replace(/(?!^)\+/g, '')
  wants('poolId', filters.poolId)
  wants('agentId', filters.agentId)
  wants('from', filters.bounds?.from)
  wants('to', filters.bounds?.to)
  wants('number', number.replace('+', '').length >= FEWEST_DIGITS ? number : null)
  wants('longerThan', filters.minutes > 0 ? filters.minutes * 60 : null)
  wants('callId', filters.callId)
  wants('attemptId', filters.attemptId)
  wants('cursor', cursor)
  return query
}
