import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { jurisdictionOfNumber, localityOf, zonesOfNumber } from '#shared/domain/hours/locality'

const numbers = readFileSync(new URL('../../../fixtures/numbers-and-zones.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('+'))
  .map((line) => {
    const [number = '', zones = '', ...place] = line.split(' ')
    return { number, zones: zones.split(',').sort(), place: place.join(' ') }
  })

describe('where a customer’s telephone is', () => {
  it('[POOL-18] 200 numbers of more than 30 countries have their zones', () => {
    expect(numbers.length).toBeGreaterThanOrEqual(200)
    expect(new Set(numbers.map(({ number }) => jurisdictionOfNumber(number)!.slice(0, 2))).size).toBeGreaterThan(30)
    const wrong = numbers.filter(({ number, zones }) => zonesOfNumber(number).join() !== zones.join())
    expect(wrong).toEqual([])
  })

  it('[POOL-18] a number that tells no area may lie in every zone of its country', () => {
    expect(zonesOfNumber('+18005550123').length).toBeGreaterThan(10)
    expect(zonesOfNumber('+34612345678')).toEqual(['Atlantic/Canary', 'Europe/Madrid'])
  })

  it('[POOL-18] whose rules hold: the country, or the state that the area code names', () => {
    const of = (number: string) => jurisdictionOfNumber(number)
    expect(of('+13055550123')).toBe('US-FL')
    expect(of('+17135550123')).toBe('US-TX')
    expect(of('+18005550123')).toBe('US')
    expect(of('+17875550123')).toBe('US-PR')
    expect(of('+14165550123')).toBe('CA')
    expect(of('+18765550123')).toBe('JM')
    expect(of('+77012345678')).toBe('KZ')
    expect(of('+74951234567')).toBe('RU')
    expect(of('+50688881234')).toBe('CR')
  })

  it('[POOL-18] the list’s own zone comes before the number’s, the pool’s zone last', () => {
    expect(localityOf('+18005550123', 'America/Denver', 'UTC')).toEqual({
      zones: ['America/Denver'],
      jurisdiction: 'US',
      from: 'list',
    })
    expect(localityOf('+50688881234', null, 'UTC')).toMatchObject({ zones: ['America/Costa_Rica'], from: 'number' })
    expect(localityOf('+9999', null, 'Europe/Istanbul')).toMatchObject({ zones: ['Europe/Istanbul'], from: 'country' })
  })
})
