import { describe, expect, it } from 'vitest'
import { factsOf } from '#worker/dialling/number-facts'

/** On libphonenumber's own types, with its full metadata, as the edge has it. */
describe('what a number is', () => {
  const cases: [number: string, country: string | null, kind: string][] = [
    ['+905551112233', 'TR', 'mobile'],
    ['+902122123456', 'TR', 'fixed'],
    ['+908881234567', 'TR', 'premium-rate'],
    ['+908001234567', 'TR', 'toll-free'],
    ['+19002345678', 'US', 'premium-rate'],
    ['+449098790000', 'GB', 'premium-rate'],
    ['+447041234567', 'GB', 'personal'],
    ['+34901123456', 'ES', 'shared-cost'],
    ['+8816312345678', null, 'satellite'],
    ['+870773111632', null, 'satellite'],
    ['+88213123456', null, 'international-network'],
    ['+979123456789', null, 'premium-rate'],
    ['+80012345678', null, 'toll-free'],
    ['+15551234567', null, 'unknown'],
  ]
  for (const [number, country, kind] of cases)
    it(`[SIP-7] ${number}: ${country ?? 'of no country'}, ${kind}`, () =>
      expect(factsOf(number)).toEqual({ country, kind }))

  it('[SIP-7] digits behind a premium number do not hide it', () => {
    expect(factsOf('+90888123456799').kind).toBe('premium-rate')
    expect(factsOf('+19002345678123').kind).toBe('premium-rate')
  })
})
