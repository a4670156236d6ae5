import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FIRST_MS, MOST_MS, REFUSED_FIRST_MS, reconnectDelay } from '#shared/domain/trunk/backoff'
import { isTrunkAtFault, trunksFor } from '#shared/domain/trunk/choice'
import { dialledAs, givenNumber, numberDialled } from '#shared/domain/trunk/dialling'

const trunk = (id: string, order: number, prefixes: string[] = [], enabled = true) => ({ id, order, prefixes, enabled })

describe('[SIP-9] which trunk', () => {
  const all = [trunk('rest', 1), trunk('spare', 2), trunk('turkey', 5, ['+90']), trunk('mobile', 9, ['+905', '+346'])]
  const ids = (number: string, tried: string[] = []) => trunksFor(all, number, tried).map(({ id }) => id)

  it('the longest prefix first, then the order', () => {
    expect(ids('+905321234567')).toEqual(['mobile', 'turkey', 'rest', 'spare'])
    expect(ids('+902121234567')).toEqual(['turkey', 'rest', 'spare'])
    expect(ids('+15551234567')).toEqual(['rest', 'spare'])
  })
  it('never one that was tried, or is switched off', () => {
    expect(ids('+15551234567', ['rest'])).toEqual(['spare'])
    expect(trunksFor([trunk('a', 1, [], false)], '+15551234567', [])).toEqual([])
  })
  it('another trunk is tried when the trunk is at fault, not when the person is busy', () => {
    expect([408, 500, 502, 503, 504].every(isTrunkAtFault)).toBe(true)
    expect([401, 403, 404, 480, 486, 487, 488, 501, 600, 603].some(isTrunkAtFault)).toBe(false)
  })
})

describe('[SIP-9] numbers on a trunk', () => {
  it.each([
    ['plus', '', '+905321234567'],
    ['digits', '', '905321234567'],
    ['zeros', '9', '900905321234567'],
  ] as const)('dials %s behind "%s"', (form, prefix, dialled) => {
    expect(dialledAs('+905321234567', form, prefix)).toBe(dialled)
  })
  it.each([
    ['+15551230000', '+15551230000'],
    ['15551230000', '+15551230000'],
    ['0015551230000', '+15551230000'],
    ['+1 (555) 123-0000', '+15551230000'],
    ['anonymous', null],
    ['4455', null],
  ])('reads %s as %s', (user, number) => {
    expect(givenNumber(user)).toBe(number)
  })
  const mine = ['+15558887777', '+902125550101', '+442075550101']
  it.each([
    ['+15558887777', '+15558887777'],
    ['15558887777', '+15558887777'],
    ['00902125550101', '+902125550101'],
    ['02125550101', '+902125550101'],
    ['switchroom', null],
    ['5550101', null], // two numbers end so
    ['101', null],
  ])('knows the number dialled by %s: %s', (given, number) => {
    expect(numberDialled(mine, [given])).toBe(number)
  })
  it('goes by the first that names one', () => {
    expect(numberDialled(mine, ['switchroom', '+15558887777', '+902125550101'])).toBe('+15558887777')
  })
  it('any number is dialled in a form that is read back as itself', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^\+[1-9]\d{7,14}$/),
        fc.constantFrom('plus' as const, 'digits' as const, 'zeros' as const),
        (number, form) => givenNumber(dialledAs(number, form, '')) === number,
      ),
    )
  })
})

describe('[SIP-9] trying again', () => {
  it('stays within 4 s, so that an SBC that starts again is found within 5', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, chance) => {
        const delay = reconnectDelay(failures, false, chance)
        return delay >= FIRST_MS / 2 && delay <= MOST_MS
      }),
    )
  })
  it('is slow where the SBC refuses the credentials', () => {
    expect(reconnectDelay(1, true, 0)).toBe(REFUSED_FIRST_MS / 2)
    expect(reconnectDelay(9, true, 1)).toBe(600_000)
  })
})
