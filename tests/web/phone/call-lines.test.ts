import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterEnd, freeLine, heldOf, isRoomBeside, waits } from '../../../web/src/lib/phone/call-lines'
import { begin } from '../../../web/src/lib/phone/call-progress'
import type { CallState, PhoneCall } from '../../../web/src/lib/phone/phone'

const on = (line: number, state: CallState) => {
  const call: PhoneCall = {
    ...begin({ direction: 'incoming', number: `10${line}`, name: null, leaseId: null, line }, 0),
    state,
    answeredAt: state === 'talking' || state === 'held' ? 1 : null,
  }
  return { call, isLive: state !== 'ended' }
}
const linesOf = (calls: readonly { call: PhoneCall }[]) => calls.map(({ call }) => call.line)

describe('the lines of one telephone', () => {
  it('[PHONE-4] the lowest line that is free is taken; none, when all are', () => {
    expect(freeLine([], 1)).toBe(1)
    expect(freeLine([on(2, 'talking')], 2)).toBe(1)
    expect(freeLine([on(1, 'talking'), on(2, 'ended')], 2)).toBe(2)
    expect(freeLine([on(1, 'talking'), on(2, 'ringing-in')], 2)).toBeNull()
  })
  it('[PHONE-4] after the end of one the line left last comes in hand; who waits only when nobody is held', () => {
    const [gone, held, older, rings] = [on(1, 'ended'), on(3, 'held'), on(2, 'held'), on(4, 'ringing-in')]
    expect(linesOf(afterEnd([gone, held, older, rings]))).toEqual([3, 1, 2, 4])
    expect(linesOf(afterEnd([gone, rings]))).toEqual([4, 1])
    expect(linesOf(afterEnd([on(1, 'talking'), held]))).toEqual([1, 3])
    expect(linesOf(afterEnd([gone]))).toEqual([1])
  })
  it('[PHONE-4] a colleague may be asked while a line is free, always beside one call, never in a conference', () => {
    const shown = {
      call: on(1, 'talking').call,
      others: [],
      habits: { lines: 1, autoAnswer: null },
      isConference: false,
    }
    expect(isRoomBeside(shown)).toBe(true)
    const beside = [on(2, 'held').call]
    expect(isRoomBeside({ ...shown, others: beside })).toBe(false)
    expect(isRoomBeside({ ...shown, others: beside, habits: { lines: 3, autoAnswer: null } })).toBe(true)
    expect(isRoomBeside({ ...shown, isConference: true })).toBe(false)
    expect(isRoomBeside({ ...shown, call: on(1, 'ringing-out').call })).toBe(false)
  })
  it('[PHONE-4] whatever ends, nobody is lost, and what lives comes before what is over', () => {
    const states = fc.constantFrom<CallState>('talking', 'held', 'ringing-in', 'ended')
    fc.assert(
      fc.property(fc.array(states, { maxLength: 10 }), (all) => {
        const calls = all.map((state, at) => on(at + 1, state))
        const after = afterEnd(calls)
        expect(linesOf(after).toSorted()).toEqual(linesOf(calls).toSorted())
        if (calls.some(({ isLive }) => isLive)) expect(after[0]!.isLive).toBe(true)
        if (!calls[0]?.isLive && heldOf(calls).length > 0) expect(waits(after[0]!)).toBe(false)
      }),
    )
  })
})
