import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ageingOf, monthsAfter, monthsRise, standingOf } from '#shared/domain/pool/ageing'

const seenAt = Date.UTC(2026, 0, 15, 9)
const settings = ageingOf({ preset: 'contact-ageing' })
const at = (month: number, day = 15, hour = 9) => Date.UTC(2026, month, day, hour)
const standing = (now: number, lastDisposition: string | null = null) =>
  standingOf({ seenAt, lastDisposition }, settings, now)

describe('what age makes of a customer', () => {
  it('[POOL-21] does not exist after 3 months, no network after 6, no contact after 8', () => {
    expect(standing(at(3) - 1)).toEqual({ status: 'untouched', rank: 3, agesAt: at(3) })
    expect(standing(at(3))).toEqual({ status: 'does-not-exist', rank: 20, agesAt: at(6) })
    expect(standing(at(6))).toEqual({ status: 'no-network', rank: 21, agesAt: at(8) })
    expect(standing(at(8))).toEqual({ status: 'no-contact', rank: 22, agesAt: null })
    expect(standing(at(8) + 40 * 365 * 86_400_000)).toMatchObject({ status: 'no-contact' })
  })

  it('[POOL-21] before that the last disposition counts, with its rank', () => {
    const rank = (code: string) => standing(at(1), code).rank
    expect(['no-answer', 'hung-up', 'untouched', 'interested', 'active-services'].map(rank)).toEqual([1, 2, 3, 4, 10])
    expect(standing(at(4), 'interested').status).toBe('does-not-exist')
  })

  it('[POOL-21] months and ranks are the pool’s to say; without ageing only what was said counts', () => {
    const own = ageingOf({
      ageing: {
        isOn: true,
        months: { 'does-not-exist': 1, 'no-network': 2, 'no-contact': 12 },
        ranks: { 'no-network': 7, interested: 0 },
      },
    })
    expect(standingOf({ seenAt, lastDisposition: null }, own, at(2))).toMatchObject({ status: 'no-network', rank: 7 })
    expect(standingOf({ seenAt, lastDisposition: 'interested' }, own, at(0, 16)).rank).toBe(0)
    const off = ageingOf({ preset: 'telecalling' })
    expect(standingOf({ seenAt, lastDisposition: 'busy' }, off, at(11))).toEqual({
      status: 'busy',
      rank: 5,
      agesAt: null,
    })
  })

  it('[POOL-21] months are calendar months, clamped to the last day there is', () => {
    expect(monthsAfter(Date.UTC(2026, 10, 30), 3)).toBe(Date.UTC(2027, 1, 28))
    expect(monthsAfter(Date.UTC(2027, 10, 30), 3)).toBe(Date.UTC(2028, 1, 29))
    expect(monthsAfter(Date.UTC(2026, 9, 31), 3)).toBe(Date.UTC(2027, 0, 31))
  })

  it('[POOL-21] an age must be longer than the one before', () => {
    expect(monthsRise({ 'does-not-exist': 3, 'no-network': 3, 'no-contact': 8 })).toBe(false)
    expect(monthsRise(settings.months)).toBe(true)
  })

  it('[POOL-21] nobody grows younger, and agesAt is the very moment at which the status changes', () => {
    const order = ['untouched', 'does-not-exist', 'no-network', 'no-contact']
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 200 }), (days, more) => {
        const now = seenAt + days * 86_400_000
        const one = standing(now)
        const later = standing(now + more * 86_400_000)
        expect(order.indexOf(later.status)).toBeGreaterThanOrEqual(order.indexOf(one.status))
        if (one.agesAt === null) return
        expect(standing(one.agesAt - 1).status).toBe(one.status)
        expect(standing(one.agesAt).status).not.toBe(one.status)
      }),
    )
  })
})
