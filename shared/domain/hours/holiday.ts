/** A public holiday as a rule, so that it holds every year. `weekday`: Monday is 0. */
export type HolidayRule =
  | { month: number; day: number }
  /** The n-th weekday of a month; -1: the last. */
  | { month: number; weekday: number; nth: number }
  /** Days after Western Easter Sunday. */
  | { easter: number }

const DAY_MS = 24 * 60 * 60_000
const text = (at: number) => new Date(at).toISOString().slice(0, 10)

/** Western Easter Sunday (Meeus/Jones/Butcher: J. Meeus, Astronomical Algorithms, ch. 8), as UTC midnight. */
export function easterOf(year: number): number {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const d = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30
  const e = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - d - (c % 4)) % 7
  const f = d + e - 7 * Math.floor((a + 11 * d + 22 * e) / 451) + 114
  return Date.UTC(year, Math.floor(f / 31) - 1, (f % 31) + 1)
}

export function dateOf(rule: HolidayRule, year: number): string {
  if ('easter' in rule) return text(easterOf(year) + rule.easter * DAY_MS)
  if ('day' in rule) return text(Date.UTC(year, rule.month - 1, rule.day))
  const { month, weekday, nth } = rule
  const monthStart = Date.UTC(year, month - 1, 1)
  const monthEnd = Date.UTC(year, month, 0)
  const weekdayOf = (at: number) => (new Date(at).getUTCDay() + 6) % 7
  if (nth > 0) return text(monthStart + (((weekday - weekdayOf(monthStart) + 7) % 7) + 7 * (nth - 1)) * DAY_MS)
  return text(monthEnd - ((weekdayOf(monthEnd) - weekday + 7) % 7) * DAY_MS)
}

const known = new WeakMap<readonly HolidayRule[], Map<number, Set<string>>>()

/** Whether a local date is one of these holidays. */
export function isHoliday(rules: readonly HolidayRule[], date: string): boolean {
  if (rules.length === 0) return false
  const years = known.get(rules) ?? new Map<number, Set<string>>()
  known.set(rules, years)
  const year = Number(date.slice(0, 4))
  const dates = years.get(year) ?? new Set(rules.map((rule) => dateOf(rule, year)))
  years.set(year, dates)
  return dates.has(date)
}
