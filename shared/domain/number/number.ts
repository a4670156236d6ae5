/**
 * The hold of one telephone number across pools and live calls (POOL-1).
 *
 *   unknown ──register──▶ sole: its pool leases without asking
 *                           │ another place wants it: the pool is asked for its live lease, and marks the number shared
 *                           ▼
 *                         shared: every pool asks before it leases ──only one pool is left, no call──▶ sole
 *
 * A hold names who has it, not until when: whether it still stands is known by the pool or the call that has it, and they
 * are asked when another wants the number. So no clock decides here, and nothing that gets lost on the way can free a
 * number too early; at worst it is found to be free later.
 */
export type NumberStand = {
  /** The pool that leases it without asking. */
  sole: string | null
  hold: Hold | null
  /** Pools that have it in a list, beside the sole one. */
  places: readonly string[]
  /** Live calls with it that no pool's lease answers for. A call is a fact: it is noted, never refused. */
  calls: readonly string[]
}
/**
 * `key`: made anew for every lease that asks, so that news of an old lease never ends a newer one. Of two keys of a pool the
 * later one sorts behind the earlier.
 */
export type Hold = { pool: string; key: string }

export const UNKNOWN: NumberStand = { sole: null, hold: null, places: [], calls: [] }

/** What must be known, or done, next before this pool has the number. */
export type Step =
  | { do: 'own' }
  | { do: 'hold' }
  /** The pool is asked what it has leased; where it was the sole one, that takes its right back. */
  | { do: 'ask-pool'; pool: string }
  | { do: 'ask-call'; callId: string }

/** A pool tells that the number stands in its list. Whose it is already stays so. */
export function registered(stand: NumberStand, pool: string): NumberStand {
  if (stand.sole === null && stand.places.length === 0 && stand.calls.length === 0) return { ...stand, sole: pool }
  return stand.sole === pool ? stand : withPlace(stand, pool)
}

/** May this pool lease a customer with this number? The next step towards an answer, as things stand now. */
export function nextStep(stand: NumberStand, pool: string): Step {
  const other = stand.sole ?? stand.hold?.pool ?? pool
  if (other !== pool) return { do: 'ask-pool', pool: other }
  const [callId] = stand.calls
  if (callId !== undefined) return { do: 'ask-call', callId }
  // a sole pool's right ends by its own word alone: it may be leasing on it at this moment
  return stand.sole === pool || stand.places.every((place) => place === pool) ? { do: 'own' } : { do: 'hold' }
}

/** From now on the pool leases it without asking. */
export const owned = (stand: NumberStand, pool: string): NumberStand => ({ ...stand, sole: pool, hold: null })

/** A claim that was overtaken on its way by a later one of the same pool changes nothing. */
export const heldBy = (stand: NumberStand, hold: Hold): NumberStand => ({
  ...withPlace(stand, hold.pool),
  sole: null,
  hold: stand.hold?.pool === hold.pool && stand.hold.key > hold.key ? stand.hold : hold,
})

/**
 * A pool told what it has leased with this number (`key` null: nothing) and asks from now on. `isGone`: the number stands
 * in no list of that pool any more.
 */
export function told(stand: NumberStand, pool: string, key: string | null, isGone: boolean): NumberStand {
  if (stand.sole !== pool && stand.hold?.pool !== pool) return stand
  const shared = { ...stand, sole: null, hold: key === null ? null : { pool, key } }
  return isGone ? withoutPlace(shared, pool) : withPlace(shared, pool)
}

/** That lease is over, said by its pool. News of another lease changes nothing. */
export const freed = (stand: NumberStand, { pool, key }: Hold): NumberStand =>
  stand.hold?.pool === pool && stand.hold.key === key ? { ...stand, hold: null } : stand

export const callBegan = (stand: NumberStand, callId: string): NumberStand =>
  stand.calls.includes(callId) ? stand : { ...stand, calls: [...stand.calls, callId] }

export const callEnded = (stand: NumberStand, callId: string): NumberStand => ({
  ...stand,
  calls: stand.calls.filter((one) => one !== callId),
})

const withPlace = (stand: NumberStand, pool: string): NumberStand =>
  stand.places.includes(pool) ? stand : { ...stand, places: [...stand.places, pool] }
const withoutPlace = (stand: NumberStand, pool: string): NumberStand => ({
  ...stand,
  places: stand.places.filter((place) => place !== pool),
})
