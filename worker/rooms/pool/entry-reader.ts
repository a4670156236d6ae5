import type { Lane } from '#shared/domain/pool/lane'
import { stored, type EntryRow, type StoredEntry } from './entry-row'

/** What is asked of entries: by id, number, holder, promise and time. Which lane is next, and every change, is EntryStore's. */
export class EntryReader {
  /** So that pools without second persons ask nothing on a pull. */
  protected hasSeconds = false

  constructor(protected readonly sql: SqlStorage) {
    this.lookForSeconds()
  }

  protected lookForSeconds(): void {
    this.hasSeconds = this.sql.exec('SELECT 1 FROM entry WHERE second<>0 LIMIT 1').toArray().length > 0
  }

  get(id: number): StoredEntry | null {
    return this.one('SELECT * FROM entry WHERE id=?', id)
  }

  /** Everybody whose first number this is: who had it here first, then those who share it. */
  withPhone(phone: string): StoredEntry[] {
    return this.sql.exec<EntryRow>('SELECT * FROM entry WHERE phone=? ORDER BY second', phone).toArray().map(stored)
  }

  /** The others whose first number it is as well: a pool without second persons asks nothing. */
  sharing({ entry, phone }: Pick<StoredEntry, 'entry' | 'phone'>): StoredEntry[] {
    return this.hasSeconds ? this.withPhone(phone).filter((other) => other.entry.id !== entry.id) : []
  }

  /** Customers whose numbers begin so, by number; of a number all who share it. */
  phonesFrom(beginning: string, after: string, limit: number): StoredEntry[] {
    const found = this.sql
      .exec<EntryRow>(
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
    const rows = this.sql.exec<EntryRow>(
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
      .exec<EntryRow>('SELECT entry.* FROM json_each(?) j CROSS JOIN entry ON entry.id=j.value', JSON.stringify(ids))
      .toArray()
    return new Map(rows.map((row) => [row.id, stored(row)]))
  }

  heldBy(agentId: string): StoredEntry | null {
    return this.one('SELECT * FROM entry WHERE holder=? LIMIT 1', agentId)
  }

  holders(): { entryId: number; agentId: string }[] {
    return this.sql
      .exec<{ id: number; holder: string }>('SELECT id, holder FROM entry WHERE holder IS NOT NULL')
      .toArray()
      .map((row) => ({ entryId: row.id, agentId: row.holder }))
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

  /** When the first in each of the lanes that time frees comes free; looks at those that wake first. */
  nextWakes(): Map<Lane, number> {
    const rows = this.sql.exec<{ lane: string; at: number }>(
      `SELECT lane, min(wake_at) AS at FROM (SELECT lane, wake_at FROM entry WHERE wake_at IS NOT NULL ORDER BY wake_at LIMIT 5000)
       GROUP BY lane`,
    )
    return new Map([...rows].map((row) => [row.lane, row.at]))
  }

  /** Promised calls this agent may make, soonest first. */
  callbacksFor(agentId: string, limit: number): StoredEntry[] {
    return this.sql
      .exec<EntryRow>(
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
      .exec<EntryRow>(
        `SELECT * FROM entry WHERE callback_at IS NOT NULL AND state IN ('pending','leased','paused')
           AND (callback_at>?1 OR (callback_at=?1 AND id>?2)) ORDER BY callback_at, id LIMIT ?3`,
        at,
        entryId,
        limit,
      )
      .toArray()
      .map(stored)
  }

  idsAfter(afterId: number, limit: number): number[] {
    const rows = this.sql.exec<{ id: number }>('SELECT id FROM entry WHERE id>? ORDER BY id LIMIT ?', afterId, limit)
    return [...rows].map((row) => row.id)
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

  /** The highest arrival number ever given: what an undone import made is gone, but its numbers are not given again. */
  lastArrival(): number {
    const query = `SELECT max(coalesce((SELECT max(id) FROM entry), 0), coalesce((SELECT CAST(value AS INTEGER) FROM setting WHERE key='last-arrival'), 0)) AS id`
    return this.sql.exec<{ id: number }>(query).one().id
  }

  protected one(query: string, ...bound: (string | number)[]): StoredEntry | null {
    const row = this.sql.exec<EntryRow>(query, ...bound).toArray()[0]
    return row ? stored(row) : null
  }
}
