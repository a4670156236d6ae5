import type { NumberKind } from '#shared/domain/dialling/number-kind'
import type { DiallingRules } from '#shared/domain/dialling/rules'

/** The dialling rules as a form has them: lists of prefixes are lines of text, numbers may be empty. */
export type DiallingDraft = {
  reach: DiallingRules['reach']
  everywhere: boolean
  countries: string[]
  refusedKinds: NumberKind[]
  allowed: string
  refused: string
  agentAtOnce: number | null
  agentPerMinute: number | null
  allAtOnce: number | null
  allPerMinute: number | null
  maxMinutes: number | null
  currency: string
  perDay: number | null
  otherwise: number | null
  prices: string
}

export function draftOf(rules: DiallingRules): DiallingDraft {
  const lines = (allow: boolean) =>
    rules.exceptions
      .filter((one) => one.allow === allow)
      .map(({ prefix }) => prefix)
      .join('\n')
  return {
    reach: { ...rules.reach },
    everywhere: rules.countries === null,
    countries: rules.countries ?? [],
    refusedKinds: [...rules.refusedKinds],
    allowed: lines(true),
    refused: lines(false),
    agentAtOnce: rules.perAgent.atOnce,
    agentPerMinute: rules.perAgent.perMinute,
    allAtOnce: rules.deployment.atOnce,
    allPerMinute: rules.deployment.perMinute,
    maxMinutes: rules.maxMinutes,
    currency: rules.spend.currency,
    perDay: rules.spend.perDay,
    otherwise: rules.spend.otherwise,
    prices: rules.spend.prices.map(({ prefix, perMinute }) => `${prefix} ${perMinute}`).join('\n'),
  }
}

/** The first line that is no beginning of a number; null: all are. */
export const wrongPrefix = (text: string): string | null =>
  linesOf(text).find((line) => !/^\+\d{1,15}$/.test(bare(line))) ?? null
/** The first line that is no beginning with a price. */
export const wrongPrice = (text: string): string | null => linesOf(text).find((line) => priceOf(line) === null) ?? null

const within = (value: number | null, min: number, max: number) =>
  value !== null && Number.isInteger(value) && value >= min && value <= max
export const isCount = (value: number | null, max = 10_000): boolean => within(value, 1, max)

/** Null: something in it does not fit; the form says what. */
export function rulesOf(draft: DiallingDraft, version: number): DiallingRules | null {
  const { agentAtOnce, agentPerMinute, allAtOnce, allPerMinute, maxMinutes } = draft
  const counts = [agentAtOnce, agentPerMinute, allAtOnce, allPerMinute]
  if (!counts.every((count) => isCount(count)) || !isCount(maxMinutes, 240)) return null
  if (wrongPrefix(draft.allowed) || wrongPrefix(draft.refused) || wrongPrice(draft.prices)) return null
  if (!/^[A-Z]{3}$/.test(draft.currency.trim().toUpperCase())) return null
  const exceptions = [
    ...linesOf(draft.allowed).map((line) => ({ prefix: bare(line), allow: true })),
    ...linesOf(draft.refused).map((line) => ({ prefix: bare(line), allow: false })),
  ]
  return {
    version,
    reach: draft.reach,
    countries: draft.everywhere ? null : draft.countries,
    refusedKinds: draft.refusedKinds,
    exceptions,
    perAgent: { atOnce: agentAtOnce!, perMinute: agentPerMinute! },
    deployment: { atOnce: allAtOnce!, perMinute: allPerMinute! },
    maxMinutes: maxMinutes!,
    spend: {
      currency: draft.currency.trim().toUpperCase(),
      perDay: draft.perDay,
      prices: linesOf(draft.prices).map((line) => priceOf(line)!),
      otherwise: draft.otherwise ?? 0,
    },
  }
}

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
const bare = (line: string) => line.replace(/[\s().-]/g, '')

/** `+90 532 0.05`: what stands last is the price. */
function priceOf(line: string): { prefix: string; perMinute: number } | null {
  const match = /^(\+[\d ()-]+?)\s+(\d+(?:[.,]\d+)?)$/.exec(line)
  if (!match) return null
  const prefix = bare(match[1]!)
  return /^\+\d{1,15}$/.test(prefix) ? { prefix, perMinute: Number(match[2]!.replace(',', '.')) } : null
}
