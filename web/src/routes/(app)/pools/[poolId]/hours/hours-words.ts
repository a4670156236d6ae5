import type { HoursClass } from '#shared/protocol/pool-hours'
import { m } from '$lib/paraglide/messages'
import { count, moment } from '$lib/ui/moment'

type Windows = readonly { from: number; to: number }[]
const tag = (locale: string) => (locale === 'ar' ? 'ar-u-nu-latn' : locale)

/** 570 → 09:30; the end of a day is 24:00. */
export const clockOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

/** Monday first, in the reader's language. */
export function dayNames(locale: string, weekday: 'short' | 'long'): string[] {
  const name = new Intl.DateTimeFormat(tag(locale), { weekday, timeZone: 'UTC' })
  // 2026-11-23 was a Monday
  return Array.from({ length: 7 }, (_, day) => name.format(Date.UTC(2026, 10, 23 + day)))
}

/** A day by its name and date: 24 Dec 2026. */
export const dateWord = (date: string, locale: string): string =>
  new Intl.DateTimeFormat(tag(locale), { dateStyle: 'medium', timeZone: 'UTC' }).format(Date.parse(date))

/** A week as people say it: days with the same hours together. `Mon–Fri 09:00–18:00 · Sat 10:00–14:00`. */
export function weekWords(week: readonly Windows[], locale: string): { days: string; hours: string }[] {
  const names = dayNames(locale, 'short')
  const said = week.map((windows) => windows.map(({ from, to }) => `${clockOf(from)}–${clockOf(to)}`).join(', '))
  const runs: { from: number; to: number; hours: string }[] = []
  said.forEach((hours, day) => {
    const last = runs.at(-1)
    if (last?.hours === hours) last.to = day
    else runs.push({ from: day, to: day, hours })
  })
  return runs.map(({ from, to, hours }) => ({
    days: from === to ? names[from]! : `${names[from]}–${names[to]}`,
    // times run from left to right in every language (Unicode: left-to-right isolate)
    hours: hours ? `\u2066${hours}\u2069` : m.hours_no_calls(),
  }))
}
export const weekText = (week: readonly Windows[], locale: string): string =>
  weekWords(week, locale)
    .map(({ days, hours }) => `${days} ${hours}`)
    .join(' · ')

const SHOWN_ZONES = 2
/** America/Costa_Rica → Costa Rica; of many zones the first, and how many more. */
export function placeWords({ zones }: Pick<HoursClass, 'zones'>, locale: string): string {
  if (zones.length === 0) return m.hours_place_unknown()
  const names = zones.map((zone) => zone.split('/').at(-1)!.replaceAll('_', ' '))
  const shown = names.slice(0, zones.length > SHOWN_ZONES + 1 ? SHOWN_ZONES : zones.length).join(', ')
  const more = zones.length - SHOWN_ZONES
  return zones.length > SHOWN_ZONES + 1 ? `${shown} ${m.hours_more_zones({ count: count(more, locale) })}` : shown
}

export function openingWords({ isOpen, changesAt }: HoursClass, now: number, locale: string): string {
  if (changesAt === null) return isOpen ? m.hours_always_open() : m.hours_never_opens()
  const time = moment(changesAt, now, locale)
  return isOpen ? m.hours_open_until({ time }) : m.hours_opens_at({ time })
}
