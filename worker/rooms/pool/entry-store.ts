import type { Kind } from '#shared/domain/pool/dialling'
import type { Entry } from '#shared/domain/pool/entry'
import { placeOf, settle, type Lane } from '#shared/domain/pool/lane'
import type { Park } from '#shared/domain/pool/park'
import type { LaneCounts } from '#shared/domain/pool/counts'
import type { PoolRules } from '#shared/domain/pool/rules'

/** An entry with what the room knows beside it. `lane` is where it stands in the index and in the counts. */
export type StoredEntry = {
  entry: Entry
  phone: string
  customerId: string
  lane: Lane
  lastDisposition: string | null
}
type Row = {
  id: number
  phone: string
  customer_id: string
  state: Entry['state']
  priority: number
  owner: string | null
  attempts: number
  earlier: number
  due_at: number | null
  callback_at: number | null
  callback_for: string | null
  callback_note: string | null
  holder: string | null
  granted_at: number | null
  expires_at: number | null
  token: number
  missing: string | null
  last_disposition: string | null
  parked: Park['why'] | null
  parked_until: number | null
  lane: string
  wake_at: number | null
}

const stored = (row: Row): StoredEntry => ({
  entry: {
    id: row.id,
    state: row.state,
    priority: row.priority,
    ownerId: row.owner,
    attempts: row.attempts,
    earlierAttempts: row.earlier,
    dueAt: row.due_at,
    callback: row.callback_at === null ? null : { at: row.callback_at, for: row.callback_for, note: row.callback_note },
    lease:
      row.holder === null
        ? null
        : { agentId: row.holder, token: row.token, grantedAt: row.granted_at ?? 0, expiresAt: row.expires_at ?? 0 },
    lastToken: row.token,
    missingAttempt: row.missing,
    parked: row.parked === null ? null : { why: row.parked, until: row.parked_until },
  },
  phone: row.phone,
  customerId: row.customer_id,
  lane: row.lane,
  lastDisposition: row.last_disposition,
})

const NOT_RESTING = 'NOT EXISTS (SELECT 1 FROM rest WHERE agent_id=? AND entry_id=entry.id AND until>?)'

/** Entries in rows. What an entry is and where it stands is the domain's word; this only keeps it, with the counts. */
export class EntryStore {
  constructor(
    private readonly sql: SqlStorage,
    /** Told of every moment at which time alone will move an entry. */
    private readonly onWake: (at: number) => void,
  ) {}

  get(id: number): StoredEntry | null {
    return this.one('SELECT * FROM entry WHERE id=?', id)
  }

  byPhone(phone: string): StoredEntry | null {
    return this.one('SELECT * FROM entry WHERE phone=?', phone)
  }

  heldBy(agentId: string): StoredEntry | null {
    return this.one('SELECT * FROM entry WHERE holder=? LIMIT 1', agentId)
  }

  /**
   * The first of a lane in the order of POOL-2 that does not rest for this agent. The index has retries first; where the
   * mix wants the other kind, the first of that kind with the same priority is another step into the same index.
   */
  head(lane: Lane, agentId: string, now: number, kind: Kind = 'retry'): StoredEntry | null {
    const head = this.one(
      `SELECT * FROM entry WHERE lane=? AND ${NOT_RESTING} ORDER BY priority DESC, retry DESC, id LIMIT 1`,
      lane,
      agentId,
      now,
    )
    if (!head || kind === 'retry' || head.entry.attempts === 0) return head
    const fresh = this.one(
      `SELECT * FROM entry WHERE lane=? AND ${NOT_RESTING} AND priority=? AND retry=0 ORDER BY id LIMIT 1`,
      lane,
      agentId,
      now,
      head.entry.priority,
    )
    return fresh ?? head
  }

  /** What time has moved since: oldest first. */
  awake(now: number, limit: number): StoredEntry[] {
    return this.sql
      .exec<Row>('SELECT * FROM entry WHERE wake_at<=? ORDER BY wake_at LIMIT ?', now, limit)
      .toArray()
      .map(stored)
  }

  nextWakeAt(): number | null {
    const query = 'SELECT wake_at FROM entry WHERE wake_at IS NOT NULL ORDER BY wake_at LIMIT 1'
    return this.sql.exec<{ wake_at: number }>(query).toArray()[0]?.wake_at ?? null
  }

  /** When the next one comes due for this agent; looks at the 200 that wake first, so that a poll costs the same in any pool. */
  nextDueFor(agentId: string): number | null {
    const row = this.sql
      .exec<{ at: number | null }>(
        `SELECT min(wake_at) AS at FROM (SELECT wake_at, lane, owner, callback_for FROM entry WHERE wake_at IS NOT NULL ORDER BY wake_at LIMIT 200)
         WHERE lane IN ('not-due','callback-later','cap','held-elsewhere') AND (owner IS NULL OR owner=?1) AND (callback_for IS NULL OR callback_for=?1)`,
        agentId,
      )
      .one()
    return row.at
  }

  holders(): { entryId: number; agentId: string }[] {
    return this.sql
      .exec<{ id: number; holder: string }>('SELECT id, holder FROM entry WHERE holder IS NOT NULL')
      .toArray()
      .map((row) => ({ entryId: row.id, agentId: row.holder }))
  }

  /** Promised calls this agent may make, soonest first. */
  callbacksFor(agentId: string, limit: number): StoredEntry[] {
    return this.sql
      .exec<Row>(
        `SELECT * FROM entry WHERE callback_at IS NOT NULL AND state='pending'
           AND (callback_for IS NULL OR callback_for=?1) AND (owner IS NULL OR owner=?1) ORDER BY callback_at LIMIT ?2`,
        agentId,
        limit,
      )
      .toArray()
      .map(stored)
  }

  /** Settles, places, writes and counts it. Returns it as it now stands. */
  save(
    before: StoredEntry,
    entry: Entry,
    rules: PoolRules,
    now: number,
    lastDisposition = before.lastDisposition,
  ): StoredEntry {
    const settled = settle(entry, rules, now)
    const { lane, wakeAt } = placeOf(settled, rules, now)
    const { callback, lease } = settled
    this.sql.exec(
      `UPDATE entry SET state=?, priority=?, owner=?, attempts=?, earlier=?, due_at=?, callback_at=?, callback_for=?, callback_note=?,
         holder=?, granted_at=?, expires_at=?, token=?, missing=?, last_disposition=?, parked=?, parked_until=?, lane=?, retry=?, wake_at=? WHERE id=?`,
      settled.state,
      settled.priority,
      settled.ownerId,
      settled.attempts,
      settled.earlierAttempts,
      settled.dueAt,
      callback?.at ?? null,
      callback?.for ?? null,
      callback?.note ?? null,
      lease?.agentId ?? null,
      lease?.grantedAt ?? null,
      lease?.expiresAt ?? null,
      settled.lastToken,
      settled.missingAttempt,
      lastDisposition,
      settled.parked?.why ?? null,
      settled.parked?.until ?? null,
      lane,
      Number(settled.attempts > 0),
      wakeAt,
      settled.id,
    )
    if (lane !== before.lane) this.count(before.lane, -1).count(lane, 1)
    if (wakeAt !== null) this.onWake(wakeAt)
    return { ...before, entry: settled, lane, lastDisposition }
  }

  insert(entry: Omit<Entry, 'id'>, phone: string, customerId: string, rules: PoolRules, now: number): StoredEntry {
    const { lane, wakeAt } = placeOf({ ...entry, id: 0 }, rules, now)
    const { id } = this.sql
      .exec<{ id: number }>(
        `INSERT INTO entry (phone, customer_id, state, priority, owner, attempts, earlier, due_at, token, lane, retry, wake_at)
         VALUES (?,?,?,?,?,?,?,?,?,?,?,?) RETURNING id`,
        phone,
        customerId,
        entry.state,
        entry.priority,
        entry.ownerId,
        entry.attempts,
        entry.earlierAttempts,
        entry.dueAt,
        entry.lastToken,
        lane,
        Number(entry.attempts > 0),
        wakeAt,
      )
      .one()
    this.count(lane, 1)
    return { entry: { ...entry, id }, phone, customerId, lane, lastDisposition: null }
  }

  laneCounts(): LaneCounts {
    const rows = this.sql.exec<{ lane: string; n: number }>('SELECT lane, n FROM lane_count').toArray()
    return new Map(rows.map((row) => [row.lane, row.n]))
  }

  /** Entries whose place hangs on the attempts limit or the grace: visited after a change of settings. */
  pendingIds(afterId: number, limit: number): number[] {
    return this.sql
      .exec<{ id: number }>(
        "SELECT id FROM entry WHERE id>? AND state='pending' AND (retry=1 OR callback_at IS NOT NULL) ORDER BY id LIMIT ?",
        afterId,
        limit,
      )
      .toArray()
      .map((row) => row.id)
  }

  private count(lane: Lane, by: number): this {
    this.sql.exec('INSERT INTO lane_count (lane, n) VALUES (?1,?2) ON CONFLICT(lane) DO UPDATE SET n=n+?2', lane, by)
    return this
  }

  private one(query: string, ...bound: (string | number)[]): StoredEntry | null {
    const row = this.sql.exec<Row>(query, ...bound).toArray()[0]
    return row ? stored(row) : null
  }
}
