import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answer, end, hold, isOver, resume, ring, startCall, talkMs, type Call } from '#shared/domain/call/call'
import { causeOfEnding } from '#shared/domain/call/hangup-cause'

const NOON = 1_000_000

describe('a call', () => {
  it('[SIP-4] goes initiated → ringing → in-progress ⇄ on-hold → completed, each with a higher rev', () => {
    const steps = [startCall(NOON)]
    const go = (step: (call: Call) => Call) => steps.push(step(steps.at(-1)!))
    go(ring)
    go((call) => answer(call, NOON + 5_000))
    go(hold)
    go(resume)
    go((call) => end(call, 'callee', null, NOON + 65_000))
    expect(steps.map((call) => call.state)).toEqual([
      'initiated',
      'ringing',
      'in-progress',
      'on-hold',
      'in-progress',
      'completed',
    ])
    expect(steps.map((call) => call.rev)).toEqual([1, 2, 3, 4, 5, 6])
    expect(steps.at(-1)).toMatchObject({ endedBy: 'callee', sipStatus: 200, hangupCause: 'answered' })
    expect(talkMs(steps.at(-1)!, NOON * 9)).toBe(60_000)
  })

  it('[SIP-4] never moves backwards, whatever comes late or twice', () => {
    const steps = [
      ring,
      hold,
      resume,
      (call: Call) => answer(call, NOON),
      (call: Call) => end(call, 'caller', 487, NOON),
      (call: Call) => end(call, 'server', 480, NOON),
    ]
    fc.assert(
      fc.property(fc.array(fc.nat(steps.length - 1), { maxLength: 12 }), (order) => {
        let call = startCall(NOON)
        for (const n of order) {
          const next = steps[n]!(call)
          expect(next.rev - call.rev).toBe(next === call ? 0 : 1)
          if (isOver(call)) expect(next).toBe(call)
          if (call.answeredAt !== null) expect(next.state).not.toMatch(/initiated|ringing|failed/)
          call = next
        }
      }),
    )
  })
})

describe('the hang-up cause', () => {
  const by = (sipStatus: number | null, endedBy: 'caller' | 'callee' | 'server', answered = false, rang?: boolean) =>
    causeOfEnding({ sipStatus, endedBy, answered, ...(rang === undefined ? {} : { rang }) })
  it('[POOL-13] follows from the SIP status and who ended it', () => {
    expect(by(200, 'callee', true)).toBe('answered')
    expect(by(487, 'caller')).toBe('cancelled')
    expect([by(486, 'callee'), by(600, 'callee')]).toEqual(['busy', 'busy'])
    expect([by(603, 'callee'), by(403, 'callee')]).toEqual(['rejected', 'rejected'])
    expect([by(480, 'server'), by(408, 'server'), by(480, 'callee')]).toEqual(['no-answer', 'no-answer', 'no-answer'])
    expect([by(480, 'server', false, false), by(404, 'server'), by(484, 'callee')]).toEqual([
      'unreachable',
      'unreachable',
      'unreachable',
    ])
    expect([by(503, 'server'), by(403, 'server'), by(null, 'server')]).toEqual(['failed', 'failed', 'failed'])
  })
})
