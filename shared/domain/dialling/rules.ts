import { ok, refuse, type Result } from '../../result'
import type { Role } from '../roles'
import type { NumberFacts, NumberKind } from './number-kind'

/** Which numbers a role may call: those of the customer in hand, any that the rules allow, none. */
export const REACHES = ['none', 'customer', 'any'] as const
export type Reach = (typeof REACHES)[number]
export type DiallingRole = Exclude<Role, 'integration'>

/** How many calls at once, and how many begun within any 60 s. */
export type CallLimits = { atOnce: number; perMinute: number }
/** Money is in whole and broken units of one currency; the day is UTC's. */
export type SpendRules = {
  currency: string
  /** null: no limit. */
  perDay: number | null
  /** What a minute costs, by prefix of E.164; the longest that fits counts. */
  prices: { prefix: string; perMinute: number }[]
  otherwise: number
}

/** SIP-7: who may call what, how often, how long and for how much. One record for the deployment. */
export type DiallingRules = {
  version: number
  reach: Record<DiallingRole, Reach>
  /** ISO 3166 codes that may be called; null: all. Numbers of no country are decided by their kind alone. */
  countries: string[] | null
  refusedKinds: NumberKind[]
  /** Prefixes of E.164 that are refused, or allowed whatever country and kind say; the longest counts. */
  exceptions: { prefix: string; allow: boolean }[]
  perAgent: CallLimits
  deployment: CallLimits
  maxMinutes: number
  spend: SpendRules
}

/** What holds until an administrator says otherwise. */
export const DEFAULT_RULES: DiallingRules = {
  version: 0,
  reach: { agent: 'any', supervisor: 'any', administrator: 'any' },
  countries: null,
  refusedKinds: ['premium-rate', 'shared-cost', 'satellite', 'international-network', 'personal', 'pager'],
  exceptions: [],
  perAgent: { atOnce: 4, perMinute: 20 },
  deployment: { atOnce: 500, perMinute: 1_000 },
  maxMinutes: 240,
  spend: { currency: 'EUR', perDay: null, prices: [], otherwise: 0 },
}

export type DialQuestion = {
  role: Role | 'guest'
  /** E.164. */
  number: string
  facts: NumberFacts
  /** It is a number of the customer whom the caller holds. */
  isCustomers: boolean
  /** Calls of this agent: live, and begun in the last 60 s, this one not counted. */
  live: number
  lastMinute: number
}
export type DialRefusal = 'dialling-not-allowed' | 'country-not-allowed' | 'number-kind-refused' | 'too-many-calls'
/** What the call may cost and how long it may be. */
export type DialGrant = { pricePerMinute: number; maxMs: number }

/** SIP-7, for one call, before a carrier is chosen. What the deployment as a whole may do is the meter's to say. */
export function mayDial(rules: DiallingRules, asked: DialQuestion): Result<DialGrant, DialRefusal> {
  const reach = asked.role === 'guest' || asked.role === 'integration' ? 'none' : rules.reach[asked.role]
  if (reach === 'none' || (reach === 'customer' && !asked.isCustomers)) return refuse('dialling-not-allowed')

  const exception = longest(rules.exceptions, asked.number)
  const { country, kind } = asked.facts
  if (exception && !exception.allow) return refuse('number-kind-refused')
  if (!exception) {
    if (rules.refusedKinds.includes(kind)) return refuse('number-kind-refused')
    if (country !== null && rules.countries !== null && !rules.countries.includes(country))
      return refuse('country-not-allowed')
    // a number of no country is no way round the list: only what the kinds know and do not refuse
    if (country === null && rules.countries !== null && kind === 'unknown') return refuse('country-not-allowed')
  }
  if (asked.live >= rules.perAgent.atOnce || asked.lastMinute >= rules.perAgent.perMinute)
    return refuse('too-many-calls')
  return ok({ pricePerMinute: priceOf(rules.spend, asked.number), maxMs: rules.maxMinutes * 60_000 })
}

export function priceOf(spend: SpendRules, number: string): number {
  return longest(spend.prices, number)?.perMinute ?? spend.otherwise
}

function longest<T extends { prefix: string }>(list: readonly T[], number: string): T | null {
  let found: T | null = null
  for (const one of list)
    if (number.startsWith(one.prefix) && one.prefix.length > (found?.prefix.length ?? 0)) found = one
  return found
}
