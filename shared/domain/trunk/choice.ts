/** What of a trunk decides whether a call goes through it (SIP-9). */
export type TrunkChoice = {
  id: string
  enabled: boolean
  /** Lower is asked first. */
  order: number
  /** E.164 beginnings this trunk takes (`+90`); none: every number. */
  prefixes: readonly string[]
}

/**
 * The trunks a call to this number may go through, best first: the longest matching prefix, then the order given, then the id,
 * so that two looks agree. `tried` are left out.
 */
export function trunksFor<T extends TrunkChoice>(trunks: readonly T[], number: string, tried: readonly string[]): T[] {
  return trunks
    .flatMap((trunk) => {
      const fit = fitOf(trunk, number)
      return trunk.enabled && fit !== null && !tried.includes(trunk.id) ? [{ trunk, fit }] : []
    })
    .sort((a, b) => b.fit - a.fit || a.trunk.order - b.trunk.order || (a.trunk.id < b.trunk.id ? -1 : 1))
    .map(({ trunk }) => trunk)
}

/** Length of the longest prefix that fits; 0: it takes every number; null: not this one. */
function fitOf({ prefixes }: TrunkChoice, number: string): number | null {
  if (prefixes.length === 0) return 0
  const fits = prefixes.filter((prefix) => number.startsWith(prefix)).map((prefix) => prefix.length)
  return fits.length > 0 ? Math.max(...fits) : null
}

/**
 * Whether another trunk is tried after this final answer: the trunk or what is behind it is at fault (RFC 3261 §21.5), or it
 * said nothing (408), not the person called. 501 and 505 would be said again by any other.
 */
export const isTrunkAtFault = (status: number): boolean => [408, 500, 502, 503, 504].includes(status)
