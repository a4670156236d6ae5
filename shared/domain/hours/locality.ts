import { AREA_LINES, CALLING_CODES, ZONE_LINES } from './number-table'

/**
 * Where a customer's telephone is, as far as it is known (POOL-18): the zones it may lie in, of which all must be open, and
 * whose rules hold there: a country (`CR`) or a state of one (`US-FL`).
 */
export type Locality = {
  zones: readonly string[]
  jurisdiction: string | null
  /** What said so: the list's own time zone, else the number, else the country of the pool. */
  from: 'list' | 'number' | 'country'
}

const NORTH_AMERICA = '1'
const LONGEST_PREFIX = 9

type Table = { zones: Map<string, readonly string[]>; areas: Map<string, string>; codes: Map<string, string> }
let table: Table | null = null

/** Read on first use: pages that never ask do not pay for it. */
function numberTable(): Table {
  if (table) return table
  const pairs = <V>(lines: readonly string[], valueOf: (key: string) => V): Map<string, V> =>
    new Map(
      lines.flatMap((line) => {
        const [key = '', prefixes = ''] = line.split(': ')
        const value = valueOf(key)
        return prefixes.split(' ').map((prefix): [string, V] => [prefix, value])
      }),
    )
  table = {
    zones: pairs(ZONE_LINES, (key) => key.split(' ')),
    areas: pairs(AREA_LINES, (key) => key),
    codes: new Map(CALLING_CODES.split(' ').map((pair) => pair.split(':') as [string, string])),
  }
  return table
}

function byLongestPrefix<V>(digits: string, longest: number, map: Map<string, V>): V | null {
  for (let length = Math.min(longest, digits.length); length > 0; length--) {
    const found = map.get(digits.slice(0, length))
    if (found !== undefined) return found
  }
  return null
}

/** The zones an E.164 number may lie in; none: no country has that prefix. */
export function zonesOfNumber(e164: string): readonly string[] {
  return byLongestPrefix(e164.slice(1), LONGEST_PREFIX, numberTable().zones) ?? []
}

/** The country of an E.164 number, with the state where the area code tells it: `TR`, `CA`, `US-FL`. */
export function jurisdictionOfNumber(e164: string): string | null {
  const digits = e164.slice(1)
  const { areas, codes } = numberTable()
  const area = digits.startsWith(NORTH_AMERICA) ? areas.get(digits.slice(1, 4)) : undefined
  return area ?? byLongestPrefix(digits, 3, codes)
}

/**
 * POOL-18: the zone the list gives, else the zones of the number, else the zone of the pool. The jurisdiction is the
 * number's in any case: rules follow where it is registered.
 */
export function localityOf(e164: string, listed: string | null, poolZone: string): Locality {
  const jurisdiction = jurisdictionOfNumber(e164)
  if (listed !== null) return { zones: [listed], jurisdiction, from: 'list' }
  const zones = zonesOfNumber(e164)
  return zones.length > 0
    ? { zones, jurisdiction, from: 'number' }
    : { zones: [poolZone], jurisdiction, from: 'country' }
}

/** `US` of `US-FL`. */
export const countryOf = (jurisdiction: string): string => jurisdiction.slice(0, 2)
