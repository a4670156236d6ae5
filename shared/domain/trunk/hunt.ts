/**
 * Whom of a pool a call that came in rings (SIP-9), wave after wave, until one answers.
 *
 *   wave 1 ──nobody for the ring time, or all declined──▶ wave 2 ──▶ … ──▶ the fallback agent ──▶ nobody
 *
 * An agent is rung once a call. Who becomes available while it rings comes into the next wave.
 */
export type HuntRules = {
  /** Rung together; null: all that are available. */
  atOnce: number | null
  /** How long one wave rings. */
  ringSeconds: number
  fallbackUserId: string | null
}

/** Callers hang up sooner; proxies give an INVITE up that is answered by nothing final (RFC 3261 §16.6 Timer C: 3 min). */
export const HUNT_MS = 180_000
/** So many are rung together at most: each is an INVITE to every device of an agent. */
export const MOST_AT_ONCE = 20

/** The agents that may be rung now, best first: `available` (longest idle first) who are members and were not rung yet. */
export function huntable(
  available: readonly string[],
  members: 'everyone' | readonly string[],
  rung: readonly string[],
): string[] {
  return available.filter((agent) => !rung.includes(agent) && (members === 'everyone' || members.includes(agent)))
}

/** How many the next wave has. */
export const waveSize = ({ atOnce }: Pick<HuntRules, 'atOnce'>): number =>
  Math.min(atOnce ?? MOST_AT_ONCE, MOST_AT_ONCE)

/** Milliseconds the next wave may ring; 0: the call has rung long enough. `rangMs`: since it came in. */
export function waveMs({ ringSeconds }: Pick<HuntRules, 'ringSeconds'>, rangMs: number): number {
  const left = HUNT_MS - rangMs
  return left < 1_000 ? 0 : Math.min(ringSeconds * 1_000, left)
}
