import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS, daysKept, keptUntil, nextDeletion } from '#shared/domain/recording/retention'

describe('[PHONE-11] how long a recording is kept', () => {
  it('is said by its pool, else by the deployment', () => {
    expect(daysKept({ recordingDays: 30 }, { keepDays: 90 })).toBe(30)
    expect(daysKept({ recordingDays: 180 }, { keepDays: 90 })).toBe(180)
    for (const pool of [null, {}, { recordingDays: null }]) expect(daysKept(pool, { keepDays: 90 })).toBe(90)
    expect(daysKept(null, { keepDays: null })).toBeNull()
  })
  it('counts from its beginning; a hold has no end', () => {
    const recording = { startedAt: 1_000, isHeld: false }
    expect(keptUntil(recording, 2)).toBe(1_000 + 2 * DAY_MS)
    expect(keptUntil(recording, null)).toBeNull()
    expect(keptUntil({ ...recording, isHeld: true }, 2)).toBeNull()
  })
  it('ends at night, once a day, never at once', () => {
    const noon = Date.UTC(2026, 10, 21, 12)
    expect(nextDeletion(noon)).toBe(Date.UTC(2026, 10, 22, 3))
    expect(nextDeletion(Date.UTC(2026, 10, 22, 2, 59))).toBe(Date.UTC(2026, 10, 22, 3))
    expect(nextDeletion(Date.UTC(2026, 10, 22, 3))).toBe(Date.UTC(2026, 10, 23, 3))
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (now) => {
        expect(nextDeletion(now) - now).toBeGreaterThan(0)
        expect(nextDeletion(now) - now).toBeLessThanOrEqual(DAY_MS)
      }),
    )
  })
})
