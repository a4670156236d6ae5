import type { Attempt } from '#shared/protocol/attempts'

/** The newest page over what is shown: new ones on top, corrected ones in place; null: more came than a page holds. */
export function withNewest(shown: Attempt[], fresh: Attempt[]): Attempt[] | null {
  const known = new Set(shown.map((item) => item.id))
  if (shown.length > 0 && fresh.length > 0 && !fresh.some((item) => known.has(item.id))) return null
  const ids = new Set(fresh.map((item) => item.id))
  return [...fresh, ...shown.filter((item) => !ids.has(item.id))]
}
