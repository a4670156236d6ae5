import { blockedFor } from '#shared/domain/pool/counts'
import { grant } from '#shared/domain/pool/lease'
import { first } from '#shared/domain/pool/order'
import type { NothingDue } from '#shared/protocol/pulls'
import { barEntry } from './do-not-call'
import type { StoredEntry } from './entry-row'
import { openLanes, opensNextFor } from './hours'
import { heed, keepClaims, mayGrant, noPass, type Pass } from './numbers'
import type { PoolStore } from './pool-store'
import { must, Refused } from './refused'
import { namedEntry } from './take'
import { wakeDue } from './wake'

/** What is remembered of a pull: small, because every command id is kept for a month. The view is built around it. */
export type Pulled = { held: HeldLease } | { nothing: NothingDue }
export type HeldLease = { entryId: number; token: number; since: number; expiresAt: number; attempt: number }
const NOBODY = { id: '', name: '' }
const MOST_PASSED = 100
type Puller = {
  agentId: string
  agentName: string
  /** POOL-22: this one and no other. */
  entryId?: string | null
  /** POOL-25: offered to the agent: only somebody of the pool's push threshold or above. */
  isOffered?: boolean
}

export function heldLease({ entry }: StoredEntry): HeldLease | null {
  if (!entry.lease) return null
  const { token, grantedAt, expiresAt } = entry.lease
  return { entryId: entry.id, token, since: grantedAt, expiresAt, attempt: entry.attempts + 1 }
}

/** POOL-1, 2, 4, 8: the lease I hold already, else the first in the order, else why not. */
export function pullNext(store: PoolStore, puller: Puller, now: number, pass: Pass = noPass()): Pulled {
  const { agentId, entryId = null } = puller
  const { pool } = store
  if (!pool) throw new Refused('unknown-pool')
  wakeDue(store, now)
  const mine = store.entries.heldBy(agentId)
  const held = mine && heldLease(mine)
  if (held && entryId !== null && held.entryId !== Number(entryId)) throw new Refused('holding-another')
  if (held) return { held }
  if (pool.members !== 'everyone' && !pool.members.includes(agentId)) throw new Refused('not-a-member')
  if (entryId !== null)
    return { held: giveOut(store, namedEntry(store, entryId, agentId, now, pass), puller, now, pass) }
  const next = pool.state === 'open' ? callable(store, puller, now, pass) : null
  return next ? { held: giveOut(store, next, puller, now, pass) } : { nothing: nothingDue(store, agentId, now) }
}

/** The grant itself; that it may be given (`mayGrant`) was asked before. */
export function giveOut(
  store: PoolStore,
  next: StoredEntry,
  { agentId, agentName }: Puller,
  now: number,
  pass: Pass,
): HeldLease {
  const before = next.entry
  const last = store.attempts.grant(before.id, before.lastToken)
  if (last?.ended === 'lapsed' && last.attemptId === null && last.agentId !== agentId) {
    const leaseId = store.leaseId(before.id, last.token)
    store.journal({ kind: 'lease-ended', agentId: last.agentId, leaseId, by: agentName, reason: null })
    store.attempts.endGrant(before.id, last.token, 'superseded')
  }
  const saved = store.save(next, must(grant(before, agentId, store.rules, now)), now)
  store.attempts.addGrant({ entryId: before.id, token: saved.entry.lastToken, agentId, agentName, grantedAt: now })
  store.mix.next(store)
  keepClaims(store, saved, pass)
  store.journal({ kind: 'changed', entries: [before.id] })
  return heldLease(saved)!
}

/** POOL-16: a beginning that was just listed bars its customers slice by slice; those the slices have not reached are passed over. */
function callable(store: PoolStore, puller: Puller, now: number, pass: Pass): StoredEntry | null {
  heed(store, pass, now)
  for (let passed = 0; passed < MOST_PASSED; passed += 1) {
    const next = candidate(store, puller, now, pass.except)
    if (!next) return null
    if (store.doNotCall.hasPrefixOf(next.phone)) barEntry(store, next, NOBODY, now)
    else if (mayGrant(store, next, pass, now)) return next
  }
  return null
}

/** The best of the heads of my lanes; a later rank is looked at only when the earlier ones are empty. */
function candidate(
  store: PoolStore,
  { agentId, isOffered = false }: Puller,
  now: number,
  except: ReadonlySet<number>,
): StoredEntry | null {
  const kind = store.mix.kind(store)
  const from = isOffered ? (store.rules.pushPriority ?? Infinity) : -Infinity
  for (const rank of openLanes(store, agentId, now)) {
    const heads = rank
      .flatMap((lane) => store.entries.head(lane, agentId, now, kind, except) ?? [])
      .filter((stored) => stored.entry.priority >= from)
    const best = first(
      heads.map((stored) => ({ ...stored.entry, lane: stored.lane, stored })),
      kind,
    )
    if (best) return best.stored
  }
  return null
}

function nothingDue(store: PoolStore, agentId: string, now: number): NothingDue {
  const resting = store.attempts.resting(agentId, openLanes(store, agentId, now).flat(), now)
  const blocked = blockedFor(store.entries.laneCounts(), agentId, resting.n, store.pool!.state, (hoursClass) =>
    store.hours.isOpen(hoursClass, now),
  )
  const opensAfter = (hoursClass: number, at: number) => store.hours.opensAfter(hoursClass, at)
  const due = [store.entries.nextDueFor(agentId, opensAfter), resting.nextAt, opensNextFor(store, agentId, now)].filter(
    (at) => at !== null,
  )
  return { lease: null, blocked, nextDueAt: due.length > 0 ? Math.min(...due) : null }
}
