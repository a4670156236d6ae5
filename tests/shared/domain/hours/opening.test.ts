import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { both, weekOf, WHOLE_WEEK, type Week } from '#shared/domain/hours/hours'
import { isOpenAt, openingOf } from '#shared/domain/hours/opening'
import { scheduleFor, type Schedule } from '#shared/domain/hours/schedule'

const at = (iso: string) => Date.parse(iso)
const said = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
const plain = (week: Week, closed: string[] = []): Schedule => ({ week, isHoliday: (date) => closed.includes(date) })
const nineToSix = plain(weekOf('9:00-18:00', null, null))
const MINUTE = 60_000

describe('when hours open and close', () => {
  it('[POOL-18] Costa Rica opens at nine in Costa Rica, wherever the server stands', () => {
    const zones = ['America/Costa_Rica']
    // Istanbul is at UTC+3: 17:59 there is 8:59 in San José
    expect(openingOf(nineToSix, zones, at('2026-11-23T17:59:00+03:00'))).toEqual({
      isOpen: false,
      changesAt: at('2026-11-23T18:00:00+03:00'),
    })
    expect(openingOf(nineToSix, zones, at('2026-11-23T18:00:00+03:00'))).toEqual({
      isOpen: true,
      changesAt: at('2026-11-24T03:00:00+03:00'),
    })
  })

  it('[POOL-18] Friday evening opens on Monday, and a holiday passes it on to Tuesday', () => {
    const friday = at('2026-11-20T20:00:00+03:00')
    expect(said(openingOf(nineToSix, ['Europe/Istanbul'], friday).changesAt)).toBe('2026-11-23T06:00:00.000Z')
    const holiday = plain(nineToSix.week, ['2026-11-23'])
    expect(said(openingOf(holiday, ['Europe/Istanbul'], friday).changesAt)).toBe('2026-11-24T06:00:00.000Z')
  })

  it('[POOL-18] several zones are open only together', () => {
    const zones = ['America/New_York', 'America/Los_Angeles']
    const opening = openingOf(nineToSix, zones, at('2026-11-23T09:00:00-05:00'))
    expect(opening).toEqual({ isOpen: false, changesAt: at('2026-11-23T09:00:00-08:00') })
    expect(openingOf(nineToSix, zones, opening.changesAt!).changesAt).toBe(at('2026-11-23T18:00:00-05:00'))
    expect(openingOf(plain(weekOf('9:00-10:00', null, null)), zones, 0)).toEqual({ isOpen: false, changesAt: null })
  })

  it('[POOL-18] the day clocks go forward: a window that begins in the hour that is not opens at the jump', () => {
    // New York, 2026-03-08: 2:00 becomes 3:00 at 07:00Z
    const night = plain(weekOf('2:30-4:00', '2:30-4:00', '2:30-4:00'))
    const opening = openingOf(night, ['America/New_York'], at('2026-03-08T06:00:00Z'))
    expect(said(opening.changesAt)).toBe('2026-03-08T07:00:00.000Z')
    expect(said(openingOf(night, ['America/New_York'], opening.changesAt!).changesAt)).toBe('2026-03-08T08:00:00.000Z')
    const gone = plain(weekOf('2:00-3:00', '2:00-3:00', '2:00-3:00'))
    expect(said(openingOf(gone, ['America/New_York'], at('2026-03-08T06:00:00Z')).changesAt)).toBe(
      '2026-03-09T06:00:00.000Z',
    )
  })

  it('[POOL-18] the day clocks go back: nine o’clock is an hour later, and an hour told twice is open twice', () => {
    // New York, 2026-11-01: 2:00 becomes 1:00 again at 06:00Z
    const morning = plain(weekOf('9:00-18:00', '9:00-18:00', '9:00-18:00'))
    expect(said(openingOf(morning, ['America/New_York'], at('2026-11-01T05:00:00Z')).changesAt)).toBe(
      '2026-11-01T14:00:00.000Z',
    )
    const toHalfPastOne = plain(weekOf(null, null, '0:00-1:30'))
    const closes = openingOf(toHalfPastOne, ['America/New_York'], at('2026-11-01T05:00:00Z')).changesAt!
    expect(said(closes)).toBe('2026-11-01T05:30:00.000Z')
    const again = openingOf(toHalfPastOne, ['America/New_York'], closes).changesAt!
    expect(said(again)).toBe('2026-11-01T06:00:00.000Z')
    expect(said(openingOf(toHalfPastOne, ['America/New_York'], again).changesAt)).toBe('2026-11-01T06:30:00.000Z')
  })

  const minute = fc.integer({ min: 0, max: 96 }).map((n) => n * 15)
  const day = fc.array(
    fc.tuple(minute, minute).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) })),
    { maxLength: 2 },
  )
  const week = fc.array(day, { minLength: 7, maxLength: 7 })
  const zones = fc.uniqueArray(
    fc.constantFrom(
      'Europe/Istanbul',
      'America/Costa_Rica',
      'America/New_York',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'Europe/London',
    ),
    { minLength: 1, maxLength: 3 },
  )
  // around days on which clocks change, and any day
  const moment = fc.oneof(
    fc
      .constantFrom(
        '2026-03-08T00:00Z',
        '2026-03-29T00:00Z',
        '2026-10-25T00:00Z',
        '2026-11-01T00:00Z',
        '2026-04-04T12:00Z',
      )
      .map(at),
    fc.integer({ min: at('2026-01-01T00:00Z') / MINUTE, max: at('2027-12-31T00:00Z') / MINUTE }).map((n) => n * MINUTE),
  )

  it('[POOL-18] the next change is the first minute that is otherwise, minute by minute', () => {
    fc.assert(
      fc.property(week, zones, moment, (windows, where, now) => {
        const schedule = plain(windows)
        const { isOpen, changesAt } = openingOf(schedule, where, now)
        expect(isOpenAt(schedule, where, now)).toBe(isOpen)
        const until = Math.min(changesAt ?? Infinity, now + 30 * 60 * MINUTE)
        for (let t = now; t < until; t += 5 * MINUTE) expect(isOpenAt(schedule, where, t)).toBe(isOpen)
        if (changesAt !== null) {
          expect(isOpenAt(schedule, where, changesAt - 1000)).toBe(isOpen)
          expect(isOpenAt(schedule, where, changesAt)).toBe(!isOpen)
        }
      }),
      { numRuns: 150, ...(process.env.FC_SEED ? { seed: Number(process.env.FC_SEED) } : {}) },
    )
  })

  it('[POOL-18] what two rules allow together each of them allows', () => {
    fc.assert(
      fc.property(week, week, fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 1439 }), (a, b, on, when) => {
        const open = (of: Week) => of[on]!.some(({ from, to }) => when >= from && when < to)
        expect(open(both(a, b))).toBe(open(a) && open(b))
      }),
    )
    expect(both(WHOLE_WEEK, nineToSix.week)).toEqual(nineToSix.week)
  })
})

describe('which rules hold for whom', () => {
  const us = { packs: ['US'], week: null, holidays: [] }
  const open = (hours: Parameters<typeof scheduleFor>[0], jurisdiction: string | null, iso: string, zone: string) =>
    isOpenAt(scheduleFor(hours, jurisdiction), [zone], at(iso))

  it('[POOL-18] no hours, or hours that limit nothing: always open', () => {
    expect(scheduleFor(null, 'TR')).toBeNull()
    expect(scheduleFor({ packs: [], week: null, holidays: [] }, 'TR')).toBeNull()
    expect(openingOf(null, ['Europe/Istanbul'], 0)).toEqual({ isOpen: true, changesAt: null })
  })

  it('[POOL-18] the state’s rule comes with its country’s pack, the strictest applies', () => {
    expect(open(us, 'US-NY', '2026-11-23T20:30:00-05:00', 'America/New_York')).toBe(true)
    expect(open(us, 'US-FL', '2026-11-23T20:30:00-05:00', 'America/New_York')).toBe(false)
    // Texas: on a Sunday from noon
    expect(open(us, 'US-TX', '2026-11-22T11:59:00-06:00', 'America/Chicago')).toBe(false)
    expect(open(us, 'US-TX', '2026-11-22T12:00:00-06:00', 'America/Chicago')).toBe(true)
    // Rhode Island: not on Thanksgiving
    expect(open(us, 'US-RI', '2026-11-26T12:00:00-05:00', 'America/New_York')).toBe(false)
  })

  it('[POOL-18] the pool’s own week and holidays narrow a pack, never widen it', () => {
    const own = {
      packs: ['FR'],
      week: weekOf('9:00-12:00', '9:00-12:00', null),
      holidays: [{ date: '2026-11-24', name: 'Fête' }],
    }
    expect(open(own, 'FR', '2026-11-23T09:30:00+01:00', 'Europe/Paris')).toBe(false)
    expect(open(own, 'FR', '2026-11-23T10:00:00+01:00', 'Europe/Paris')).toBe(true)
    expect(open(own, 'FR', '2026-11-23T12:00:00+01:00', 'Europe/Paris')).toBe(false)
    expect(open(own, 'FR', '2026-11-24T10:00:00+01:00', 'Europe/Paris')).toBe(false)
    expect(open(own, 'FR', '2026-11-28T10:00:00+01:00', 'Europe/Paris')).toBe(false)
    // 11 November is a public holiday there
    expect(open(own, 'FR', '2026-11-11T10:30:00+01:00', 'Europe/Paris')).toBe(false)
  })

  it('[POOL-18] a customer of a country without a pack here keeps to all packs of the pool', () => {
    const two = { packs: ['US', 'FR'], week: null, holidays: [] }
    expect(open(two, 'US-NY', '2026-11-23T08:30:00-05:00', 'America/New_York')).toBe(true)
    expect(open(two, 'BE', '2026-11-23T08:30:00+01:00', 'Europe/Brussels')).toBe(false)
    expect(open(two, 'BE', '2026-11-23T10:30:00+01:00', 'Europe/Brussels')).toBe(true)
  })
})
