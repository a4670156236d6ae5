/**
 * When a recording stands still, and what is kept of it (PHONE-11). Several reasons may hold at once (a card's number is
 * typed while the call is on hold): it goes on when the last of them is gone, and the gap has the name of the first.
 *
 *   running ──pause(why)──▶ paused {why…} ──resume(last why)──▶ running, and a gap is kept
 */
export type PauseReason = 'hold' | 'hand' | 'card'
/** `atMs`: where in the recording; `ms`: how long in the call. */
export type Gap = { atMs: number; ms: number; why: PauseReason }
export type Pausing = { reasons: readonly PauseReason[]; first: PauseReason | null; since: number; atMs: number }

export const RUNNING: Pausing = { reasons: [], first: null, since: 0, atMs: 0 }
export const isPaused = ({ reasons }: Pausing): boolean => reasons.length > 0

/** `atMs`: how long the recording is by now. The same reason again changes nothing. */
export function pause(state: Pausing, why: PauseReason, now: number, atMs: number): Pausing {
  if (state.reasons.includes(why)) return state
  if (isPaused(state)) return { ...state, reasons: [...state.reasons, why] }
  return { reasons: [why], first: why, since: now, atMs }
}

/** `gap`: when nothing holds it any more. A clock that went back makes a gap of nothing, not of less. */
export function resume(state: Pausing, why: PauseReason, now: number): { state: Pausing; gap: Gap | null } {
  const reasons = state.reasons.filter((one) => one !== why)
  if (reasons.length === state.reasons.length) return { state, gap: null }
  if (reasons.length > 0) return { state: { ...state, reasons }, gap: null }
  return { state: RUNNING, gap: { atMs: state.atMs, ms: Math.max(0, now - state.since), why: state.first! } }
}

/** The call ended while it stood still. */
export function close(state: Pausing, now: number): Gap | null {
  return isPaused(state) ? { atMs: state.atMs, ms: Math.max(0, now - state.since), why: state.first! } : null
}

/** Where in the call a moment of the recording was. */
export function callTimeOf(gaps: readonly Gap[], atMs: number): number {
  return atMs + gaps.reduce((sum, gap) => (gap.atMs < atMs ? sum + gap.ms : sum), 0)
}
