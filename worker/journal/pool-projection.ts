import type { Attempt } from '#shared/domain/pool/attempt'
import { GLOBAL, RAISE_VERSION } from '../db/do-not-call'
import type { Env } from '../env'
import type { StoredEntry } from '../rooms/pool/entry-row'
import type { PoolStore } from '../rooms/pool/pool-store'
import { viewOf } from '../rooms/pool/imports'
import type { Journalled } from './pool-drain'

/** Rows one statement takes as its one JSON parameter (D1: 2 MB a value). */
const ROWS_A_STATEMENT = 1_000

/** Writes how the named rows stand now, and how far this room's journal is shown, in one D1 batch. */
export async function projectPool(env: Env, store: PoolStore, events: Journalled[], seq: number): Promise<void> {
  const entries = new Set<number>()
  const cards = new Set<number>()
  const exact = new Set<number>()
  const attempts = new Set<string>()
  const imports = new Set<string>()
  const removed = new Set<string>()
  for (const { event } of events) {
    if (event.kind === 'import-changed') imports.add(event.importId)
    if (event.kind === 'removed') for (const id of event.entries) removed.add(String(id))
    if (event.kind !== 'changed') continue
    for (const id of event.entries) {
      entries.add(id)
      if (event.cards) cards.add(id)
      if (event.exact) exact.add(id)
    }
    for (const id of event.attempts ?? []) attempts.add(id)
  }
  const lists: [string, unknown[]][] = [
    [ADD_DO_NOT_CALL, doNotCallRows(events, 'do-not-call-added')],
    [LIFT_DO_NOT_CALL, doNotCallRows(events, 'do-not-call-lifted')],
    [CUSTOMERS, customerRows(store, [...cards])],
    [CUSTOMERS_EXACT, customerRows(store, [...exact])],
    [ENTRIES, store.lists.listed([...entries]).map((row) => ({ ...row, poolId: store.poolId, seq }))],
    [REMOVED, [...removed].map((entryId) => ({ poolId: store.poolId, entryId }))],
    [FORGOTTEN, events.flatMap(({ event }) => (event.kind === 'removed' ? (event.customers ?? []) : []))],
    [ATTEMPTS, attemptRows(store, [...attempts], seq)],
    [IMPORTS, [...imports].flatMap((id) => importRow(store, id))],
    [
      AUDIT,
      events.flatMap(({ eventId, event }) =>
        event.kind === 'audited' ? [{ ...event, id: eventId, detail: JSON.stringify(event.detail) }] : [],
      ),
    ],
  ]
  const statements = lists.flatMap(([sql, rows]) =>
    slices(rows).map((slice) => env.DB.prepare(sql).bind(JSON.stringify(slice))),
  )
  const shown = env.DB.prepare(PROJECTED).bind(`pool:${store.poolId}`, seq)
  const raised = doNotCallChanges(events).length > 0 ? [env.DB.prepare(RAISE_VERSION)] : []
  await env.DB.batch([...statements, ...raised, shown])
}

function slices<T>(rows: T[]): T[][] {
  const out: T[][] = []
  for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT) out.push(rows.slice(from, from + ROWS_A_STATEMENT))
  return out
}

type DoNotCallEvent = Extract<Journalled['event'], { kind: 'do-not-call-added' | 'do-not-call-lifted' }>
export type DoNotCallChange = DoNotCallEvent & { list: string }
/** POOL-16: of several events about one number of one list the last one counts. */
export function doNotCallChanges(events: Journalled[]): DoNotCallChange[] {
  const last = new Map<string, DoNotCallChange>()
  for (const { event } of events) {
    if (event.kind !== 'do-not-call-added' && event.kind !== 'do-not-call-lifted') continue
    const { list = GLOBAL } = event
    last.set(`${list} ${event.number}`, { ...event, list })
  }
  return [...last.values()]
}
const doNotCallRows = (events: Journalled[], kind: DoNotCallChange['kind']): unknown[] =>
  doNotCallChanges(events).filter((change) => change.kind === kind)

/** Two questions for all of them: an import has many. */
function customerRows(store: PoolStore, ids: number[]): unknown[] {
  if (ids.length === 0) return []
  const cards = store.cards.getMany(ids)
  return Array.from(store.entries.getMany(ids).values(), ({ entry, customerId, phone }) => {
    const card = cards.get(entry.id)!
    const [tags, custom] = [JSON.stringify(card.tags), JSON.stringify(card.custom)]
    return { ...card, id: customerId, phone, tags, custom }
  })
}

/** Three questions for all of them: this runs beside pulls. */
function attemptRows(store: PoolStore, ids: string[], seq: number): unknown[] {
  if (ids.length === 0) return []
  const attempts = store.attempts.getMany(ids)
  const entryIds = [...new Set(attempts.map(({ entryId }) => entryId))]
  const entries = store.entries.getMany(entryIds)
  const names = store.cards.names(entryIds)
  return attempts.flatMap((attempt) => {
    const stored = entries.get(attempt.entryId) ?? store.moved.get(attempt.entryId)?.stored
    return stored ? attemptRow(store, attempt, stored, names.get(attempt.entryId) ?? null, seq) : []
  })
}

function attemptRow(store: PoolStore, attempt: Attempt, stored: StoredEntry, customerName: string | null, seq: number) {
  const { before: _before, bookedAt: _booked, callbackAt: _callback, token: _token, ...told } = attempt
  return [
    {
      ...told,
      poolId: store.poolId,
      entryId: String(attempt.entryId),
      customerId: stored.customerId,
      customerName,
      phone: stored.phone,
      attempt: attempt.n,
      flags: JSON.stringify(attempt.flags),
      tags: JSON.stringify(attempt.tags ?? []),
      answers: JSON.stringify(attempt.answers ?? []),
      receipt: attempt.receipt ? JSON.stringify(attempt.receipt) : null,
      byHandset: Number(attempt.byHandset),
      late: Number(attempt.late),
      seq,
    },
  ]
}

function importRow(store: PoolStore, id: string): unknown[] {
  const found = store.imports.get(id)
  if (!found || !store.pool) return []
  const view = viewOf(store, found)
  return [{ ...view, counts: JSON.stringify(view.counts), byId: view.by.id, byName: view.by.name }]
}

/** `$.field` of each row of the one JSON parameter. */
const fields = (names: string[]) => names.map((name) => `value->>'$.${name}'`).join(', ')

const CUSTOMERS = `INSERT INTO customers (id, name, phone, phone_given, user_code, email, notes, language, time_zone, tags, custom, created_at, updated_at)
  SELECT ${fields(['id', 'name', 'phone', 'phoneGiven', 'userCode', 'email', 'notes', 'language', 'timeZone', 'tags', 'custom', 'createdAt', 'updatedAt'])} FROM json_each(?1) WHERE true
  ON CONFLICT(id) DO UPDATE SET name=coalesce(excluded.name, name), phone_given=excluded.phone_given, user_code=coalesce(excluded.user_code, user_code),
    email=coalesce(excluded.email, email), notes=coalesce(excluded.notes, notes), language=coalesce(excluded.language, language),
    time_zone=coalesce(excluded.time_zone, time_zone), tags=excluded.tags, custom=excluded.custom, updated_at=excluded.updated_at
  WHERE excluded.updated_at >= customers.updated_at`

/** POOL-23: what a person emptied is empty; lists (above) never blank. */
const CUSTOMERS_EXACT = `UPDATE customers SET name=value->>'$.name', email=value->>'$.email', notes=value->>'$.notes', language=value->>'$.language',
    time_zone=value->>'$.timeZone', tags=value->>'$.tags', custom=value->>'$.custom'
  FROM json_each(?1) WHERE customers.id=value->>'$.id' AND customers.updated_at<=value->>'$.updatedAt'`

const ENTRIES = `INSERT INTO entries (pool_id, entry_id, customer_id, state, priority, attempts, tries, owner_id, due_at, callback_at, callback_for, last_disposition, tags, lists, search, seq)
  SELECT ${fields(['poolId', 'entryId', 'customerId', 'state', 'priority', 'attempts', 'tries', 'ownerId', 'dueAt', 'callbackAt', 'callbackFor', 'lastDisposition', 'tags', 'lists', 'search', 'seq'])} FROM json_each(?1) WHERE true
  ON CONFLICT(pool_id, entry_id) DO UPDATE SET customer_id=excluded.customer_id, state=excluded.state, priority=excluded.priority,
    attempts=excluded.attempts, tries=excluded.tries, owner_id=excluded.owner_id, due_at=excluded.due_at, callback_at=excluded.callback_at,
    callback_for=excluded.callback_for, last_disposition=excluded.last_disposition, tags=excluded.tags, lists=excluded.lists,
    search=excluded.search, seq=excluded.seq
  WHERE excluded.seq >= entries.seq`

const REMOVED = `DELETE FROM entries WHERE (pool_id, entry_id) IN (SELECT value->>'$.poolId', value->>'$.entryId' FROM json_each(?1))`

const FORGOTTEN = `DELETE FROM customers WHERE id IN (SELECT value FROM json_each(?1))
  AND NOT EXISTS (SELECT 1 FROM entries WHERE entries.customer_id=customers.id) AND NOT EXISTS (SELECT 1 FROM attempts WHERE attempts.customer_id=customers.id)`

const ATTEMPTS = `INSERT INTO attempts (id, pool_id, entry_id, customer_id, customer_name, phone, agent_id, agent_name, at, attempt, disposition, flags, note, call_id, by_handset, talk_ms, late, corrected_at, tags, answers, receipt, seq)
  SELECT ${fields(['id', 'poolId', 'entryId', 'customerId', 'customerName', 'phone', 'agentId', 'agentName', 'at', 'attempt', 'disposition', 'flags', 'note', 'callId', 'byHandset', 'talkMs', 'late', 'correctedAt', 'tags', 'answers', 'receipt', 'seq'])} FROM json_each(?1) WHERE true
  ON CONFLICT(id) DO UPDATE SET disposition=excluded.disposition, flags=excluded.flags, note=excluded.note, call_id=excluded.call_id, by_handset=excluded.by_handset,
    talk_ms=excluded.talk_ms, late=excluded.late, corrected_at=excluded.corrected_at,
    tags=excluded.tags, answers=excluded.answers, receipt=coalesce(excluded.receipt, receipt), seq=excluded.seq
  WHERE excluded.seq >= attempts.seq`

const IMPORTS = `INSERT INTO imports (id, pool_id, file_name, sha256, state, counts, by_id, by_name, created_at, committed_at)
  SELECT ${fields(['id', 'poolId', 'fileName', 'sha256', 'state', 'counts', 'byId', 'byName', 'createdAt', 'committedAt'])} FROM json_each(?1) WHERE true
  ON CONFLICT(id) DO UPDATE SET state=excluded.state, counts=excluded.counts, committed_at=excluded.committed_at`

const AUDIT = `INSERT OR IGNORE INTO audit (id, at, actor_id, action, subject, detail)
  SELECT ${fields(['id', 'at', 'actorId', 'action', 'subject', 'detail'])} FROM json_each(?1)`

const ADD_DO_NOT_CALL = `INSERT OR IGNORE INTO do_not_call_numbers (list, number, at, by_id) SELECT ${fields(['list', 'number', 'at', 'by'])} FROM json_each(?1)`
const LIFT_DO_NOT_CALL = `DELETE FROM do_not_call_numbers WHERE (list, number) IN (SELECT ${fields(['list', 'number'])} FROM json_each(?1))`
const PROJECTED =
  'INSERT INTO projections (room, seq) VALUES (?,?) ON CONFLICT(room) DO UPDATE SET seq=max(seq, excluded.seq)'
