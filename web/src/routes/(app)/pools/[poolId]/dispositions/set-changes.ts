import type { Disposition } from '#shared/domain/pool/disposition'
import { codeFrom, HOTKEYS, without } from '#shared/domain/pool/disposition-set'

/** A code made of a name, free of the others'. */
export const codeFor = (label: string, others: readonly Disposition[]): string =>
  codeFrom(label, new Set(others.map(({ code }) => code)))

/** The first digit nobody has; 0 is kept for do-not-call. */
export function freeKey(live: readonly Disposition[]): string | null {
  const taken = new Set(live.map(({ hotkey }) => hotkey))
  return HOTKEYS.slice(0, 9).find((key) => !taken.has(key)) ?? null
}

/** What is left of each when one is taken off: null: it goes. */
export function leftAfter(
  set: readonly Disposition[],
  code: string,
  used: ReadonlySet<string>,
): (Disposition | null)[] {
  const left = new Map(without(set, code, used).map((one) => [one.code, one]))
  return set.map((one) => left.get(one.code) ?? null)
}
