import { createHash } from 'node:crypto'
import { mergeListed } from '#shared/domain/import/merge'
import type { ValidRow } from '#shared/domain/import/staged'
import { arrived, follow, type Lead } from '#shared/domain/pool/lead'
import type { PutEntryReply } from '#shared/protocol/leads'
import { around, listed, spokenOf } from './import-judge'
import type { StoredEntry } from './entry-row'
import type { PoolStore } from './pool-store'
import { must, Refused } from './refused'

export type LeadPut = { externalId: string; row: ValidRow; lead: Lead; by: { id: string; name: string } }
type Outcome = PutEntryReply['outcome']

/** The names that programs have for customers of this pool, and what they last said under each. */
export class LeadStore {
  constructor(private readonly sql: SqlStorage) {
    sql.exec(
      'CREATE TABLE IF NOT EXISTS lead (external_id TEXT PRIMARY KEY, entry_id INTEGER NOT NULL, hash TEXT NOT NULL) WITHOUT ROWID',
    )
  }

  get(externalId: string): { entryId: number; hash: string } | null {
    const row = this.sql
      .exec<{ entry_id: number; hash: string }>('SELECT entry_id, hash FROM lead WHERE external_id=?', externalId)
      .toArray()[0]
    return row ? { entryId: row.entry_id, hash: row.hash } : null
  }

  put(externalId: string, entryId: number, hash: string): void {
    this.sql.exec('INSERT OR REPLACE INTO lead (external_id, entry_id, hash) VALUES (?,?,?)', externalId, entryId, hash)
  }
}

/**
 * POOL-25: one customer under a program's own name for them. The same words again change nothing, whatever has become of the
 * customer since. Known by the name, else by the number (then the name is another one for them). Refuses unknown-pool,
 * pool-closed, do-not-call, conflict (the name is of a customer with another number).
 */
export function putLead(store: PoolStore, put: LeadPut, now: number): PutEntryReply {
  const { pool } = store
  if (!pool) throw new Refused('unknown-pool')
  if (pool.state === 'closed') throw new Refused('pool-closed')
  const { externalId, row } = put
  const hash = createHash('sha256')
    .update(JSON.stringify([row.phone, row.given, put.lead]))
    .digest('base64')
  const known = store.leads.get(externalId)
  const named = known && store.entries.get(known.entryId)
  if (named && named.phone !== row.phone) throw new Refused('conflict', 'this externalId has another number')
  if (named && known.hash === hash) return reply(store, externalId, named, 'unchanged', store.lastSeq())
  if (store.doNotCall.has(row.phone)) throw new Refused('do-not-call')
  const there = named ?? spokenOf(around(store, [row.phone]), row)?.stored ?? store.entries.withPhone(row.phone)[0]
  const [saved, outcome] = there ? change(store, there, put, now) : [create(store, put, now), 'created' as const]
  store.leads.put(externalId, saved.entry.id, hash)
  const subject = `${pool.id}:${saved.entry.id}`
  const by = { actorId: put.by.id, action: 'entry.put', subject, detail: { outcome } }
  store.journal({ kind: 'audited', at: now, ...by })
  const seq = store.journal({ kind: 'changed', entries: [saved.entry.id], cards: true })
  return reply(store, externalId, saved, outcome, seq)
}

function create(store: PoolStore, { row, lead }: LeadPut, now: number): StoredEntry {
  const { fields, phone, phoneGiven, customerId } = row
  const made = store.entries.insert(arrived(lead, now), phone, customerId, store.rules, now, fields.timeZone)
  store.cards.put(made.entry.id, { ...fields, phoneGiven, createdAt: now, updatedAt: now })
  return made
}

function change(
  store: PoolStore,
  stored: StoredEntry,
  { row, lead, by }: LeadPut,
  now: number,
): [StoredEntry, Outcome] {
  const { id, state } = stored.entry
  const card = store.cards.get(id)
  const { fields, changes } = mergeListed(listed(card), row.fields, () => store.edits.edited(id))
  if (changes.length > 0) {
    store.cards.put(id, { ...card, ...fields, updatedAt: now })
    store.edits.add(id, changes, { ...by, how: 'import' }, now)
  }
  const saved = store.save(stored, must(follow(stored.entry, lead, now)), now)
  const isReopened = saved.entry.state === 'pending' && (state === 'completed' || state === 'unreachable')
  return [saved, isReopened ? 'reopened' : 'updated']
}

function reply(
  store: PoolStore,
  externalId: string,
  { entry, phone, customerId }: StoredEntry,
  outcome: Outcome,
  seq: number,
): PutEntryReply {
  const { state, priority, dueAt } = entry
  return {
    outcome,
    entry: { id: String(entry.id), poolId: store.poolId, externalId, customerId, phone, state, priority, dueAt },
    projection: { room: `pool:${store.poolId}`, seq },
  }
}
