import type { GivenFields, Past, RowWarning } from './staged'
import { asciiDigits, cleanLine, foldHeader } from './text'

const ATTEMPTS_LIMIT = 1_000
const TEXT_LIMIT = 200

/**
 * IMP-2: what a list tells of earlier work with a customer. What cannot be understood is left out with a remark; null: it tells
 * nothing. Who the owner is, and whether the status is a disposition of the pool, is for those to say who know them.
 */
export function readPast(given: GivenFields, timeZone: string, warnings: RowWarning[]): Past | null {
  const { status, lastSeenAt, attempts, owner } = given
  if (status === undefined && lastSeenAt === undefined && attempts === undefined && owner === undefined) return null
  const past: Past = {}
  const named = (text: string | undefined) => cleanLine(text ?? '').slice(0, TEXT_LIMIT)
  if (named(status) !== '') past.status = named(status)
  if (named(owner) !== '') past.owner = named(owner)
  if (named(attempts) !== '') {
    const count = Number(asciiDigits(named(attempts)).replace(/[.,]0+$/, ''))
    if (Number.isInteger(count) && count >= 0 && count <= ATTEMPTS_LIMIT) past.attempts = count
    else warnings.push('attempts-ignored')
  }
  if (named(lastSeenAt) !== '') {
    const at = readMoment(named(lastSeenAt), timeZone)
    if (at === null) warnings.push('date-ignored')
    else past.lastSeenAt = at
  }
  return Object.keys(past).length > 0 ? past : null
}

const ISO = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}))?)?/
/** Day first, as Turkish, Spanish and Arabic lists have it; `3/4/2026` of an American list would be misread, a serial date never. */
const DAY_FIRST = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}))?)?/

/** A date, with its time when it has one, on the pool's clock; ms since 1970. null: it is none. */
export function readMoment(text: string, timeZone: string): number | null {
  const line = asciiDigits(text)
  const iso = ISO.exec(line)
  const [, first, second, third, hour, minute, seconds] = iso ?? DAY_FIRST.exec(line) ?? []
  if (first === undefined) return null
  const [year, month, day] = iso ? [first, second, third] : [third, second, first]
  const wall = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour ?? 0),
    Number(minute ?? 0),
    Number(seconds ?? 0),
  )
  const asked = new Date(wall)
  if (Number.isNaN(wall) || asked.getUTCDate() !== Number(day) || asked.getUTCMonth() !== Number(month) - 1) return null
  return wall - offsetAt(wall, timeZone)
}

const clocks = new Map<string, Intl.DateTimeFormat>()
/** How far the clocks of a zone are before UTC; at a change of clocks by that of the hour before it. */
function offsetAt(wall: number, timeZone: string): number {
  let clock = clocks.get(timeZone)
  if (!clock) {
    clock = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    clocks.set(timeZone, clock)
  }
  const part = Object.fromEntries(clock.formatToParts(wall).map(({ type, value }) => [type, Number(value)]))
  const shown = Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second)
  return shown - Math.floor(wall / 1000) * 1000
}

/** The disposition that a status names, by its code or its label in any language; null: it names none. */
export function dispositionOf(
  dispositions: readonly { code: string; labels: Readonly<Record<string, string>> }[],
  status: string,
): string | null {
  const folded = foldHeader(status)
  const named = dispositions.find(
    ({ code, labels }) =>
      foldHeader(code) === folded || Object.values(labels).some((label) => foldHeader(label) === folded),
  )
  return named?.code ?? null
}
