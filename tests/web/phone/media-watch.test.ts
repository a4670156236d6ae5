import { beforeEach, describe, expect, it } from 'vitest'
import {
  LOST_MS,
  LOST_WITHOUT_LINE_MS,
  MediaWatch,
  PATIENCE_MS,
  RETURN_MS,
} from '../../../web/src/lib/phone/media-watch'

let now: number
let packets: number
let seen: string[]
let watch: MediaWatch
const on = (what: string) => () => void seen.push(`${what} ${now}`)
beforeEach(() => {
  now = 0
  packets = 100
  seen = []
  watch = new MediaWatch({
    restart: on('restart'),
    doubt: on('doubt'),
    lost: on('lost'),
    interrupted: (is) => on(is ? 'silent' : 'heard')(),
    now: () => now,
  })
  watch.line(true)
  watch.sample(packets, true)
})
/** A second with or without packets. */
const second = (flows: boolean, isExpected = true) => {
  now += 1_000
  if (flows) packets += 50
  watch.sample(packets, isExpected)
}
const only = (what: string) => seen.filter((one) => one.startsWith(what))

describe('[PHONE-8] the sound of a call', () => {
  it('that flows is left alone', () => {
    for (let n = 0; n < 100; n++) second(true)
    expect(seen).toEqual([])
  })
  it('that stopped is told, the socket doubted, and ICE restarted after some patience, until it flows', () => {
    second(true)
    for (let n = 0; n < 12; n++) second(false)
    second(true)
    expect(seen[0]).toBe('silent 3000')
    expect(seen[1]).toBe('doubt 3000')
    const restarts = only('restart').map((one) => Number(one.split(' ')[1]))
    expect(restarts[0]).toBeLessThanOrEqual(1_000 + PATIENCE_MS + 2_000)
    expect(restarts[1]! - restarts[0]!).toBeGreaterThanOrEqual(5_000)
    expect(seen.at(-1)).toBe('heard 14000')
  })
  it('on hold, nothing is due and nothing is done', () => {
    for (let n = 0; n < 100; n++) second(false, false)
    expect(seen).toEqual([])
    // and what comes after hold has its time to come
    second(false)
    expect(seen).toEqual([])
  })
  it('is offered anew at once when our own line was cut and packets stay away', () => {
    watch.line(false)
    second(false)
    second(false)
    watch.line(true)
    expect(only('restart')).toEqual([`restart ${now}`])
  })
  it('is looked at when the line is back before anyone heard a silence', () => {
    watch.line(false)
    now += 400
    watch.sample(packets, true)
    watch.line(true)
    now += RETURN_MS
    watch.returned(packets, true)
    expect(only('restart')).toEqual([`restart ${now}`])
  })
  it('a cut of the line alone restarts nothing', () => {
    watch.line(false)
    second(true)
    watch.line(true)
    now += RETURN_MS
    packets += 17
    watch.returned(packets, true)
    second(true)
    expect(seen).toEqual([])
  })
  it('that ICE gave up is offered anew at once, on hold too', () => {
    second(false, false)
    watch.connection('failed')
    expect(only('restart')).toHaveLength(1)
    watch.connection('connected')
    second(false, false)
    expect(seen.at(-1)).toMatch(/^heard/)
  })
  it('that does not come back ends the call: after 30 s with a line, after 90 s without', () => {
    while (only('lost').length === 0) second(false)
    expect(now).toBeGreaterThanOrEqual(LOST_MS)
    expect(now).toBeLessThan(LOST_MS + 6_000)
    seen = []
    watch = new MediaWatch({
      restart: on('restart'),
      doubt: on('doubt'),
      lost: on('lost'),
      interrupted: on('x'),
      now: () => now,
    })
    const from = now
    watch.line(false)
    watch.sample(packets, true)
    while (only('lost').length === 0) second(false)
    expect(now - from).toBeGreaterThanOrEqual(LOST_WITHOUT_LINE_MS)
    expect(only('restart')).toEqual([])
  })
})
