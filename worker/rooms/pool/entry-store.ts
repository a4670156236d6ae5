import type { Kind } from '#shared/domain/pool/dialling'
import type { Entry } from '#shared/domain/pool/entry'
import { inClass, UNSORTED } from '#shared/domain/pool/hours-class'
import { isPullable, placeOf, settle, type Lane } from '#shared/domain/pool/lane'
import type { LaneCounts } from '#shared/domain/pool/counts'
import type { PoolRules } from '#shared/domain/pool/rules'
import { placeArriving, writeArrived, type Arriving } from './entry-arrivals'
import { EntryReader } from './entry-reader'
import { stored, type EntryRow, type StoredEntry } from './entry-row'
import { LaneTally } from './lane-tally'

const NONE: ReadonlySet<number> = new Set()
/** POOL-24: until the other pool has answered. */
const ON_THE_WAY = { lane: 'on-the-way', wakeAt: null }
const NOT_RESTING = 'NOT EXISTS (SELECT 1 FROM rest WHERE agent_id=? AND entry_id=entry.id AND until>?)'

/** Entries in rows. What an entry is and where it stands is the domain's word; this only keeps it, with the counts. */
export class EntryStore extends EntryReader {
  readonly lanes: LaneTally
  /** Nothing wakes before this; null: not known. */
  private wakesFrom: number | null = null

  constructor(
    sql: SqlStorage,
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
    super(sql)
    this.lanes = new LaneTally(sql)
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
      .exec<EntryRow>('SELECT * FROM entry WHERE wake_at<=? ORDER BY wake_at LIMIT ?', now, limit)
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

  laneCounts(): LaneCounts {
    return new Map(this.lanes.all())
  }

  private wakes(at: number): void {
    if (this.wakesFrom !== null && at < this.wakesFrom) this.wakesFrom = at
    this.onWake(at)
  }
}
