import { describe, expect, it } from 'vitest'
import { PACKS } from '#shared/domain/hours/packs'
import {
  CONSENT_RULES,
  consentRuleOf,
  mayHear,
  policyOf,
  RECORDING_DEFAULTS,
  type Policy,
} from '#shared/domain/recording/policy'

describe('[PHONE-11] whether a call is recorded', () => {
  const outgoing = (recording?: Policy | null) => ({
    direction: 'outgoing' as const,
    pool: { country: 'CR', recording },
  })

  it('is said by its pool, else by the pool’s country', () => {
    expect(policyOf(outgoing('always'), RECORDING_DEFAULTS)).toBe('always')
    expect(policyOf(outgoing('off'), RECORDING_DEFAULTS)).toBe('off')
    expect(policyOf(outgoing(null), RECORDING_DEFAULTS)).toBe('ask')
    expect(policyOf(outgoing(), RECORDING_DEFAULTS)).toBe('ask')
  })

  it('of a call without a pool, and between extensions, by the deployment', () => {
    const settings = { ...RECORDING_DEFAULTS, internalCalls: 'always', otherCalls: 'off' } as const
    expect(policyOf({ direction: 'internal', pool: null }, RECORDING_DEFAULTS)).toBe('off')
    expect(policyOf({ direction: 'internal', pool: null }, settings)).toBe('always')
    expect(policyOf({ direction: 'incoming', pool: null }, settings)).toBe('off')
    expect(policyOf({ direction: 'outgoing', pool: null }, RECORDING_DEFAULTS)).toBe('ask')
  })

  it('every country with calling hours has a rule; an unknown one is treated as the strictest', () => {
    const codes = CONSENT_RULES.map(({ code }) => code)
    for (const { code } of PACKS) expect(codes).toContain(code)
    expect(consentRuleOf('ZZ')).toMatchObject({ consent: 'all', policy: 'ask' })
  })

  it('[AUTH-1] an agent hears their own where they are let, never another’s; who hears all hears all', () => {
    const of = { agentId: 'alice' }
    const alice = { userId: 'alice', role: 'agent' as const, hearsAll: false }
    const bob = { ...alice, userId: 'bob' }
    const carol = { userId: 'carol', role: 'supervisor' as const, hearsAll: true }
    const deaf = { ...RECORDING_DEFAULTS, agentsHear: false }
    expect([alice, bob, carol].map((one) => mayHear(one, of, RECORDING_DEFAULTS))).toEqual([true, false, true])
    expect([alice, bob, carol].map((one) => mayHear(one, of, deaf))).toEqual([false, false, true])
  })
})
