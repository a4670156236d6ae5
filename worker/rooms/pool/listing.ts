import { ageingOf, standingOf } from '#shared/domain/pool/ageing'
import { live } from '#shared/domain/pool/edit-lock'
import { classOfLane } from '#shared/domain/pool/hours-class'
import type { Lane } from '#shared/domain/pool/lane'
import type { ListedEntry, ListPage } from '#shared/protocol/list-mode'
import { ageDue, follows } from './ageing'
import type { StoredEntry } from './entry-row'
import type { PoolStore } from './pool-store'
import { Refused } from './refused'
import type { Commander } from './replies'
import { wakeDue } from './wake'

const PHONE_END = 4
type Query = { cursor: string | null; status: string | null; limit: number; among?: readonly number[] }

/**
 * POOL-22: one page of the list, by display rank; the cursor is a place in it, so a page costs the same anywhere. An agent
 * must be a member, and the pool in list mode; a supervisor sees it wherever the pool keeps one.
 */
export function listPage(store: PoolStore, actor: Commander, query: Query, now: number): ListPage {
  const { cursor, status, limit, among } = query
  mayList(store, actor)
  wakeDue(store, now)
  ageDue(store, now)
  const after = placeOf(cursor)
  const page = among
    ? store.standings.pageAmong(among, after, status, limit)
    : store.standings.page(after, status, limit)
  const last = page.at(-1)
  return {
    items: page.flatMap(({ entryId }) => listed(store, entryId, now) ?? []),
    nextCursor: last && page.length === limit ? `${last.rank}.${last.entryId}` : null,
    isReady: store.standings.walk().after === null,
    byStatus: store.standings.byStatus(),
  }
}

export function mayList(store: PoolStore, actor: Pick<Commander, 'userId' | 'role'>): void {
  const { pool } = store
  if (!pool) throw new Refused('unknown-pool')
  if (actor.role === 'agent') {
    if (pool.members !== 'everyone' && !pool.members.includes(actor.userId)) throw new Refused('not-a-member')
    if (!pool.listMode) throw new Refused('list-mode-off')
  } else if (!follows(pool)) throw new Refused('list-mode-off')
}

/** Topic `pool:ID`: a supervisor sees who takes and edits in any pool, an agent in a pool whose list they may see. */
export function mayWatch(store: PoolStore, actor: Pick<Commander, 'userId' | 'role'>): null {
  if (!store.pool) throw new Refused('unknown-pool')
  if (actor.role === 'agent') mayList(store, actor)
  return null
}

function placeOf(cursor: string | null): { rank: number; id: number } | null {
  const [rank, id] = (cursor ?? '').split('.').map(Number)
  return Number.isSafeInteger(rank) && Number.isSafeInteger(id) ? { rank: rank!, id: id! } : null
}

/** An entry as the list and its live events show it. */
export function listed(store: PoolStore, entryId: number, now: number): ListedEntry | null {
  const stored = store.entries.get(entryId)
  const { pool } = store
  if (!stored || !pool) return null
  const { entry, phone, lane, lastDisposition } = stored
  const card = store.cards.get(entryId)
  const known = store.standings.get(entryId)
  const seenAt = known?.seenAt ?? card.updatedAt
  const { status, rank } = known ?? standingOf({ seenAt, lastDisposition }, ageingOf(pool), now)
  const lock = live(store.locks.get(entryId), now)
  const closed = opensAt(store, lane, now)
  return {
    entryId: String(entryId),
    name: card.name,
    userCode: card.userCode,
    phoneEnd: phone.slice(-PHONE_END),
    status,
    rank,
    state: entry.state,
    attempts: entry.attempts,
    lastSeenAt: seenAt,
    blocked: closed ? 'outside-hours' : isPullable(lane) ? null : lane,
    dueAt: closed ? closed.at : dueAtOf(stored),
    keptFor: keptFor(lane),
    taken: takenOf(store, stored),
    lock: lock && { entryId: String(entryId), ...lock },
    updatedAt: card.updatedAt,
  }
}

/** Lanes that can be pulled from (lane.ts, hours-class.ts); behind a colon stands the only agent who may. */
const PULLABLE = /^(?:general|callback-anyone|(?:callback-mine|callback-owned|owned):([^@]+))(?:@\d+)?$/
export const isPullable = (lane: Lane): boolean => PULLABLE.test(lane)
export const keptFor = (lane: Lane): string | null => PULLABLE.exec(lane)?.[1] ?? null

/** POOL-18: when the hours of this lane open again; null: they are open, or do not touch it. */
export function opensAt(store: PoolStore, lane: Lane, now: number): { at: number | null } | null {
  const hoursClass = classOfLane(lane)
  if (hoursClass === null || store.hours.isOpen(hoursClass, now)) return null
  return { at: store.hours.opening(hoursClass, now).changesAt }
}

export function takenOf(store: PoolStore, { entry }: StoredEntry): ListedEntry['taken'] {
  if (!entry.lease) return null
  const { agentId, token, grantedAt: since, expiresAt: until } = entry.lease
  return { agentId, agentName: store.attempts.grant(entry.id, token)?.agentName ?? '', since, until }
}

/** When what waits comes back: a promised call, a delay, or the end of what parks it. */
export function dueAtOf({ entry, lane }: StoredEntry): number | null {
  if (entry.state !== 'pending' || isPullable(lane)) return null
  return entry.callback?.at ?? entry.dueAt ?? entry.parked?.until ?? null
}
