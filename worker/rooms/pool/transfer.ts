import { personOf } from '#shared/domain/import/person'
import { arriving, leaving } from '#shared/domain/pool/bulk'
import type { RefusalCode } from '#shared/protocol/problem'
import { personIdOf } from '../../import/person-id'
import { refreshStanding, seenOf } from './ageing'
import { settle } from './bulk'
import type { Passenger, TransferBatch, TransferReply } from './bulk-port'
import type { StoredBulk } from './bulk-store'
import { learn } from './do-not-call'
import { carriedFrom } from './history'
import { addPhones } from './phones'
import type { StoredEntry } from './entry-row'
import type { PoolStore } from './pool-store'
import { Refused } from './refused'

/** Changes of fields that go along with a customer. */
const EDITS = 200

/**
 * POOL-24: entries go to another pool in batches, in two phases, so that none is ever live in both or lost (decision 0120).
 *
 *   here    on the way (in no one's reach) ───────────────── taken ─▶ gone, a tombstone stays
 *             │ the batch, again until it is answered          └ refused ─▶ back at its place
 *   there     └─▶ one transaction, remembered by the batch's name: live there from now on
 */
export function depart(store: PoolStore, bulk: StoredBulk, ids: number[], now: number): void {
  const known = store.entries.getMany(ids)
  const batch = `${bulk.id}.${ids[0]}`
  const refused: [number, string][] = []
  for (const id of ids) {
    const stored = known.get(id)
    const left = stored ? leaving(stored.entry) : null
    if (!stored || !left) refused.push([id, 'unknown-entry'])
    else if (!left.ok) refused.push([id, left.refusal])
    else {
      store.moved.depart(id, bulk.id, batch)
      store.save(stored, left.value, now)
    }
  }
  if (refused.length > 0) settle(store, bulk, refused)
}

type Batch = { toPoolId: string; bulk: StoredBulk; ids: number[]; passengers: Passenger[]; batch: string }
/** The batch that waits for its answer, as it stands now. */
export function batchNow(store: PoolStore): Batch | null {
  const waiting = store.moved.waiting()
  const bulk = waiting && store.bulks.get(waiting.bulkId)
  if (!waiting || !bulk || bulk.head.action.kind !== 'transfer') return null
  const known = store.entries.getMany(waiting.ids)
  const cards = store.cards.getMany(waiting.ids)
  const ids = waiting.ids.filter((id) => known.has(id))
  const passengers = ids.map((id) => {
    const { entry, phone, customerId, lastDisposition } = known.get(id)!
    const attempts = carriedFrom(store, { entry, phone })
    const edits = store.edits.history(id, null, EDITS)
    const phones = store.phones.aliasesOf(id)
    const seenAt = seenOf(store, id)
    return { entry, phone, customerId, lastDisposition, card: cards.get(id)!, attempts, edits, phones, seenAt }
  })
  return { toPoolId: bulk.head.action.toPoolId, bulk, ids, passengers, batch: waiting.batch }
}

/** The other pool has answered: who was taken is gone from here, who was not is back at the old place. */
export function arrived(
  store: PoolStore,
  { bulk, ids, toPoolId }: { bulk: StoredBulk; ids: number[]; toPoolId: string },
  outcomes: TransferReply['outcomes'],
  now: number,
): void {
  const known = store.entries.getMany(ids)
  const gone = []
  const back: number[] = []
  for (const [at, id] of ids.entries()) {
    const stored = known.get(id)
    store.moved.arrive(id)
    if (!stored) continue
    if (outcomes[at] === 'taken') {
      store.moved.put({ stored, toPoolId }, now)
      gone.push(stored)
    } else {
      store.save(stored, stored.entry, now)
      back.push(id)
    }
  }
  store.entries.remove(gone)
  store.standings.remove(gone.map(({ entry }) => entry.id))
  settle(
    store,
    bulk,
    ids.map((id, at) => [id, outcomes[at] === 'taken' ? 'done' : (outcomes[at] ?? 'unavailable')] as const),
  )
  if (gone.length > 0) store.journal({ kind: 'removed', entries: gone.map(({ entry }) => entry.id) })
  if (back.length > 0) store.journal({ kind: 'changed', entries: back })
}

/** POOL-23, 24, 27: what was tried and changed before, and the customer's other numbers. `at`: when their card came in. */
function bringAlong(store: PoolStore, stored: StoredEntry, passenger: Passenger, at: number): void {
  const { attempts, edits, phones, seenAt } = passenger
  const { id } = stored.entry
  store.carried.add(id, attempts)
  for (const edit of edits.toReversed()) store.edits.add(id, [edit], edit.by, edit.at)
  addPhones(store, stored, phones)
  store.seen.put(id, seenAt, at)
}

/** Whether somebody who has the number here is the same person: by user code, where both have one. */
function isAmong(store: PoolStore, here: readonly StoredEntry[], userCode: string | null): boolean {
  if (here.length === 0) return false
  const people = here.map(({ entry }) => ({ fields: store.cards.get(entry.id) }))
  return personOf(people, userCode) !== null
}

/** The receiving pool, in one transaction. A number that stands here already stays with the other pool. */
export function takeTransfer(store: PoolStore, given: TransferBatch, now: number): TransferReply {
  const { pool } = store
  if (!pool) throw new Refused('unknown-pool')
  if (pool.state === 'closed') throw new Refused('pool-closed')
  learn(store, given.check, now)
  const isMember = (userId: string) => pool.members === 'everyone' || pool.members.includes(userId)
  const entries: number[] = []
  const outcomes = given.passengers.map((passenger): 'taken' | RefusalCode => {
    const { entry, phone, customerId, card, lastDisposition } = passenger
    const here = store.entries.withPhone(phone)
    if (isAmong(store, here, card.userCode)) return 'already-in-pool'
    if (store.doNotCall.has(phone)) return 'do-not-call'
    const { id: _id, ...fresh } = arriving(entry, isMember)
    // two people on one number (decision 0145) keep two histories
    const theirs = here.some((other) => other.customerId === customerId)
      ? personIdOf(customerId, card.userCode ?? '')
      : customerId
    const inserted = store.entries.insert(fresh, phone, theirs, store.rules, now, card.timeZone, here.length > 0)
    const { id } = inserted.entry
    const updatedAt = Math.max(now, card.updatedAt + 1)
    store.cards.put(id, { ...card, updatedAt })
    bringAlong(store, inserted, passenger, updatedAt)
    store.save(inserted, { ...inserted.entry, ...fresh, id }, now, lastDisposition)
    entries.push(id)
    return 'taken'
  })
  for (const id of entries) refreshStanding(store, id, now)
  if (entries.length > 0) store.journal({ kind: 'changed', entries, cards: true })
  store.journal({
    kind: 'audited',
    at: now,
    actorId: given.by.id,
    action: 'transfer.take',
    subject: store.poolId,
    detail: { from: given.fromPoolId, taken: entries.length },
  })
  return { outcomes }
}
