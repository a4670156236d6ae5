import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Attempt } from '#shared/protocol/attempts'
import { boundsOf, localSerial } from '../../../web/src/lib/books/day'
import { withNewest } from '../../../web/src/routes/(app)/attempts/newest'

const HOUR = 3_600_000

describe('a day on a pool’s clock', () => {
  it('[IMP-7] begins and ends at that zone’s midnight', () => {
    expect(boundsOf('2026-11-21', 'Europe/Istanbul')).toEqual({
      from: Date.UTC(2026, 10, 20, 21),
      to: Date.UTC(2026, 10, 21, 21),
    })
    expect(boundsOf('2026-11-21', 'America/Costa_Rica')).toEqual({
      from: Date.UTC(2026, 10, 21, 6),
      to: Date.UTC(2026, 10, 22, 6),
    })
  })

  it('[IMP-7] has 23 or 25 hours where clocks change', () => {
    const spring = boundsOf('2026-03-29', 'Europe/Madrid')!
    const autumn = boundsOf('2026-10-25', 'Europe/Madrid')!
    expect([spring.to - spring.from, autumn.to - autumn.from]).toEqual([23 * HOUR, 25 * HOUR])
  })

  it('[IMP-7] days follow each other without a gap, in any zone', () => {
    const zone = fc.constantFrom(
      'Europe/Istanbul',
      'Asia/Kolkata',
      'America/New_York',
      'Pacific/Auckland',
      'UTC',
      'America/St_Johns',
    )
    fc.assert(
      fc.property(zone, fc.integer({ min: 0, max: 3_000 }), (name, after) => {
        const day = (n: number) => new Date(Date.UTC(2022, 0, 1 + n)).toISOString().slice(0, 10)
        expect(boundsOf(day(after), name)!.to).toBe(boundsOf(day(after + 1), name)!.from)
      }),
    )
  })

  it('[IMP-7] what is no day is no filter', () => {
    for (const text of ['', '2026-13-01', 'today', '2026-1-1']) expect(boundsOf(text, 'UTC')).toBeNull()
  })

  it('[IMP-7] a moment is written as that clock shows it', () => {
    expect(localSerial(Date.UTC(2025, 11, 9, 9), 'Europe/Istanbul')).toBe(46_000.5)
  })
})

describe('attempts that come in while one looks', () => {
  const attempt = (id: string, note: string | null = null) => ({ id, note }) as Attempt
  const ids = (list: Attempt[] | null) => list?.map((item) => item.id)
  it('[IMP-7] new ones go on top, changed ones change in place, older ones stay', () => {
    const merged = withNewest([attempt('b'), attempt('a')], [attempt('c'), attempt('b', 'corrected')])
    expect(ids(merged)).toEqual(['c', 'b', 'a'])
    expect(merged![1]!.note).toBe('corrected')
  })
  it('[IMP-7] where more came than a page holds, it begins again rather than hide some', () => {
    expect(withNewest([attempt('a')], [attempt('z'), attempt('y')])).toBeNull()
    expect(ids(withNewest([], [attempt('z')]))).toEqual(['z'])
  })
})
