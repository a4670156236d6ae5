import type { StoredEntry } from './entry-row'
import { openLanes } from './hours'
import { dueAtOf, keptFor, opensAt, takenOf } from './listing'
import { heed, mayGrant, type Pass } from './numbers'
import type { PoolStore } from './pool-store'
import { Refused } from './refused'
import { entryOf } from './replies'

/**
 * POOL-22: the named entry, when this agent could pull it: it stands in one of their lanes. What was skipped by them may be
 * taken all the same: they ask for it by name. The hold across pools and the caps are asked like for any pull. Refuses list-mode-off, pool-paused, pool-closed, and with why: taken (by
 * whom, until when), not-due (when), assigned-to-another, do-not-call, entry-state.
 */
export function namedEntry(store: PoolStore, entryId: string, agentId: string, now: number, pass: Pass): StoredEntry {
  const pool = store.pool!
  if (!pool.listMode) throw new Refused('list-mode-off')
  if (pool.state !== 'open') throw new Refused(pool.state === 'paused' ? 'pool-paused' : 'pool-closed')
  heed(store, pass, now)
  const stored = entryOf(store, entryId)
  if (store.doNotCall.has(stored.phone)) throw new Refused('do-not-call')
  if (!openLanes(store, agentId, now).flat().includes(stored.lane)) throw whyNot(store, stored, agentId, now)
  if (!pass.except.has(stored.entry.id) && mayGrant(store, stored, pass, now)) return stored
  const found = entryOf(store, entryId)
  throw found.entry.parked ? whyNot(store, found, agentId, now) : new Refused('not-due', 'held-elsewhere')
}

function whyNot(store: PoolStore, stored: StoredEntry, agentId: string, now: number): Refused {
  const held = takenOf(store, stored)
  if (held) return new Refused('taken', undefined, { held })
  const owner = keptFor(stored.lane)
  if (owner !== null && owner !== agentId) return new Refused('assigned-to-another')
  const { state } = stored.entry
  if (state === 'do-not-call') return new Refused('do-not-call')
  if (state !== 'pending') return new Refused('entry-state', state)
  const closed = opensAt(store, stored.lane, now)
  if (closed) return new Refused('not-due', 'outside-hours', { dueAt: closed.at })
  return new Refused('not-due', stored.lane, { dueAt: dueAtOf(stored) })
}
