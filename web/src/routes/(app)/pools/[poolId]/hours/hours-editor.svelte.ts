import { weekOf } from '#shared/domain/hours/hours'
import type { PackCode } from '#shared/domain/hours/pack-codes'
import type { PoolHours } from '#shared/protocol/pool-hours'
import type { Pool } from '#shared/protocol/pools'
import { clockOf } from './hours-words'

export type EditedWindow = { from: string; to: string }
export type EditedHoliday = { date: string; name: string }
const USUAL = weekOf('9:00-18:00', null, null)
const END_OF_DAY = 24 * 60

/** `9`, `9:30`, `0930`, `9.30` → minutes; midnight as an end is the end of the day. null: no time of day. */
function minuteOf(clock: string, isEnd: boolean): number | null {
  const found = /^(\d{1,2})(?:[:.]?(\d{2}))?$/.exec(clock.trim())
  if (!found) return null
  const [hours, minutes] = [Number(found[1]), Number(found[2] ?? 0)]
  const minute = hours * 60 + minutes
  if (minutes > 59 || minute > END_OF_DAY || (minute === END_OF_DAY && !isEnd)) return null
  return isEnd && minute === 0 ? END_OF_DAY : minute
}

/** The hours of a pool while they are edited. Nothing chosen at all is `null`: at any time. */
export class HoursEditor {
  packs = $state<PackCode[]>([])
  hasOwn = $state(false)
  week = $state<EditedWindow[][]>([])
  holidays = $state<EditedHoliday[]>([])
  private kept = $state.raw('')

  constructor(pool: Pick<Pool, 'hours'>) {
    this.take(pool)
  }

  take({ hours }: Pick<Pool, 'hours'>): void {
    this.packs = [...(hours?.packs ?? [])]
    this.hasOwn = Boolean(hours?.week)
    this.week = (hours?.week ?? USUAL).map((windows) =>
      windows.map(({ from, to }) => ({ from: clockOf(from), to: clockOf(to) })),
    )
    this.holidays = (hours?.holidays ?? []).map((day) => ({ ...day }))
    this.kept = JSON.stringify(this.body)
  }

  isWrong = (window: EditedWindow): boolean => {
    const [from, to] = [minuteOf(window.from, false), minuteOf(window.to, true)]
    return from === null || to === null || from >= to
  }
  readonly hasProblems = $derived(
    (this.hasOwn && this.week.flat().some(this.isWrong)) || this.holidays.some(({ date }) => !date),
  )

  /** As the wire wants it. */
  readonly body: PoolHours | null = $derived.by(() => {
    if (this.packs.length === 0 && !this.hasOwn && this.holidays.length === 0) return null
    const week = this.week.map((windows) =>
      windows
        .filter((window) => !this.isWrong(window))
        .map(({ from, to }) => ({ from: minuteOf(from, false)!, to: minuteOf(to, true)! })),
    )
    const holidays = this.holidays.filter(({ date }) => date).map((day) => ({ ...day, name: day.name.trim() }))
    return { packs: [...this.packs], week: this.hasOwn ? week : null, holidays }
  })
  readonly isDirty = $derived(JSON.stringify(this.body) !== this.kept || this.hasProblems)

  turnPack(code: PackCode, on: boolean): void {
    this.packs = on ? [...this.packs, code] : this.packs.filter((one) => one !== code)
  }
  /** As times are written here, once the field is left. */
  neaten(window: EditedWindow): void {
    const [from, to] = [minuteOf(window.from, false), minuteOf(window.to, true)]
    if (from !== null) window.from = clockOf(from)
    if (to !== null) window.to = clockOf(to)
  }
  addWindow(day: number): void {
    const after = this.week[day]!.at(-1)
    this.week[day]!.push(after ? { from: after.to, to: '' } : { from: '09:00', to: '18:00' })
  }
  removeWindow(day: number, index: number): void {
    this.week[day]!.splice(index, 1)
  }
  copyMonday(): void {
    for (const day of [1, 2, 3, 4]) this.week[day] = this.week[0]!.map((window) => ({ ...window }))
  }
  addHoliday(): void {
    this.holidays.push({ date: '', name: '' })
  }
  removeHoliday(index: number): void {
    this.holidays.splice(index, 1)
  }
}
