import { describe, expect, it } from 'vitest'
import { answersAt, AutoAnswer, BEEP_MS } from '../../../web/src/lib/phone/auto-answer'
import { begin, progress } from '../../../web/src/lib/phone/call-progress'
import { initialState } from '../../../web/src/lib/phone/phone'

const ringing = begin({ direction: 'incoming', number: '102', name: null, leaseId: null }, 1_000)
const ready = {
  ...initialState(0, { lines: 2, autoAnswer: 3 }),
  line: 'registered' as const,
  microphone: 'ready' as const,
  call: ringing,
}

describe('a call that is answered by itself', () => {
  it('[PHONE-3] after the seconds the agent chose, of the call that rings in hand', () => {
    expect(answersAt(ready)).toBe(4_000)
    expect(answersAt({ ...ready, habits: { lines: 2, autoAnswer: 0 } })).toBe(1_000)
    expect(answersAt({ ...ready, habits: { lines: 2, autoAnswer: null } })).toBeNull()
    expect(answersAt({ ...ready, call: progress(ringing, { kind: 'answered' }, 2_000) })).toBeNull()
    expect(answersAt({ ...ready, call: { ...ringing, direction: 'outgoing', state: 'ringing-out' } })).toBeNull()
  })
  it('[PHONE-3] never without a line, or a microphone that was found and allowed', () => {
    for (const microphone of ['unknown', 'missing', 'denied'] as const)
      expect(answersAt({ ...ready, microphone })).toBeNull()
    for (const line of ['off', 'connecting', 'reconnecting', 'lost'] as const)
      expect(answersAt({ ...ready, line })).toBeNull()
  })
  it('[PHONE-3] never beside another call', () => {
    const held = { ...progress(ringing, { kind: 'answered' }, 0), line: 2 }
    expect(answersAt({ ...ready, others: [held] })).toBeNull()
    expect(answersAt({ ...ready, others: [{ ...held, state: 'ended' }] })).toBe(4_000)
  })

  /** Runs what is due by a clock that is set by hand. */
  const at = (now: number) => {
    const due: { at: number; run: () => void; isOff: boolean }[] = []
    const said: string[] = []
    const clock = { now }
    const auto = new AutoAnswer({
      beep: () => said.push('beep'),
      answer: () => said.push('answer'),
      now: () => clock.now,
      later: (ms, run) => {
        const timer = { at: clock.now + ms, run, isOff: false }
        due.push(timer)
        return () => (timer.isOff = true)
      },
    })
    const pass = (until: number) => {
      clock.now = until
      for (const timer of due) {
        if (timer.isOff || timer.at > until) continue
        timer.isOff = true
        timer.run()
      }
    }
    return { auto, said, pass }
  }
  it('[PHONE-3] beeps, then answers', () => {
    const { auto, said, pass } = at(1_000)
    auto.follow(4_000)
    auto.follow(4_000)
    pass(3_999)
    expect(said).toEqual([])
    pass(4_000)
    expect(said).toEqual(['beep'])
    pass(4_000 + BEEP_MS)
    expect(said).toEqual(['beep', 'answer'])
  })
  it('[PHONE-3] is given up with the call, also after the beep', () => {
    const { auto, said, pass } = at(1_000)
    auto.follow(1_000)
    pass(1_000)
    auto.follow(null)
    pass(9_000)
    expect(said).toEqual(['beep'])
  })
})
