import type { Kind } from '#shared/domain/pool/dialling'
import type { Entry } from '#shared/domain/pool/entry'
import { inClass, UNSORTED } from '#shared/domain/pool/hours-class'
import { isPullable, placeOf, settle, type Lane } from '#shared/domain/pool/lane'
import type { Park } from '#shared/domain/pool/park'
import type { LaneCounts } from '#shared/domain/pool/counts'
import type { PoolRules } from '#shared/domain/pool/rules'
import { placeArriving, writeArrived, type Arriving } from './entry-arrivals'
import { LaneTally } from './lane-tally'

/** An entry with what the room knows beside it. `lane` is where it stands in the index and in the counts. */
export type StoredEntry = {
  entry: Entry
  phone: string
  customerId: string
  lane: Lane
  /** POOL-18: of its zones and jurisdiction. */
  hoursClass: number
  lastDisposition: string | null
  /** Another customer here had the number before (IMP-4): they are never held at the same time. */
  isSecond: boolean
  /** It went to another pool: this is what is kept of it here. */
  movedTo?: string
}
type Row = {
  id: number
  phone: string
  second: number
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
  callback_by: string | null
  holder: string | null
  granted_at: number | null
  expires_at: number | null
  token: number
  missing: string | null
  last_disposition: string | null
  parked: Park['why'] | null
  parked_until: number | null
  lane: string
  hours_class: number
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
    callback:
      row.callback_at === null
        ? null
        : { at: row.callback_at, for: row.callback_for, note: row.callback_note, by: row.callback_by },
    lease:
      row.holder === null
        ? null
        : { agentId: row.holder, token: row.token, grantedAt: row.granted_at ?? 0, expiresAt: row.expires_at ?? 0 },
    lastToken: row.token,
    missingAttempt: row.missing,
    parked: row.parked === null ? null : { why: row.parked, until: row.parked_until },
  },
  phone: row.phone,
  isSecond: row.second !== 0,
  customerId: row.customer_id,
  lane: row.lane,
  hoursClass: row.hours_class,
  lastDisposition: row.last_disposition,
})

const NONE: ReadonlySet<number> = new Set()
/** POOL-24: until the other pool has answered. */
const ON_THE_WAY = { lane: 'on-the-way', wakeAt: null }
const NOT_RESTING = 'NOT EXISTS (SELECT 1 FROM rest WHERE agent_id=? AND entry_id=entry.id AND until>?)'

/** Entries in rows. What an entry is and where it stands is the domain's word; this only keeps it, with the counts. */
export class EntryStore {
  readonly lanes: LaneTally
  /** Nothing wakes before this; null: not known. */
  private wakesFrom: number | null = null
  /** So that pools without second persons ask nothing on a pull. */
  private hasSeconds = false

  constructor(
    private readonly sql: SqlStorage,
    /** Told of every moment at which time alone will move an entry. */
    private readonly onWake: (at: number) => void,
    /** The class of hours of a number, and of the zone its list gives. */
    private readonly hoursClassOf: (phone: string, timeZone: string | null) => number = () => UNSORTED,
    /** POOL-24: on the way to another pool, in no one's reach. */
    private readonly isOnTheWay: (id: number) => boolean = () => false,
    /** Told of the numbers that came in. */
    private readonly onArrived: (phones: readonly string[]) => void = () => {},
    /** POOL-25: told where somebody stands now, and how urgent they are. */
    private readonly onPlaced: (lane: Lane, priority: number) => void = () => {},
  ) {
    this.lanes = new LaneTally(sql)
    this.lookForSeconds()
  }

  private lookForSeconds(): void {
    this.hasSeconds = this.sql.exec('SELECT 1 FROM entry WHERE second<>0 LIMIT 1').toArray().length > 0
  }

  get(id: number): StoredEntry | null {
    return this.one('SELECT * FROM entry WHERE id=?', id)
  }

  /** Everybody whose first number this is: who had it here first, then those who share it. */
  withPhone(phone: string): StoredEntry[] {
    return this.sql.exec<Row>('SELECT * FROM entry WHERE phone=? ORDER BY second', phone).toArray().map(stored)
  }

  /** The others whose first number it is as well: a pool without second persons asks nothing. */
  sharing({ entry, phone }: Pick<StoredEntry, 'entry' | 'phone'>): StoredEntry[] {
    return this.hasSeconds ? this.withPhone(phone).filter((other) => other.entry.id !== entry.id) : []
  }

  /** Customers whose numbers begin so, by number; of a number all who share it. */
  phonesFrom(beginning: string, after: string, limit: number): StoredEntry[] {
    const found = this.sql
      .exec<Row>(
        'SELECT * FROM entry WHERE phone>? AND phone>=? AND phone<? ORDER BY phone, second LIMIT ?',
        after,
        beginning,
        `${beginning}:`,
        limit,
      )
      .toArray()
      .map(stored)
    const last = found.at(-1)
    if (!last || found.length < limit) return found
    const known = new Set(found.map(({ entry }) => entry.id))
    return [...found, ...this.sharing(last).filter(({ entry }) => !known.has(entry.id))]
  }

  /** Those of these numbers that are here, by number, in order of arrival. */
  byPhones(phones: readonly string[]): Map<string, StoredEntry[]> {
    const rows = this.sql.exec<Row>(
      'SELECT entry.* FROM json_each(?) j CROSS JOIN entry ON entry.phone=j.value',
      JSON.stringify([...new Set(phones)]),
    )
    const people = new Map<string, StoredEntry[]>()
    for (const row of rows) {
      const others = people.get(row.phone)
      if (others) others.push(stored(row))
      else people.set(row.phone, [stored(row)])
    }
    for (const some of people.values()) if (some.length > 1) some.sort((a, b) => a.entry.id - b.entry.id)
    return people
  }

  /** Those of these that are here, by arrival number. */
  getMany(ids: readonly number[]): Map<number, StoredEntry> {
    const rows = this.sql
      .exec<Row>('SELECT entry.* FROM json_each(?) j CROSS JOIN entry ON entry.id=j.value', JSON.stringify(ids))
      .toArray()
    return new Map(rows.map((row) => [row.id, stored(row)]))
  }

  heldBy(agentId: string): StoredEntry | null {
    return this.one('SELECT * FROM entry WHERE holder=? LIMIT 1', agentId)
  }

  /**
   * The first of a lane in the order of POOL-2 that does not rest for this agent, but for `except`. The index has retries first; where the
   * mix wants the other kind, the first of that kind with the same priority is another step into the same index.
   */
  head(
    lane: Lane,
    agentId: string,
    now: number,
    kind: Kind = 'retry',
    except: ReadonlySet<number> = NONE,
  ): StoredEntry | null {
    // row ids, and rarely any: those that pulls are asking about right now
    if (this.lanes.isEmpty(lane)) return null
    const free = except.size === 0 ? NOT_RESTING : `${NOT_RESTING} AND id NOT IN (${[...except].join(',')})`
    const head = this.one(
      `SELECT * FROM entry WHERE lane=? AND ${free} ORDER BY priority DESC, retry DESC, id LIMIT 1`,
      lane,
      agentId,
      now,
    )
    if (!head || kind === 'retry' || head.entry.attempts === 0) return head
    const fresh = this.one(
      `SELECT * FROM entry WHERE lane=? AND ${free} AND priority=? AND retry=0 ORDER BY id LIMIT 1`,
      lane,
      agentId,
      now,
      head.entry.priority,
    )
    return fresh ?? head
  }

  /** What time has moved since: oldest first. */
  awake(now: number, limit: number): StoredEntry[] {
    // asked before every command: no query while nothing can have woken
    if (this.wakesFrom !== null && this.wakesFrom > now) return []
    const rows = this.sql
      .exec<Row>('SELECT * FROM entry WHERE wake_at<=? ORDER BY wake_at LIMIT ?', now, limit)
      .toArray()
    if (rows.length === 0) this.wakesFrom = this.nextWakeAt() ?? Number.POSITIVE_INFINITY
    return rows.map(stored)
  }

  /** Writes were undone. */
  reload(): void {
    this.wakesFrom = null
    this.lookForSeconds()
    this.lanes.reload()
  }

  nextWakeAt(): number | null {
    const query = 'SELECT wake_at FROM entry WHERE wake_at IS NOT NULL ORDER BY wake_at LIMIT 1'
    return this.sql.exec<{ wake_at: number }>(query).toArray()[0]?.wake_at ?? null
  }

  /** When the next one comes due for this agent; looks at the 200 that wake first, so that a poll costs the same in any pool. */
  nextDueFor(agentId: string, opensAfter: (hoursClass: number, at: number) => number | null): number | null {
    const rows = this.sql.exec<{ at: number; hoursClass: number; asked: number }>(
      `SELECT min(wake_at) AS at, hours_class AS hoursClass, callback_at IS NOT NULL AS asked
         FROM (SELECT * FROM entry WHERE wake_at IS NOT NULL ORDER BY wake_at LIMIT 200)
         WHERE lane IN ('not-due','callback-later','cap','held-elsewhere') AND (owner IS NULL OR owner=?1) AND (callback_for IS NULL OR callback_for=?1)
         GROUP BY hours_class, callback_at IS NOT NULL`,
      agentId,
    )
    // POOL-15: a promised call comes at its time, another when its hours are open then
    const times = [...rows].flatMap(({ at, hoursClass, asked }) => (asked ? at : (opensAfter(hoursClass, at) ?? [])))
    return times.length > 0 ? Math.min(...times) : null
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

  /** POOL-15: every promised call, soonest first, from behind the cursor. */
  promised(cursor: { at: number; entryId: number } | null, limit: number): StoredEntry[] {
    const { at, entryId } = cursor ?? { at: -1, entryId: -1 }
    return this.sql
      .exec<Row>(
        `SELECT * FROM entry WHERE callback_at IS NOT NULL AND state IN ('pending','leased','paused')
           AND (callback_at>?1 OR (callback_at=?1 AND id>?2)) ORDER BY callback_at, id LIMIT ?3`,
        at,
        entryId,
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
    const place = this.isOnTheWay(settled.id) ? ON_THE_WAY : placeOf(settled, rules, now)
    const { lane: base, wakeAt } = place
    const lane = inClass(base, before.hoursClass)
    const { callback, lease } = settled
    this.sql.exec(
      `UPDATE entry SET state=?, priority=?, owner=?, attempts=?, earlier=?, due_at=?, callback_at=?, callback_for=?, callback_note=?, callback_by=?,
         holder=?, granted_at=?, expires_at=?, token=?, missing=?, last_disposition=?, parked=?, parked_until=?, lane=?, hours_class=?, retry=?, wake_at=? WHERE id=?`,
      settled.state,
      settled.priority,
      settled.ownerId,
      settled.attempts,
      settled.earlierAttempts,
      settled.dueAt,
      callback?.at ?? null,
      callback?.for ?? null,
      callback?.note ?? null,
      callback?.by ?? null,
      lease?.agentId ?? null,
      lease?.grantedAt ?? null,
      lease?.expiresAt ?? null,
      settled.lastToken,
      settled.missingAttempt,
      lastDisposition,
      settled.parked?.why ?? null,
      settled.parked?.until ?? null,
      lane,
      before.hoursClass,
      Number(settled.attempts > 0),
      wakeAt,
      settled.id,
    )
    if (lane !== before.lane) this.lanes.add(before.lane, -1).add(lane, 1)
    if (wakeAt !== null) this.wakes(wakeAt)
    this.onPlaced(lane, settled.priority)
    return { ...before, entry: settled, lane, lastDisposition }
  }

  insert(
    entry: Omit<Entry, 'id'>,
    phone: string,
    customerId: string,
    rules: PoolRules,
    now: number,
    timeZone: string | null = null,
    isSecond = false,
  ): StoredEntry {
    return this.insertMany([{ entry, phone, customerId, timeZone, isSecond }], rules, now)[0]!
  }

  /** New ones in one statement, whatever their number; they arrive in the order given. */
  insertMany(arriving: readonly Arriving[], rules: PoolRules, now: number): StoredEntry[] {
    const arrived = placeArriving(arriving, this.lastArrival() + 1, this.hoursClassOf, rules, now)
    writeArrived(this.sql, arrived)
    for (const { isSecond, lane, entry, wakeAt } of arrived) {
      this.hasSeconds ||= isSecond
      this.lanes.add(lane, 1)
      if (wakeAt !== null) this.wakes(wakeAt)
      this.onPlaced(lane, entry.priority)
    }
    this.onArrived(arriving.map(({ phone }) => phone))
    return arrived
  }

  /** The highest arrival number ever given: what an undone import made is gone, but its numbers are not given again. */
  lastArrival(): number {
    const query = `SELECT max(coalesce((SELECT max(id) FROM entry), 0), coalesce((SELECT CAST(value AS INTEGER) FROM setting WHERE key='last-arrival'), 0)) AS id`
    return this.sql.exec<{ id: number }>(query).one().id
  }

  /** IMP-5: takes entries out again that nobody has touched. */
  remove(gone: readonly StoredEntry[]): void {
    if (gone.length === 0) return
    this.sql.exec("INSERT OR REPLACE INTO setting (key, value) VALUES ('last-arrival', ?)", String(this.lastArrival()))
    this.sql.exec(
      'DELETE FROM entry WHERE id IN (SELECT value FROM json_each(?))',
      JSON.stringify(gone.map(({ entry }) => entry.id)),
    )
    for (const { lane } of gone) this.lanes.add(lane, -1)
  }

  /** When the first in each of the lanes that time frees comes free; looks at those that wake first. */
  nextWakes(): Map<Lane, number> {
    const rows = this.sql.exec<{ lane: string; at: number }>(
      `SELECT lane, min(wake_at) AS at FROM (SELECT lane, wake_at FROM entry WHERE wake_at IS NOT NULL ORDER BY wake_at LIMIT 5000)
       GROUP BY lane`,
    )
    return new Map([...rows].map((row) => [row.lane, row.at]))
  }

  /** POOL-18: the list's time zone was changed; nothing else about the entry is. */
  putInClass(id: number, timeZone: string | null): void {
    const row = this.sql
      .exec<{ phone: string; lane: string; hours_class: number }>(
        'SELECT phone, lane, hours_class FROM entry WHERE id=?',
        id,
      )
      .toArray()[0]
    const hoursClass = row && this.hoursClassOf(row.phone, timeZone)
    if (!row || hoursClass === undefined || hoursClass === row.hours_class) return
    const lane = inClass(row.lane.split('@')[0]!, hoursClass)
    this.sql.exec('UPDATE entry SET hours_class=?, lane=? WHERE id=?', hoursClass, lane, id)
    if (lane !== row.lane) this.lanes.add(row.lane, -1).add(lane, 1)
  }

  /** Of these lanes, those somebody stands in. */
  lanesInUse(lanes: readonly Lane[]): Set<Lane> {
    return new Set(lanes.filter((lane) => !this.lanes.isEmpty(lane)))
  }

  /** POOL-25: lanes that can be pulled from, in which somebody of this priority or above stands. */
  lanesWith(priority: number): Set<Lane> {
    const inUse = [...this.lanes.all().keys()].filter((lane) => isPullable(lane) && !this.lanes.isEmpty(lane))
    const rows = this.sql.exec<{ lane: string }>(
      'SELECT value AS lane FROM json_each(?) WHERE EXISTS (SELECT 1 FROM entry WHERE entry.lane=value AND entry.priority>=?)',
      JSON.stringify(inUse),
      priority,
    )
    return new Set([...rows].map((row) => row.lane))
  }

  idsAfter(afterId: number, limit: number): number[] {
    const rows = this.sql.exec<{ id: number }>('SELECT id FROM entry WHERE id>? ORDER BY id LIMIT ?', afterId, limit)
    return [...rows].map((row) => row.id)
  }

  laneCounts(): LaneCounts {
    return new Map(this.lanes.all())
  }

  /** Entries whose place hangs on the attempts limit or the grace: visited after a change of settings. */
  pendingIds(afterId: number, limit: number): number[] {
    return this.sql
      .exec<{ id: number }>(
        "SELECT id FROM entry WHERE id>? AND state='pending' AND (retry=1 OR callback_at IS NOT NULL OR parked='cap') ORDER BY id LIMIT ?",
        afterId,
        limit,
      )
      .toArray()
      .map((row) => row.id)
  }

  private wakes(at: number): void {
    if (this.wakesFrom !== null && at < this.wakesFrom) this.wakesFrom = at
    this.onWake(at)
  }

  private one(query: string, ...bound: (string | number)[]): StoredEntry | null {
    const row = this.sql.exec<Row>(query, ...bound).toArray()[0]
    return row ? stored(row) : null
  }
}
