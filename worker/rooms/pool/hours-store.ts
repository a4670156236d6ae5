import type { Hours } from '#shared/domain/hours/hours'
import { localityOf, type Locality } from '#shared/domain/hours/locality'
import { isOpenAt, openingOf, type Opening } from '#shared/domain/hours/opening'
import { scheduleFor, type Schedule } from '#shared/domain/hours/schedule'
import { UNSORTED } from '#shared/domain/pool/hours-class'
import { addColumn } from './tables'

/** How long an answer without a next change is believed. */
const LOOK_AGAIN_MS = 24 * 3600_000
const SORT_AFTER = 'hours-sort-after'

type Known = { opening: Opening; from: number; until: number }
type Pool = () => { hours?: Hours | null | undefined; timeZone: string } | null

/**
 * POOL-18: the classes of customers of this pool (0105), and whether their hours are open. A class is made when its first
 * customer comes and stays. What is open is computed when it is asked and kept until it changes; no row moves.
 */
export class HoursStore {
  private readonly ids = new Map<string, number>()
  private readonly localities = new Map<number, Locality>()
  private readonly schedules = new Map<number, Schedule | null>()
  private readonly openings = new Map<number, Known>()
  /** Entries of a room that is older than classes are sorted from this id on; null: all are. */
  private sortAfter: number | null = null

  constructor(
    private readonly sql: SqlStorage,
    private readonly pool: Pool,
  ) {
    sql.exec('CREATE TABLE IF NOT EXISTS hours_class (id INTEGER PRIMARY KEY, locality TEXT NOT NULL UNIQUE)')
    const isNew = addColumn(sql, 'entry', 'hours_class', 'INTEGER NOT NULL DEFAULT 0')
    if (isNew && sql.exec('SELECT 1 FROM entry LIMIT 1').toArray().length > 0) this.sortedTo(0)
  }

  /** At the start, after settings changed, and after writes were undone. */
  reload(): void {
    this.ids.clear()
    this.localities.clear()
    this.forgetOpenings()
    for (const { id, locality } of this.sql.exec<{ id: number; locality: string }>('SELECT * FROM hours_class'))
      this.know(id, locality)
    const row = this.sql.exec<{ value: string }>('SELECT value FROM setting WHERE key=?', SORT_AFTER).toArray()[0]
    this.sortAfter = row ? Number(row.value) : null
  }

  forgetOpenings(): void {
    this.schedules.clear()
    this.openings.clear()
  }

  get unsortedAfter(): number | null {
    return this.sortAfter
  }

  sortedTo(id: number | null): void {
    this.sortAfter = id
    if (id === null) this.sql.exec('DELETE FROM setting WHERE key=?', SORT_AFTER)
    else this.sql.exec('INSERT OR REPLACE INTO setting (key, value) VALUES (?,?)', SORT_AFTER, String(id))
  }

  /** The class of a customer with this number and the zone the list gives, made if there is none yet. */
  classOf(phone: string, timeZone: string | null): number {
    const locality = JSON.stringify(localityOf(phone, timeZone, this.pool()?.timeZone ?? 'UTC'))
    const known = this.ids.get(locality)
    if (known !== undefined) return known
    const { id } = this.sql
      .exec<{ id: number }>('INSERT INTO hours_class (locality) VALUES (?) RETURNING id', locality)
      .one()
    this.know(id, locality)
    return id
  }

  classes(): number[] {
    return [UNSORTED, ...this.localities.keys()]
  }

  /** null: not sorted yet. */
  localityOf(hoursClass: number): Locality | null {
    return this.localities.get(hoursClass) ?? null
  }

  isOpen(hoursClass: number, now: number): boolean {
    return this.opening(hoursClass, now).isOpen
  }

  /** Whether this class may be called now, and when that changes. What is not sorted yet waits where there are hours. */
  opening(hoursClass: number, now: number): Opening {
    const known = this.openings.get(hoursClass)
    if (known && now >= known.from && now < known.until) return known.opening
    const schedule = this.scheduleOf(hoursClass)
    const opening =
      hoursClass === UNSORTED && schedule !== null
        ? { isOpen: false, changesAt: null }
        : openingOf(schedule, this.localityOf(hoursClass)?.zones ?? [], now)
    this.openings.set(hoursClass, { opening, from: now, until: opening.changesAt ?? now + LOOK_AGAIN_MS })
    return opening
  }

  /** The first moment from `at` on at which this class may be called; null: not within two months. */
  opensAfter(hoursClass: number, at: number): number | null {
    const schedule = this.scheduleOf(hoursClass)
    const zones = this.localityOf(hoursClass)?.zones ?? []
    return isOpenAt(schedule, zones, at) ? at : openingOf(schedule, zones, at).changesAt
  }

  scheduleOf(hoursClass: number): Schedule | null {
    const known = this.schedules.get(hoursClass)
    if (known !== undefined) return known
    const schedule = scheduleFor(this.pool()?.hours, this.localityOf(hoursClass)?.jurisdiction ?? null)
    this.schedules.set(hoursClass, schedule)
    return schedule
  }

  private know(id: number, locality: string): void {
    this.ids.set(locality, id)
    this.localities.set(id, JSON.parse(locality) as Locality)
  }
}
