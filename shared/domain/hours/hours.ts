/** Minutes after local midnight: `from` inclusive, `to` exclusive, at most 1440. */
export type Window = { from: number; to: number }
/** Seven days, Monday first; a day without a window is a day without calls. */
export type Week = readonly (readonly Window[])[]

/** POOL-18: what a pool says about when its customers may be called, in their own local time. */
export type Hours = {
  /** Codes of jurisdiction packs that hold (packs.ts). */
  packs: readonly string[]
  /** The pool's own windows; null: none of its own. */
  week: Week | null
  /** Days, local to the customer, on which this pool calls nobody: `2026-12-25`. */
  holidays: readonly { date: string; name: string }[]
}

export const MINUTES_A_DAY = 24 * 60
export const WHOLE_WEEK: Week = Array.from({ length: 7 }, () => [{ from: 0, to: MINUTES_A_DAY }])

/** Monday to Friday, Saturday, Sunday; minutes are given as `9:00`. `null`: no calls. */
export function weekOf(weekdays: string | null, saturday: string | null, sunday: string | null): Week {
  const of = (text: string | null): Window[] =>
    (text ?? '')
      .split(' ')
      .filter(Boolean)
      .map((window) => {
        const [from = 0, to = 0] = window.split('-').map(minuteOf)
        return { from, to }
      })
  return [...Array.from({ length: 5 }, () => of(weekdays)), of(saturday), of(sunday)]
}

function minuteOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number)
  return hours * 60 + minutes
}

/** Sorted, and windows that touch or overlap made one. */
export function tidy(windows: readonly Window[]): Window[] {
  const sorted = windows.filter(({ from, to }) => to > from).sort((a, b) => a.from - b.from)
  const out: Window[] = []
  for (const window of sorted) {
    const last = out.at(-1)
    if (last && window.from <= last.to) last.to = Math.max(last.to, window.to)
    else out.push({ ...window })
  }
  return out
}

/** The strictest of two: what both allow. */
export function both(a: Week, b: Week): Week {
  return a.map((windows, day) =>
    tidy(
      windows.flatMap((one) =>
        (b[day] ?? []).map((other) => ({ from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) })),
      ),
    ),
  )
}

/** Nothing that limits anyone: the pool calls at any time. */
export function limitsNothing(hours: Hours | null | undefined): boolean {
  return !hours || (hours.packs.length === 0 && hours.week === null && hours.holidays.length === 0)
}
