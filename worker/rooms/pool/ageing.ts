import { ageingOf, standingOf, type AgeingSettings } from '#shared/domain/pool/ageing'
import { stateCounts } from '#shared/domain/pool/counts'
import type { AgeingRun } from '#shared/protocol/list-mode'
import type { Pool } from '#shared/protocol/pools'
import type { PoolStore } from './pool-store'
import { Refused } from './refused'

/** Entries one transaction looks at; more would keep pulls waiting. */
export const AGE_STEP = 250
const AGAIN_MS = 10
const DAY_MS = 24 * 3_600_000
/** Attempts looked at for the last contact of an entry that was not followed before. */
const LOOK_BACK = 20

/** A pool follows where its entries stand only while it ages or is in list mode. */
export function follows(pool: Pool | null): boolean {
  return pool !== null && (pool.listMode === true || ageingOf(pool).isOn)
}

/** POOL-21: how an entry stands now. `seenAt`: it was just reached, or a list named it. */
export function refreshStanding(store: PoolStore, entryId: number, now: number, seenAt = 0): void {
  const { pool } = store
  if (!pool || !follows(pool)) return
  place(store, entryId, ageingOf(pool), now, seenAt)
}

/** A customer whom a list names. `seenAt`: when they were last seen, where the list says so. */
export type Named = { entryId: number; seenAt: number | null }

/** POOL-21: a list that names a number has seen it: when it says, never later than now, else as it came. */
export function namedByList(store: PoolStore, named: readonly Named[], now: number): void {
  const isFollowed = follows(store.pool)
  for (const { entryId, seenAt } of named) {
    if (seenAt !== null) store.seen.put(entryId, Math.min(seenAt, now), now)
    if (isFollowed) refreshStanding(store, entryId, now, seenAt ?? now)
  }
}

/** When a customer was last seen, as far as the pool knows. */
export const seenOf = (store: PoolStore, entryId: number): number =>
  store.standings.get(entryId)?.seenAt ?? firstSeen(store, entryId)

function place(store: PoolStore, entryId: number, settings: AgeingSettings, now: number, seenAt: number): void {
  const stored = store.entries.get(entryId)
  if (!stored) return
  const known = store.standings.get(entryId)
  const seen = Math.max(known?.seenAt ?? firstSeen(store, entryId), Math.min(seenAt, now))
  const standing = standingOf({ seenAt: seen, lastDisposition: stored.lastDisposition }, settings, now)
  if (store.standings.put(entryId, seen, standing)) store.touched.add(entryId)
}

function firstSeen(store: PoolStore, entryId: number): number {
  const contact = store.attempts.historyOf(entryId, LOOK_BACK).find(({ flags }) => flags.includes('reached'))
  const { updatedAt } = store.cards.get(entryId)
  const told = store.seen.get(entryId)
  return Math.max(contact?.at ?? 0, told && updatedAt <= told.at ? told.seenAt : updatedAt)
}

/** Whom time has aged since, one slice: asked before a list is shown, so that no list waits for the alarm. */
export function ageDue(store: PoolStore, now: number): number {
  const { pool } = store
  if (!pool || !follows(pool)) return 0
  const settings = ageingOf(pool)
  const aged = store.standings.aged(now, AGE_STEP)
  for (const { entryId } of aged) place(store, entryId, settings, now, 0)
  return aged.length
}

/** Looks at every entry again, slice by slice: after a change of settings, and when a supervisor asks. */
export function walkAnew(store: PoolStore, now: number): void {
  if (!follows(store.pool)) return store.ageAt(null)
  store.standings.setWalk({ ...store.standings.walk(), after: 0, seen: 0 })
  store.ageAt(now)
}

/** What a change of settings means to the list: other ages, other ranks, or following at all. */
export function settingsChanged(store: PoolStore, was: Pool | null, now: number): void {
  const { pool } = store
  const key = (of: Pool | null) => JSON.stringify(of && [follows(of), ageingOf(of)])
  if (pool && key(was) !== key(pool) && (follows(was) || follows(pool))) walkAnew(store, now)
}

/** The timer of ageing: the next slice of a walk, else of those whom the day has aged; then tomorrow. */
export function ageSlice(store: PoolStore, now: number): void {
  const { pool } = store
  if (!pool || !follows(pool)) return
  const walk = store.standings.walk()
  if (walk.after !== null) {
    const settings = ageingOf(pool)
    const ids = store.entries.idsAfter(walk.after, AGE_STEP)
    for (const id of ids) place(store, id, settings, now, 0)
    const isThrough = ids.length < AGE_STEP
    const after = isThrough ? null : ids.at(-1)!
    store.standings.setWalk({ after, seen: walk.seen + ids.length, ranAt: isThrough ? now : walk.ranAt })
    return store.ageAt(isThrough ? now + DAY_MS : now + AGAIN_MS)
  }
  if (ageDue(store, now) === AGE_STEP) return store.ageAt(now + AGAIN_MS)
  store.standings.setWalk({ ...walk, ranAt: now })
  store.ageAt(now + DAY_MS)
}

export function ageingRun(store: PoolStore): AgeingRun {
  const { total } = stateCounts(store.entries.laneCounts())
  const { after, seen, ranAt } = store.standings.walk()
  return {
    isRunning: after !== null && follows(store.pool),
    seen: after === null ? total : seen,
    total,
    ranAt,
    nextAt: store.agesAt(),
    byStatus: store.standings.byStatus(),
  }
}

/** "Age now". Refuses list-mode-off where neither ageing nor list mode is on. */
export function ageNow(store: PoolStore, now: number): AgeingRun {
  if (!store.pool) throw new Refused('unknown-pool')
  if (!follows(store.pool)) throw new Refused('list-mode-off')
  if (store.standings.walk().after === null) walkAnew(store, now)
  return ageingRun(store)
}
