import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextMidnight, spentUntil, together, triesOf, WEEK_MS } from '#shared/domain/number/caps'
import { shardOf, SHARDS } from '#shared/domain/number/shard'
import { dayOf } from '#shared/domain/pool/figures'

const HOUR = 3600_000
const zone = 'Europe/Istanbul'
const noon = Date.UTC(2026, 10, 20, 12)
const none = { perDay: null, perWeek: null, lifetime: null }

describe('caps of a number', () => {
  it('[POOL-19] a day’s cap clears at the next midnight of the pool', () => {
    const tries = triesOf([noon - 3 * HOUR, noon - HOUR], noon)
    expect(spentUntil(tries, { ...none, perDay: 3 }, zone, noon)).toBeNull()
    expect(spentUntil(tries, { ...none, perDay: 2 }, zone, noon)).toEqual({ until: Date.UTC(2026, 10, 20, 21) })
  })

  it('[POOL-19] yesterday’s tries do not count to today', () => {
    expect(spentUntil(triesOf([noon - 24 * HOUR], noon), { ...none, perDay: 1 }, zone, noon)).toBeNull()
  })

  it('[POOL-19] the rolling cap clears when the oldest that counts is seven days old', () => {
    const times = [noon - 6 * 24 * HOUR, noon - 4 * 24 * HOUR, noon - 24 * HOUR]
    expect(spentUntil(triesOf(times, noon), { ...none, perWeek: 2 }, zone, noon)).toEqual({
      until: noon - 4 * 24 * HOUR + WEEK_MS,
    })
    expect(spentUntil(triesOf(times, noon), { ...none, perWeek: 4 }, zone, noon)).toBeNull()
  })

  it('[POOL-19] a lifetime cap never clears, and counts what other pools tried', () => {
    const old = triesOf([noon - 90 * 24 * HOUR], noon)
    const both = together([old, { total: 2, recent: [] }])
    expect(spentUntil(both, { ...none, lifetime: 3 }, zone, noon)).toEqual({ until: null })
    expect(spentUntil(both, { ...none, lifetime: 4 }, zone, noon)).toBeNull()
  })

  it('[POOL-19] whatever was tried, it clears at the moment told and not before', () => {
    const when = fc.array(fc.integer({ min: noon - 9 * 24 * HOUR, max: noon }), { maxLength: 12 })
    const cap = fc.option(fc.integer({ min: 1, max: 5 }))
    fc.assert(
      fc.property(when, cap, cap, (times, perDay, perWeek) => {
        const caps = { perDay, perWeek, lifetime: null }
        const spent = spentUntil(triesOf(times, noon), caps, zone, noon)
        if (!spent) return
        expect(spentUntil(triesOf(times, spent.until! - 1), caps, zone, spent.until! - 1)).not.toBeNull()
        expect(spentUntil(triesOf(times, spent.until!), caps, zone, spent.until!)).toBeNull()
      }),
    )
  })

  it('[POOL-19] midnight is where the calendar turns, also on days of 23 and 25 hours', () => {
    for (const [timeZone, at] of [
      ['Europe/Madrid', Date.UTC(2026, 2, 28, 23, 30)],
      ['Europe/Madrid', Date.UTC(2026, 9, 24, 22, 30)],
      ['Asia/Kathmandu', noon],
    ] as const) {
      const midnight = nextMidnight(at, timeZone)
      expect(dayOf(midnight - 1, timeZone)).toBe(dayOf(at, timeZone))
      expect(dayOf(midnight, timeZone)).not.toBe(dayOf(at, timeZone))
    }
  })
})

describe('shards of numbers', () => {
  it('[POOL-1] neighbours are spread evenly, and a key of its own spreads them differently', () => {
    const counts = new Array<number>(SHARDS).fill(0)
    let moved = 0
    for (let n = 0; n < 64_000; n += 1) {
      const number = `+9053${String(n).padStart(8, '0')}`
      counts[shardOf(number, 'key')]! += 1
      if (shardOf(number, 'key') !== shardOf(number, 'other')) moved += 1
    }
    expect(Math.max(...counts)).toBeLessThan(1_200)
    expect(Math.min(...counts)).toBeGreaterThan(800)
    expect(moved).toBeGreaterThan(60_000)
  })
})
