import type { Schedule } from './schedule'
import { DAY_MS, localTime, MINUTE_MS, offsetAt, segmentsOf, type Segment } from './wall-clock'

/** Open now or not, and when that changes next; null: not within the next two months. */
export type Opening = { isOpen: boolean; changesAt: number | null }

const HORIZON_DAYS = 62

/** POOL-18: a number that may lie in several zones may be called only when all of them are open. */
export function isOpenAt(schedule: Schedule | null, zones: readonly string[], at: number): boolean {
  return schedule === null || zones.every((zone) => allows(schedule, at, offsetAt(zone, at)))
}

function allows(schedule: Schedule, at: number, offsetMs: number): boolean {
  const { weekday, minute, date } = localTime(at, offsetMs)
  const windows = schedule.week[weekday] ?? []
  return windows.some(({ from, to }) => minute >= from && minute < to) && !schedule.isHoliday(date)
}

/**
 * Whether it is open, and the first moment at which that is otherwise. Only moments at which a wall clock passes the edge
 * of a window, a midnight, or a change of clocks can make a difference: these are tried in order, a day at a time. A window
 * that begins in an hour the clocks jump over begins at the jump.
 */
export function openingOf(schedule: Schedule | null, zones: readonly string[], now: number): Opening {
  if (schedule === null) return { isOpen: true, changesAt: null }
  const isOpen = isOpenAt(schedule, zones, now)
  const edges = edgesOf(schedule)
  for (let day = 0; day < HORIZON_DAYS; day++) {
    const from = now + day * DAY_MS
    const clocks = distinct(zones.map((zone) => segmentsOf(zone, from, from + DAY_MS)))
    const moments = [...new Set(clocks.flatMap((segments) => momentsOf(segments, edges)))].sort((a, b) => a - b)
    const changesAt = moments.find(
      (at) => at > now && clocks.every((segments) => allows(schedule, at, offsetIn(segments, at))) !== isOpen,
    )
    if (changesAt !== undefined) return { isOpen, changesAt }
  }
  return { isOpen, changesAt: null }
}

/** Zones whose clocks go alike that day need looking at once. */
function distinct(all: Segment[][]): Segment[][] {
  return [...new Map(all.map((segments) => [JSON.stringify(segments), segments])).values()]
}

/** Minutes after midnight at which something may begin or end. */
function edgesOf(schedule: Schedule): number[] {
  return [...new Set([0, ...schedule.week.flat().flatMap(({ from, to }) => [from, to])])]
}

function momentsOf(segments: Segment[], edges: number[]): number[] {
  return segments.flatMap(({ from, to, offsetMs }, index) => {
    const firstDay = localTime(from, offsetMs).day
    const lastDay = localTime(to, offsetMs).day
    const days = Array.from({ length: lastDay - firstDay + 1 }, (_, n) => firstDay + n)
    const moments = days.flatMap((day) => edges.map((minute) => day * DAY_MS + minute * MINUTE_MS - offsetMs))
    // the end of the stretch belongs to it: the next day begins there
    return [...moments.filter((at) => at >= from && at <= to), ...(index > 0 ? [from] : [])]
  })
}

function offsetIn(segments: Segment[], at: number): number {
  return (segments.find(({ to }) => at < to) ?? segments.at(-1)!).offsetMs
}
