import { ok, refuse, type Result } from '../../result'
import { zonesOfNumber } from '../hours/locality'
import type { Role } from '../roles'
import type { Callback, Entry } from './entry'

/**
 * POOL-15: the zone a promise is made in: the list's own, else the number's (where it may lie in several, the pool's if it
 * is one of them, else the first), else the pool's.
 */
export function zoneOfCustomer(e164: string, listed: string | null, poolZone: string): string {
  if (listed !== null) return listed
  const zones = zonesOfNumber(e164)
  return zones.length === 0 || zones.includes(poolZone) ? poolZone : zones[0]!
}

/** What is known of who asks: a supervisor may touch any promise, an agent the ones that are theirs. */
export type CallbackActor = { userId: string; role: Role }
/** `was`: the time that stood on the screen of who moves it; `for`: whose it is from now on, null anyone's. */
export type CallbackMove = { was: number; to: number; for?: string | null | undefined; note?: string | undefined }
export type CallbackRefusal = 'not-permitted' | 'unknown-callback' | 'conflict' | 'entry-state' | 'callback-in-the-past'

const oversees = ({ role }: CallbackActor) => role === 'supervisor' || role === 'administrator'
/** Mine: promised to be made by me, or, for anyone, promised by me. */
export const isOwn = (callback: Callback, userId: string): boolean =>
  callback.for === userId || (callback.for === null && callback.by === userId)
export const mayTouch = (callback: Callback, by: CallbackActor): boolean => oversees(by) || isOwn(callback, by.userId)

/**
 * POOL-15: another time, another person, other words. `at`: when it was decided, which the new time must lie after. One that
 * was moved by someone else meanwhile is not moved back by a device that was away: `conflict`.
 */
export function moveCallback(
  entry: Entry,
  move: CallbackMove,
  by: CallbackActor,
  at: number,
): Result<Entry, CallbackRefusal> {
  const found = touchable(entry, move.was, by)
  if (!found.ok) return found
  if (move.to <= at) return refuse('callback-in-the-past')
  const whose = move.for === undefined ? found.value.for : move.for
  if (whose !== null && whose !== by.userId && whose !== found.value.for && !oversees(by))
    return refuse('not-permitted')
  return ok({
    ...entry,
    callback: {
      ...found.value,
      at: move.to,
      for: whose,
      note: move.note === undefined ? found.value.note : move.note || null,
    },
  })
}

/**
 * POOL-15: the promise is taken back. The customer waits again at the old place in the order; with the attempts spent that
 * is `unreachable`, which the pool's own settling decides.
 */
export function cancelCallback(entry: Entry, was: number, by: CallbackActor): Result<Entry, CallbackRefusal> {
  const found = touchable(entry, was, by)
  return found.ok ? ok({ ...entry, callback: null, dueAt: null }) : found
}

function touchable(entry: Entry, was: number, by: CallbackActor): Result<Callback, CallbackRefusal> {
  const { callback, state } = entry
  if (!callback) return refuse('unknown-callback')
  if (!mayTouch(callback, by)) return refuse('not-permitted')
  if (state !== 'pending' && state !== 'paused') return refuse('entry-state')
  return callback.at === was ? ok(callback) : refuse('conflict')
}
