import type { PhoneCall, PhoneState } from './phone'

export const MOST_LINES = 10
/** Who takes one call at a time may still ask a colleague before a transfer. */
export const LINES_TO_ASK = 2
type Shown = Pick<PhoneState, 'call' | 'others' | 'habits' | 'isConference'>
/** A call on a line, as far as the order of lines goes. */
type OnLine = { readonly call: PhoneCall | null; readonly isLive: boolean }

/**
 * PHONE-4: the lines of one telephone. The first is in hand; the others are on hold, the last one left first, or wait to be answered.
 *
 *   [ in hand │ held, held, … │ waiting, … ]
 */
export const waits = ({ call }: OnLine): boolean => call?.state === 'ringing-in'

/** Those on hold beside the one in hand, the last one left first. */
export const heldOf = <T extends OnLine>(calls: readonly T[]): T[] =>
  calls.slice(1).filter((one) => one.isLive && !waits(one))

/** The lowest number that is free; null: all `lines` are taken. */
export function freeLine(calls: readonly OnLine[], lines: number): number | null {
  const taken = new Set(calls.filter((one) => one.isLive).map(({ call }) => call?.line))
  for (let line = 1; line <= lines; line++) if (!taken.has(line)) return line
  return null
}

/** When the one in hand is over: the held one left last comes in hand, else who waits; else all stays as it is. */
export function afterEnd<T extends OnLine>(calls: readonly T[]): readonly T[] {
  const [first] = calls
  if (!first || first.isLive) return calls
  const next = heldOf(calls)[0] ?? calls.find((one) => one.isLive)
  return next ? inFront(calls, next) : calls
}

// ---- as screens know them: the calls beside the one in hand -------------------------------------------------------

export const heldBeside = (others: readonly PhoneCall[]): PhoneCall[] =>
  others.filter(({ state }) => state !== 'ended' && state !== 'ringing-in')

export const waitingBeside = (others: readonly PhoneCall[]): PhoneCall[] =>
  others.filter(({ state }) => state === 'ringing-in')

/** Somebody else may be asked, or answered: a line is free, and nobody is in a conference. */
export const isRoomBeside = ({ call, others, habits, isConference }: Shown): boolean =>
  call?.answeredAt !== null && !isConference && liveOf(others) + 1 < Math.max(habits.lines, LINES_TO_ASK)

const liveOf = (others: readonly PhoneCall[]) => others.filter(({ state }) => state !== 'ended').length

export const inFront = <T>(calls: readonly T[], one: T): T[] => [one, ...calls.filter((other) => other !== one)]
