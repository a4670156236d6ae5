import { describe, expect, it } from 'vitest'
import { duration } from '../../../web/src/lib/ui/duration'
import { count, moment, percent } from '../../../web/src/lib/ui/moment'

const noon = Date.UTC(2026, 10, 21, 12, 0)

describe('time and numbers in words', () => {
  it.each([
    [0, '0:00'],
    [6_400, '0:06'],
    [167_000, '2:47'],
    [3_767_000, '1:02:47'],
  ])('%i ms is %s', (ms, words) => expect(duration(ms)).toBe(words))

  it('[LOOK-3] leaves out what is the same as now, by the clock of the zone', () => {
    expect(moment(noon - 3_600_000, noon, 'en', 'Europe/Istanbul')).toBe('14:00')
    expect(moment(noon - 4 * 86_400_000, noon, 'en', 'UTC')).toBe('17 Nov, 12:00')
    expect(moment(Date.UTC(2025, 10, 17, 9, 5), noon, 'en', 'UTC')).toBe('17 Nov 2025, 09:05')
  })

  it('[LOOK-3] Arabic keeps Latin digits', () => {
    expect(moment(noon, noon, 'ar', 'UTC')).toBe('12:00')
    expect(count(1204, 'ar')).toMatch(/^1.204$/)
    expect(percent(0.42, 'ar')).toMatch(/42/)
  })

  it('[LOOK-3] groups thousands as each language does', () => {
    expect([count(12_345, 'en'), count(12_345, 'tr'), count(12_345, 'es')]).toEqual(['12,345', '12.345', '12.345'])
  })
})
