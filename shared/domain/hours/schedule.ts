import { isHoliday } from './holiday'
import { both, limitsNothing, WHOLE_WEEK, type Hours, type Week } from './hours'
import { countryOf } from './locality'
import { packOf, type Pack } from './packs'

/** What all rules that hold for a customer leave together. */
export type Schedule = { week: Week; isHoliday: (date: string) => boolean }

/**
 * The packs that hold for a customer of this jurisdiction: of those the pool keeps, the one of the customer's country with
 * its state's; for a customer of a country it keeps no pack of, all of them.
 */
export function packsFor(hours: Hours, jurisdiction: string | null): Pack[] {
  const kept = hours.packs.flatMap((code) => packOf(code) ?? [])
  if (jurisdiction === null) return kept
  const own = kept.filter(({ code }) => code === countryOf(jurisdiction))
  if (own.length === 0) return kept
  const state = jurisdiction.length > 2 ? packOf(jurisdiction) : null
  return state ? [...own, state] : own
}

/** POOL-18: the strictest applies: what the pool's own week and every pack allow, without any of their holidays. null: always. */
export function scheduleFor(hours: Hours | null | undefined, jurisdiction: string | null): Schedule | null {
  if (!hours || limitsNothing(hours)) return null
  const packs = packsFor(hours, jurisdiction)
  const week = [hours.week ?? WHOLE_WEEK, ...packs.map((one) => one.week)].reduce(both)
  const own = new Set(hours.holidays.map(({ date }) => date))
  return { week, isHoliday: (date) => own.has(date) || packs.some(({ holidays }) => isHoliday(holidays, date)) }
}
