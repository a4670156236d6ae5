import { describe, expect, it } from 'vitest'
import { callable, hasAnother, nextPhone, phonesOf } from '#shared/domain/pool/phones'

const mobile = { number: '+905320000001', given: '0532 000 00 01' }
const work = { number: '+902120000001', given: '0212 000 00 01' }
const home = { number: '+902160000001', given: '0216 000 00 01' }
const list = [mobile, work, home]
const tried = (number: string, ...flags: string[]) => ({ number, flags })

describe('several numbers of a customer', () => {
  it('[POOL-27] begins with the first, and goes on to the least tried', () => {
    expect(nextPhone(phonesOf(list, []), null).number).toBe(mobile.number)
    expect(nextPhone(phonesOf(list, [tried(mobile.number, 'retry')]), null).number).toBe(work.number)
    const round = list.map(({ number }) => tried(number, 'retry'))
    expect(nextPhone(phonesOf(list, round), null).number).toBe(mobile.number)
  })

  it('[POOL-27] counts attempts per number', () => {
    const twice = [tried(work.number, 'retry'), tried(work.number, 'retry')]
    expect(phonesOf(list, twice).map((phone) => phone.attempts)).toEqual([0, 2, 0])
  })

  it('[POOL-27] a wrong number is not tried again, and the next one is', () => {
    const phones = phonesOf(list, [tried(mobile.number, 'wrong-number')])
    expect(callable(phones).map((phone) => phone.number)).toEqual([work.number, home.number])
    expect(nextPhone(phones, null).number).toBe(work.number)
    expect(hasAnother(phones, work.number)).toBe(true)
    expect(hasAnother(phonesOf([mobile], []), mobile.number)).toBe(false)
  })

  it('[POOL-27] a customer whose numbers are all wrong has none left; reopened, all may be tried', () => {
    const phones = phonesOf(
      list,
      list.map(({ number }) => tried(number, 'wrong-number')),
    )
    expect(hasAnother(phones, mobile.number)).toBe(false)
    expect(callable(phones)).toHaveLength(3)
  })

  it('[POOL-27] a promised call goes to the number it was promised on', () => {
    const phones = phonesOf(list, [tried(mobile.number, 'retry'), tried(home.number, 'callback')])
    expect(nextPhone(phones, home.number).number).toBe(home.number)
    expect(nextPhone(phonesOf(list, [tried(home.number, 'wrong-number')]), home.number).number).toBe(mobile.number)
  })
})
