import { describe, expect, it } from 'vitest'
import { dateOf, easterOf } from '#shared/domain/hours/holiday'
import { tidy } from '#shared/domain/hours/hours'
import { PACK_CODES } from '#shared/domain/hours/pack-codes'
import { packOf, PACKS, STATE_PACKS } from '#shared/domain/hours/packs'

describe('jurisdiction packs', () => {
  it('[POOL-18] every pack is whole: seven days in order, a version, a source', () => {
    for (const { code, week, version, source, basis } of [...PACKS, ...STATE_PACKS]) {
      expect(week, code).toHaveLength(7)
      for (const windows of week) expect(tidy(windows), code).toEqual(windows)
      expect(version, code).toMatch(/^\d{4}-\d{2}$/)
      expect(basis === 'custom' || source.length > 5, code).toBe(true)
    }
  })

  it('[POOL-18] the codes that settings may name are the countries’', () => {
    expect(PACKS.map(({ code }) => code)).toEqual([...PACK_CODES])
    for (const { code } of STATE_PACKS) expect(packOf(code.slice(0, 2)), code).not.toBeNull()
  })

  it('[POOL-18] holidays that move are found', () => {
    const easters = {
      2024: '2024-03-31',
      2025: '2025-04-20',
      2026: '2026-04-05',
      2027: '2027-03-28',
      2038: '2038-04-25',
    }
    for (const [year, date] of Object.entries(easters))
      expect(new Date(easterOf(Number(year))).toISOString().slice(0, 10)).toBe(date)
    expect(dateOf({ month: 11, weekday: 3, nth: 4 }, 2026)).toBe('2026-11-26')
    expect(dateOf({ month: 5, weekday: 0, nth: -1 }, 2026)).toBe('2026-05-25')
    expect(dateOf({ month: 9, weekday: 0, nth: 1 }, 2026)).toBe('2026-09-07')
  })
})
