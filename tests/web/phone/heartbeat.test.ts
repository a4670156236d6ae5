import { beforeEach, describe, expect, it } from 'vitest'
import { CALL_PACE, Heartbeat, HURRY_MS, IDLE_PACE } from '../../../web/src/lib/phone/heartbeat'

let now = 0
let timer: { at: number; run: () => void } | null
let asked: number[]
let died: number[]
let heart: Heartbeat
const pass = (ms: number) => {
  const end = now + ms
  while (timer && timer.at <= end) {
    const { at, run } = timer
    now = Math.max(now, at)
    timer = null
    run()
  }
  now = end
}
beforeEach(() => {
  now = 0
  timer = null
  asked = []
  died = []
  heart = new Heartbeat({
    ask: () => asked.push(now),
    died: () => died.push(now),
    now: () => now,
    later: (ms, run) => {
      const mine = { at: now + ms, run }
      timer = mine
      return () => {
        if (timer === mine) timer = null
      }
    },
  })
  heart.start()
})

describe('[PHONE-8] a socket that died', () => {
  it('between calls is noticed within 16 s, in a call within 4.5 s', () => {
    pass(60_000)
    expect(died).toEqual([IDLE_PACE.everyMs + IDLE_PACE.answerMs])
    now = 0
    died = []
    heart.keepPace(CALL_PACE)
    heart.start()
    pass(60_000)
    expect(died).toEqual([4_500])
    expect(died[0]).toBeLessThan(10_000) // RFC 5626 §4.4.1
  })
  it('one that answers, or says anything, is asked on and on', () => {
    heart.keepPace(CALL_PACE)
    for (let n = 0; n < 20; n++) {
      pass(CALL_PACE.everyMs)
      heart.heard()
    }
    expect(died).toEqual([])
    expect(asked).toHaveLength(20)
  })
  it('is asked at once, and may not take long, when something hints at it', () => {
    pass(500)
    heart.hurry()
    expect(asked).toEqual([500])
    pass(HURRY_MS)
    expect(died).toEqual([500 + HURRY_MS])
  })
  it('a page that slept over the deadline asks again before it believes it', () => {
    heart.hurry()
    now += 3_600_000
    const { run } = timer!
    timer = null
    run()
    expect(died).toEqual([])
    heart.heard()
    pass(IDLE_PACE.everyMs - 1)
    expect(died).toEqual([])
  })
  it('stopped, it asks nobody', () => {
    heart.stop()
    heart.heard()
    heart.hurry()
    expect(timer).toBeNull()
  })
})
