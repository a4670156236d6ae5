import { bulkEntry, retagged, type BulkAction } from '#shared/domain/pool/bulk'
import type { Entry } from '#shared/domain/pool/entry'
import type { BulkView } from '#shared/protocol/bulk'
import type { BulkAsked } from './bulk-port'
import type { StoredBulk } from './bulk-store'
import type { StoredEntry } from './entry-row'
import type { PoolStore } from './pool-store'
import { Refused } from './refused'
import type { Commander } from './replies'
import { depart } from './transfer'
import { wakeDue } from './wake'

/** Arrivals looked at in one transaction while a selection is collected. */
const COLLECT_STEP = 5_000
/** Entries one transaction changes: a pull that comes meanwhile waits for no more than these. */
export const SLICE = 100
export const BULK_TIMER = 'bulk'
/** How soon a room that was thrown away goes on with its work. */
const RESUMES_MS = 2_000
const LISTED = 30

export function startBulk(store: PoolStore, actor: Commander, asked: BulkAsked, now: number): BulkView {
  if (!store.pool) throw new Refused('unknown-pool')
  const { role } = actor
  if (role !== 'supervisor' && role !== 'administrator') throw new Refused('not-permitted')
  const { id, ...rest } = asked
  const known = store.bulks.get(id)
  if (known) return viewOf(store, known)
  wakeDue(store, now)
  store.bulks.forgetOld(now)
  const by = { id: actor.userId, name: actor.name, role }
  store.bulks.add(id, { ...rest, by, upTo: store.entries.lastArrival() }, now)
  audit(store, by.id, 'bulk.start', id, { kind: asked.action.kind, ...toldOf(asked), reason: asked.reason }, now)
  store.resumeBy(BULK_TIMER, RESUMES_MS)
  return viewOf(store, store.bulks.get(id)!)
}

/** What the audit says of a selection: what it narrows by, never the text that was searched for. */
function toldOf({ selection, action }: BulkAsked): Record<string, unknown> {
  const { kind: _kind, ...of } = action
  if ('entries' in selection) return { ...of, entries: selection.entries.length }
  const { text, ...filter } = selection.filter
  return { ...of, filter: { ...filter, ...(text === undefined ? {} : { text: '…' }) }, except: selection.except.length }
}

export function bulkOf(store: PoolStore, id: string): StoredBulk {
  const found = store.bulks.get(id)
  if (!found) throw new Refused('unknown-bulk')
  return found
}

export const listBulks = (store: PoolStore): BulkView[] => store.bulks.list(LISTED).map((bulk) => viewOf(store, bulk))

export function viewOf(store: PoolStore, bulk: StoredBulk): BulkView {
  const { id, state, total, done, unchanged, refusals, createdAt, endedAt } = bulk
  const { action, reason, by } = bulk.head
  const projection = { room: `pool:${store.poolId}`, seq: store.lastSeq() }
  const of = { id, poolId: store.poolId, action, reason, by: { id: by.id, name: by.name } }
  return { ...of, state, total, done, unchanged, refusals, createdAt, endedAt, projection }
}

/** What is done stays done, and a batch on its way to another pool arrives first; the rest is left as it was. */
export function cancelBulk(store: PoolStore, actor: Commander, id: string, now: number): BulkView {
  const found = bulkOf(store, id)
  if (found.endedAt === null) end(store, found, 'cancelled', actor.userId, now)
  return viewOf(store, bulkOf(store, id))
}

/** `waits`: a batch stands ready for the other pool; `more`: ask again. */
export type Step = 'more' | 'waits' | 'nothing'

/** The next slice of the bulk action whose turn it is, in one transaction. */
export function bulkSlice(store: PoolStore, now: number): Step {
  const waiting = store.moved.waiting()
  if (waiting) return 'waits'
  const bulk = store.bulks.current()
  if (!bulk) {
    store.resumeBy(BULK_TIMER, null)
    return 'nothing'
  }
  store.resumeBy(BULK_TIMER, RESUMES_MS)
  if (bulk.state === 'collecting') {
    collect(store, bulk, now)
    return 'more'
  }
  const ids = store.bulks.left(bulk.id, SLICE)
  if (ids.length === 0) {
    end(store, bulk, 'finished', bulk.head.by.id, now)
    return 'more'
  }
  wakeDue(store, now)
  if (bulk.head.action.kind === 'transfer') depart(store, bulk, ids, now)
  else change(store, bulk, bulk.head.action, ids, now)
  return 'more'
}

function collect(store: PoolStore, bulk: StoredBulk, now: number): void {
  const { selection, upTo } = bulk.head
  // entries that are named are few: no walk through all of them
  const to = 'entries' in selection ? upTo : Math.min(upTo, bulk.collectedTo + COLLECT_STEP)
  store.bulks.collect(bulk, bulk.collectedTo, to, now)
  const isDone = to >= upTo
  const total = isDone ? store.bulks.counted(bulk.id) : bulk.total
  store.bulks.put({ ...bulk, collectedTo: to, total, state: isDone ? 'working' : 'collecting' })
}

function change(store: PoolStore, bulk: StoredBulk, action: BulkAction, ids: number[], now: number): void {
  const known = store.entries.getMany(ids)
  const outcomes = ids.map((id) => [id, changeOne(store, bulk, action, known.get(id), now)] as const)
  settle(store, bulk, outcomes)
  const entries = outcomes.filter(([, outcome]) => outcome === 'done').map(([id]) => id)
  if (entries.length > 0) store.journal({ kind: 'changed', entries })
}

function changeOne(
  store: PoolStore,
  bulk: StoredBulk,
  action: BulkAction,
  stored: StoredEntry | undefined,
  now: number,
): string {
  if (!stored) return 'unknown-entry'
  const { entry, phone } = stored
  const { by, reason } = bulk.head
  if (action.kind === 'tag' || action.kind === 'untag') {
    const card = store.cards.get(entry.id)
    const tags = retagged(card.tags, action)
    if (tags === card.tags) return 'unchanged'
    store.cards.putTags(entry.id, tags, Math.max(now, card.updatedAt + 1))
    store.edits.add(entry.id, [{ field: 'tags', from: card.tags, to: tags }], { ...by, how: 'person' }, now)
    return 'done'
  }
  const asked = { role: by.role, reason, onDoNotCall: store.doNotCall.has(phone) }
  const moved = bulkEntry(entry, action, asked)
  if (!moved.ok) return moved.refusal
  if (moved.value === entry) return 'unchanged'
  endHoldOf(store, entry, moved.value, by.name, reason)
  store.save(stored, moved.value, now)
  return 'done'
}

function endHoldOf(store: PoolStore, was: Entry, is: Entry, by: string, reason: string): void {
  if (was.lease && !is.lease) store.endHold(was, 'released', by, reason || null)
}

/** What became of these entries, and the counts that follow. */
export function settle(store: PoolStore, bulk: StoredBulk, outcomes: readonly (readonly [number, string])[]): void {
  store.bulks.settle(bulk.id, outcomes)
  const count = (outcome: string) => outcomes.filter((one) => one[1] === outcome).length
  const done = count('done')
  const unchanged = count('unchanged')
  const now = store.bulks.get(bulk.id) ?? bulk
  store.bulks.put({
    ...now,
    done: now.done + done,
    unchanged: now.unchanged + unchanged,
    refusals: now.refusals + outcomes.length - done - unchanged,
  })
}

function end(store: PoolStore, bulk: StoredBulk, state: 'finished' | 'cancelled', actorId: string, now: number): void {
  store.bulks.put({ ...bulk, state, endedAt: now })
  const { total, done, unchanged, refusals } = bulk
  const action = state === 'finished' ? 'bulk.finish' : 'bulk.cancel'
  audit(store, actorId, action, bulk.id, { kind: bulk.head.action.kind, total, done, unchanged, refusals }, now)
}

function audit(
  store: PoolStore,
  actorId: string,
  action: string,
  id: string,
  detail: Record<string, unknown>,
  now: number,
): void {
  store.journal({ kind: 'audited', at: now, actorId, action, subject: `${store.poolId}:${id}`, detail })
}
