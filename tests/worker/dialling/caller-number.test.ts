import { describe, expect, it } from 'vitest'
import { callerNumber } from '#worker/dialling/caller-number'

describe('[SIP-9] the number of a caller', () => {
  it.each([
    ['+905321112233', '+902125550199', '+905321112233'],
    ['00905321112233', '+902125550199', '+905321112233'],
    ['905321112233', '+902125550199', '+905321112233'],
    ['0532 111 22 33', '+902125550199', '+905321112233'],
    ['5321112233', '+902125550199', '+905321112233'],
    // ten digits in America are America's, not Morocco's
    ['2125551234', '+12025550100', '+12125551234'],
    ['12125551234', '+12025550100', '+12125551234'],
    ['612345678', '+34912345678', '+34612345678'],
    // from abroad, without its +
    ['442079460123', '+902125550199', '+442079460123'],
    ['1001', '+902125550199', null],
    ['reception', '+902125550199', null],
    ['', '+902125550199', null],
  ])('%s, beside %s, is %s', (given, ours, number) => {
    expect(callerNumber(given, ours)).toBe(number)
  })
})
