import { changed as withChanges, editCard, type FieldChange } from '#shared/domain/pool/card-edit'
import { live, lock, type EditLock, type LockStep } from '#shared/domain/pool/edit-lock'
import { ownGrant } from '#shared/domain/pool/lease'
import type { CommandResult, EditCustomer } from '#shared/protocol/commands'
import type { CardEditView, EditLockView, EntryCard } from '#shared/protocol/customer-edit'
import type { CustomerView } from '#shared/protocol/pulls'
import type { EditedBy } from './edit-store'
import type { StoredEntry } from './entry-row'
import type { PoolStore } from './pool-store'
import { must, Refused } from './refused'
import { entryOf, entryResult, type Commander } from './replies'
import { wakeDue } from './wake'

const HISTORY = 50

/** POOL-23: an agent edits the customer they hold; a supervisor anyone. */
function mayEdit(actor: Commander, { entry }: StoredEntry): void {
  if (actor.role === 'supervisor' || actor.role === 'administrator') return
  if (entry.lease?.agentId !== actor.userId) throw new Refused('not-permitted')
}

function known(store: PoolStore, actor: Commander, entryId: string, now: number): StoredEntry {
  if (!store.pool) throw new Refused('unknown-pool')
  wakeDue(store, now)
  const stored = entryOf(store, entryId)
  mayEdit(actor, stored)
  return stored
}

export function customerOf(store: PoolStore, stored: StoredEntry): CustomerView {
  const { createdAt: _made, updatedAt: _changed, ...card } = store.cards.get(stored.entry.id)
  return { id: stored.customerId, phone: stored.phone, ...card }
}

export function lockView(store: PoolStore, entryId: number, now: number): EditLockView | null {
  const held = live(store.locks.get(entryId), now)
  return held && { entryId: String(entryId), ...held }
}

/** The customer with all that an editor needs. */
export function readCard(store: PoolStore, actor: Commander, entryId: string, now: number): EntryCard {
  return cardOf(store, known(store, actor, entryId, now), now)
}

function cardOf(store: PoolStore, stored: StoredEntry, now: number): EntryCard {
  const { id, state } = stored.entry
  return {
    poolId: store.poolId,
    entryId: String(id),
    customer: customerOf(store, stored),
    state,
    lock: lockView(store, id, now),
    edited: [...store.edits.edited(id)].sort(),
  }
}

export function cardHistory(
  store: PoolStore,
  actor: Commander,
  { entryId, before }: { entryId: string; before: number | null },
  now: number,
): { items: CardEditView[]; nextCursor: string | null } {
  const { entry } = known(store, actor, entryId, now)
  const items = store.edits.history(entry.id, before, HISTORY)
  return { items, nextCursor: items.length === HISTORY ? String(items.at(-1)!.n) : null }
}

/** Opens, renews or takes over the lock. Refused `being-edited` with who edits; whoever lost it is told (`card-news`). */
export function lockCard(
  store: PoolStore,
  actor: Commander,
  input: { entryId: string; lockId: string; step: LockStep },
  now: number,
): EditLockView {
  const { entry } = known(store, actor, input.entryId, now)
  const found = store.locks.get(entry.id)
  const asking = { lockId: input.lockId, step: input.step, agentId: actor.userId, agentName: actor.name }
  const decided = lock(found, asking, now)
  if (!decided.ok) throw editedByOther(live(found, now)!)
  store.locks.put(entry.id, decided.value)
  store.locksLapseAt(decided.value.expiresAt)
  if (live(found, now)?.lockId !== input.lockId) tell(store, entry.id, actor.name, now)
  return { entryId: input.entryId, ...decided.value }
}

const editedByOther = ({ agentId, agentName, since, expiresAt: until }: EditLock) =>
  new Refused('being-edited', undefined, { held: { agentId, agentName, since, until } })

/** Closing the editor. Somebody else's lock, or none, is left as it is. */
export function unlockCard(
  store: PoolStore,
  actor: Commander,
  input: { entryId: string; lockId: string },
  now: number,
): null {
  const { entry } = entryOf(store, input.entryId)
  const found = store.locks.get(entry.id)
  if (found?.lockId !== input.lockId || found.agentId !== actor.userId) return null
  store.locks.remove(entry.id)
  tell(store, entry.id, actor.name, now)
  return null
}

/** Lapsed locks are taken away, so that every screen hears of it. */
export function sweepLocks(store: PoolStore, now: number): void {
  for (const { entryId, lock: held } of store.locks.all()) {
    if (held.expiresAt > now) {
      store.locksLapseAt(held.expiresAt)
      return
    }
    store.locks.remove(entryId)
    tell(store, entryId, held.agentName, now)
  }
}

/** A supervisor's edit, or an agent's over HTTP. With a lock id it is refused while somebody else edits. */
export function editByHand(
  store: PoolStore,
  actor: Commander,
  input: { entryId: string; lockId?: string; changes: FieldChange[] },
  now: number,
): EntryCard & { projection: { room: string; seq: number } } {
  const stored = known(store, actor, input.entryId, now)
  const seq = edit(store, stored, actor, input, now, now)
  return { ...cardOf(store, stored, now), projection: { room: `pool:${store.poolId}`, seq } }
}

/**
 * An agent's edit out of the outbox: it counts when the customer was theirs (their own token), also when it arrives late;
 * what was changed meanwhile is a `conflict`, field by field.
 */
export function editCommand(
  store: PoolStore,
  stored: StoredEntry,
  actor: Commander,
  command: EditCustomer,
  now: number,
): CommandResult {
  must(ownGrant(store.attempts.grant(stored.entry.id, command.token), actor.userId))
  const seq = edit(store, stored, actor, command, Math.min(command.at, now), now)
  return {
    id: command.id,
    outcome: 'accepted',
    entry: entryResult(store, stored),
    projection: { room: `pool:${store.poolId}`, seq },
  }
}

function edit(
  store: PoolStore,
  { entry }: StoredEntry,
  actor: Commander,
  { lockId, changes: wanted }: { lockId?: string; changes: FieldChange[] },
  at: number,
  now: number,
): number {
  const held = live(store.locks.get(entry.id), now)
  if (lockId !== undefined && held && held.lockId !== lockId) throw editedByOther(held)
  const { changes } = must(editCard(store.cards.get(entry.id), wanted))
  if (held && held.lockId === lockId) store.locks.remove(entry.id)
  const seq = changeCard(store, entry.id, changes, { id: actor.userId, name: actor.name, how: 'person' }, at, now)
  tell(store, entry.id, actor.name, now)
  return seq
}

/** Writes fields that differ, and keeps who, when, from, to. For bulk changes too: `changes` are made as they stand. */
export function changeCard(
  store: PoolStore,
  entryId: number,
  changes: readonly FieldChange[],
  by: EditedBy,
  at: number,
  now: number,
): number {
  if (changes.length === 0) return store.lastSeq()
  const card = store.cards.get(entryId)
  store.cards.put(entryId, { ...withChanges(card, changes), updatedAt: Math.max(now, card.updatedAt + 1) })
  store.edits.add(entryId, changes, by, at)
  return store.journal({ kind: 'changed', entries: [entryId], cards: true, exact: true })
}

/** Whoever looks at the pool hears of it after the commit; whoever holds the customer by the journal. */
function tell(store: PoolStore, entryId: number, by: string, now: number): void {
  store.touched.add(entryId)
  const stored = store.entries.get(entryId)
  if (!stored?.entry.lease) return
  const { agentId, token } = stored.entry.lease
  const news = {
    leaseId: store.leaseId(entryId, token),
    by,
    customer: customerOf(store, stored),
    lock: lockView(store, entryId, now),
  }
  store.journal({ kind: 'card-news', agentId, news })
}
