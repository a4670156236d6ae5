import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costOf, dayOf, overLimit, type Reading } from '#shared/domain/dialling/meter'
import { DEFAULT_RULES, mayDial, priceOf, type DialQuestion, type DiallingRules } from '#shared/domain/dialling/rules'

const ask = (change: Partial<DialQuestion> = {}): DialQuestion => ({
  role: 'agent',
  number: '+905551112233',
  facts: { country: 'TR', kind: 'mobile' },
  isCustomers: false,
  live: 0,
  lastMinute: 0,
  ...change,
})
const said = (change: Partial<DiallingRules>, asked: Partial<DialQuestion> = {}) => {
  const answer = mayDial({ ...DEFAULT_RULES, ...change }, ask(asked))
  return answer.ok ? 'yes' : answer.refusal
}

describe('who may call what', () => {
  it('[SIP-7] a role calls any number, its customer’s, or none; a guest none', () => {
    const reach = { agent: 'customer', supervisor: 'any', administrator: 'none' } as const
    expect(said({ reach })).toBe('dialling-not-allowed')
    expect(said({ reach }, { isCustomers: true })).toBe('yes')
    expect(said({ reach }, { role: 'supervisor' })).toBe('yes')
    expect(said({ reach }, { role: 'administrator', isCustomers: true })).toBe('dialling-not-allowed')
    expect(said({}, { role: 'guest' })).toBe('dialling-not-allowed')
    expect(said({}, { role: 'integration' })).toBe('dialling-not-allowed')
  })

  it('[SIP-7] only countries of the list; none is no way round it', () => {
    expect(said({ countries: ['TR', 'DE'] })).toBe('yes')
    expect(said({ countries: ['DE'] })).toBe('country-not-allowed')
    expect(said({ countries: [] }, { isCustomers: true })).toBe('country-not-allowed')
    expect(said({ countries: ['DE'] }, { facts: { country: null, kind: 'unknown' } })).toBe('country-not-allowed')
    expect(said({ countries: ['DE'] }, { facts: { country: null, kind: 'toll-free' } })).toBe('yes')
  })

  it('[SIP-7] kinds that cost are refused from the start, also in the hand of who holds the customer', () => {
    for (const kind of ['premium-rate', 'shared-cost', 'satellite', 'international-network'] as const)
      expect(said({}, { facts: { country: null, kind }, isCustomers: true })).toBe('number-kind-refused')
    expect(said({ refusedKinds: [] }, { facts: { country: null, kind: 'satellite' } })).toBe('yes')
  })

  it('[SIP-7] an exception by prefix comes before country and kind; the longest counts', () => {
    const exceptions = [
      { prefix: '+90', allow: false },
      { prefix: '+90555', allow: true },
    ]
    expect(said({ exceptions, countries: ['DE'] })).toBe('yes')
    expect(said({ exceptions }, { number: '+905321112233' })).toBe('number-kind-refused')
    const toPremium = { number: '+905559', facts: { country: 'TR', kind: 'premium-rate' } } as const
    expect(said({ exceptions }, toPremium)).toBe('yes')
  })

  it('[SIP-7] so many calls at once and in a minute, not one more', () => {
    const perAgent = { atOnce: 2, perMinute: 5 }
    expect(said({ perAgent }, { live: 1, lastMinute: 4 })).toBe('yes')
    expect(said({ perAgent }, { live: 2 })).toBe('too-many-calls')
    expect(said({ perAgent }, { lastMinute: 5 })).toBe('too-many-calls')
  })

  it('[SIP-7] a grant carries the price of the longest prefix and the longest time', () => {
    const spend = { currency: 'EUR', perDay: 10, prices: [{ prefix: '+9', perMinute: 1 }, { prefix: '+90', perMinute: 0.2 }], otherwise: 3 } // prettier-ignore
    expect(mayDial({ ...DEFAULT_RULES, spend, maxMinutes: 30 }, ask())).toEqual({
      ok: true,
      value: { pricePerMinute: 0.2, maxMs: 1_800_000 },
    })
    expect([priceOf(spend, '+911'), priceOf(spend, '+1')]).toEqual([1, 3])
  })
})

describe('what the deployment may do', () => {
  const limits = { perAgent: { atOnce: 2, perMinute: 3 }, deployment: { atOnce: 10, perMinute: 20 }, spendPerDay: 50 }
  const quiet: Reading = { running: 0, lastMinute: 0, agentRunning: 0, agentLastMinute: 0, spent: 0 }

  it('[SIP-7] the first limit that is reached is said', () => {
    expect(overLimit(limits, quiet)).toBeNull()
    expect(overLimit(limits, { ...quiet, running: 10 })).toBe('calls-full')
    expect(overLimit(limits, { ...quiet, lastMinute: 20 })).toBe('calls-full')
    expect(overLimit(limits, { ...quiet, agentRunning: 2 })).toBe('too-many-calls')
    expect(overLimit(limits, { ...quiet, agentLastMinute: 3 })).toBe('too-many-calls')
    expect(overLimit(limits, { ...quiet, spent: 50 })).toBe('spend-limit')
    expect(overLimit({ ...limits, spendPerDay: null }, { ...quiet, spent: 1e9 })).toBeNull()
  })

  it('[SIP-7] more of anything never opens what was closed', () => {
    const reading = fc.record({
      running: fc.nat(20),
      lastMinute: fc.nat(40),
      agentRunning: fc.nat(4),
      agentLastMinute: fc.nat(6),
      spent: fc.nat(100),
    })
    fc.assert(
      fc.property(reading, fc.constantFrom(...(Object.keys(quiet) as (keyof Reading)[])), (now, more) => {
        if (overLimit(limits, now) !== null) expect(overLimit(limits, { ...now, [more]: now[more] + 1 })).not.toBeNull()
      }),
    )
  })

  it('[SIP-7] a call costs by begun seconds from its answer', () => {
    expect(costOf(null, 9_999_999, 6)).toBe(0)
    expect(costOf(1_000, 31_001, 6)).toBeCloseTo(3.1)
    expect(costOf(5_000, 1_000, 6)).toBe(0)
    expect(dayOf(Date.UTC(2026, 0, 31, 23, 59, 59))).toBe('2026-01-31')
  })
})
