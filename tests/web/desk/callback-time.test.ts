import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { cityOf, fromWallTime, slotsFor, wallTime } from '../../../web/src/lib/desk/callback-time'

const at = (iso: string) => Date.parse(iso)
const walls = (now: string, zone: string, country: string) =>
  slotsFor(at(now), zone, country).map((slot) => wallTime(slot.at, zone))

it('[POOL-15] offers an hour from now and the next two half-days where the customer lives', () => {
  expect(walls('2026-11-18T08:00:00Z', 'Europe/London', 'GB')).toEqual([
    '2026-11-18T09:00',
    '2026-11-18T14:00',
    '2026-11-19T09:00',
  ])
})

it('[POOL-15] skips the weekend of the customer’s country', () => {
  expect(walls('2026-11-20T15:30:00Z', 'America/Costa_Rica', 'CR').slice(1)).toEqual([
    '2026-11-20T14:00',
    '2026-11-23T09:00',
  ])
  expect(walls('2026-11-19T15:30:00Z', 'Africa/Cairo', 'EG').slice(1)).toEqual(['2026-11-22T09:00', '2026-11-22T14:00'])
})

it('[POOL-15] a wall time and its moment belong together, whatever the zone', () => {
  const zones = ['Europe/Istanbul', 'Asia/Kolkata', 'America/New_York', 'Pacific/Auckland', 'UTC']
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: at('2026-01-01T00:00Z') / 60_000, max: at('2028-01-01T00:00Z') / 60_000 }),
      (zone, minute) => {
        const moment = minute * 60_000
        const back = fromWallTime(wallTime(moment, zone), zone)!
        // An hour that a change of clocks repeats has one wall time for two moments.
        expect([0, 3_600_000]).toContain(Math.abs(back - moment))
        expect(wallTime(back, zone)).toBe(wallTime(moment, zone))
      },
    ),
  )
})

it('[POOL-15] an unfinished time is no time, and a skipped hour is the one after', () => {
  expect(fromWallTime('', 'UTC')).toBeNull()
  expect(fromWallTime('2026-13-01T10:00', 'UTC')).toBeNull()
  expect(wallTime(fromWallTime('2026-03-29T01:30', 'Europe/London')!, 'Europe/London')).toBe('2026-03-29T02:30')
  expect(cityOf('America/Costa_Rica')).toBe('Costa Rica')
})
