import {
  CalendarDateTime,
  fromAbsolute,
  isWeekend,
  parseDateTime,
  toCalendarDate,
  toCalendarDateTime,
  toZoned,
} from '@internationalized/date'
import type { CalendarDate } from '@internationalized/date'

/** A slot offered for a callback. `word` names it; the moment is what counts. */
export type Slot = { id: 'in-an-hour' | 'first' | 'second'; at: number }

const MORNING = 9
const AFTERNOON = 14
const HOUR_MS = 3_600_000

/**
 * POOL-15: three moments in the customer's zone: in an hour, and the next two half-days that are working days where the
 * customer lives (weekends differ by country).
 */
export function slotsFor(now: number, zone: string, country: string): Slot[] {
  const here = fromAbsolute(now, zone)
  const halves: number[] = []
  let day = toCalendarDate(here)
  while (halves.length < 2) {
    if (!isWeekend(day, `en-${country}`)) {
      for (const hour of [MORNING, AFTERNOON]) {
        const at = momentOf(day, hour, zone)
        if (at > now + HOUR_MS && halves.length < 2) halves.push(at)
      }
    }
    day = day.add({ days: 1 })
  }
  return [
    { id: 'in-an-hour', at: Math.ceil((now + HOUR_MS) / 60_000) * 60_000 },
    { id: 'first', at: halves[0]! },
    { id: 'second', at: halves[1]! },
  ]
}

const momentOf = (day: CalendarDate, hour: number, zone: string): number =>
  toZoned(new CalendarDateTime(day.year, day.month, day.day, hour), zone)
    .toDate()
    .getTime()

/** The value of a datetime-local field: the wall clock of that zone, to the minute. */
export function wallTime(at: number, zone: string): string {
  return toCalendarDateTime(fromAbsolute(at, zone)).set({ second: 0, millisecond: 0 }).toString().slice(0, 16)
}

/** And back; null: not a whole moment yet. An hour that a change of clocks skips becomes the one after it. */
export function fromWallTime(value: string, zone: string): number | null {
  try {
    return toZoned(parseDateTime(value), zone).toDate().getTime()
  } catch {
    return null
  }
}

/** The city of an IANA zone, as people say it: America/Costa_Rica → Costa Rica. */
export const cityOf = (zone: string): string => zone.split('/').at(-1)!.replaceAll('_', ' ')
