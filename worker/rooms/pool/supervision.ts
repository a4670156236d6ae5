import { bookMissing, type DeadCall } from '#shared/domain/pool/missing'
import { freed } from '#shared/domain/pool/entry'
import { supervise } from '#shared/domain/pool/supervise'
import { withReceipt } from './contactability'
import type { PoolStore } from './pool-store'
import { must, Refused } from './refused'
import { bookedEntryOf, entryOf, type Commander } from './replies'
import { wakeDue } from './wake'

export type Released = { entryId: string; agentId: string; token: number }

/** Frees these leases; each agent's room hears of it. */
export function releaseEntries(
  store: PoolStore,
  ids: number[],
  by: string,
  reason: string | null,
  now: number,
): Released[] {
  const released: Released[] = []
  for (const id of ids) {
    const stored = store.entries.get(id)
    if (!stored?.entry.lease) continue
    const { agentId, token } = stored.entry.lease
    store.endHold(stored.entry, 'released', by, reason)
    store.save(stored, freed(stored.entry), now)
    released.push({ entryId: String(id), agentId, token })
  }
  if (released.length > 0) store.journal({ kind: 'changed', entries: released.map((one) => Number(one.entryId)) })
  return released
}

/** POOL-6: one lease, or (null) every stale one: past its time, or of someone who is no member any more. */
export function releaseFor(
  store: PoolStore,
  actor: Commander,
  entryId: string | null,
  reason: string,
  now: number,
): Released[] {
  const { pool } = store
  if (!pool || (actor.role !== 'supervisor' && actor.role !== 'administrator')) return []
  wakeDue(store, now)
  const holders = store.entries.holders()
  const members = pool.members
  const ids =
    entryId === null
      ? holders.filter((one) => members !== 'everyone' && !members.includes(one.agentId)).map((one) => one.entryId)
      : holders.filter((one) => String(one.entryId) === entryId).map((one) => one.entryId)
  const released = releaseEntries(store, ids, actor.name, reason || null, now)
  for (const one of released) {
    const subject = store.leaseId(Number(one.entryId), one.token)
    store.journal({
      kind: 'audited',
      at: now,
      actorId: actor.userId,
      action: 'lease.release',
      subject,
      detail: { reason },
    })
  }
  return released
}

type Supervision = { entryId: string; action: 'pause' | 'resume' | 'reopen'; reason: string }

/** POOL-3: pause, resume, reopen; audited. */
export function superviseEntry(store: PoolStore, actor: Commander, input: Supervision, now: number): { seq: number } {
  if (!store.pool) throw new Refused('unknown-pool')
  wakeDue(store, now)
  const stored = entryOf(store, input.entryId)
  if (store.moved.isOnTheWay(stored.entry.id)) throw new Refused('entry-state')
  const { entry } = stored
  const moved = must(supervise(entry, input, actor.role, store.doNotCall.has(stored.phone)))
  if (!moved.lease) store.endHold(entry, 'released', actor.name, input.reason || null)
  store.save(stored, moved, now)
  store.journal({
    kind: 'audited',
    at: now,
    actorId: actor.userId,
    action: `entry.${input.action}`,
    subject: `${store.poolId}:${entry.id}`,
    detail: { from: entry.state, reason: input.reason },
  })
  return { seq: store.journal({ kind: 'changed', entries: [entry.id] }) }
}

/** POOL-17. A grant that booked already, or is not this agent's, changes nothing. */
export function bookDeadCall(
  store: PoolStore,
  input: DeadCall & { agentId: string; entryId: string; token: number },
  now: number,
): void {
  if (!store.pool) return
  wakeDue(store, now)
  const stored = bookedEntryOf(store, input.entryId)
  const grant = store.attempts.grant(stored.entry.id, input.token)
  if (!grant || grant.agentId !== input.agentId) return
  const booked = bookMissing(stored.entry, grant, input, now)
  if (!booked) return
  store.attempts.book(withReceipt(store, stored, booked.attempt), store.rules.timeZone)
  store.save(stored, booked.entry, now)
  store.journal({ kind: 'changed', entries: [stored.entry.id], attempts: [booked.attempt.id] })
}
