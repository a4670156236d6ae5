import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { heard, look, REACHABLE, silent, type Pace, type Reach } from '#shared/domain/agent/reachability'

const noon = 1_000_000
const PACE: Pace = { everyMs: 60_000, freshMs: 20_000, answerMs: 5_000 }

describe('[PHONE-8] whether an agent’s telephone answers', () => {
  it('who was heard lately is not asked', () => {
    expect(look(REACHABLE, noon - 19_999, noon, PACE)).toEqual({ reach: REACHABLE, asks: false, nextAt: noon + 60_000 })
  })

  it('two challenges without an answer: not reachable, since the first', () => {
    const first = look(REACHABLE, noon - 30_000, noon, PACE)
    expect(first).toMatchObject({ asks: true, nextAt: noon + 5_000, reach: { unreachableSince: null } })
    const second = look(first.reach, noon - 30_000, noon + 5_000, PACE)
    expect(second).toMatchObject({ asks: true, nextAt: noon + 10_000, reach: { unreachableSince: null } })
    const third = look(second.reach, noon - 30_000, noon + 10_000, PACE)
    expect(third).toEqual({
      asks: false,
      nextAt: noon + 70_000,
      reach: { challenge: null, unreachableSince: noon, spell: null },
    })
    expect(look(third.reach, noon - 30_000, noon + 70_000, PACE)).toMatchObject({ asks: false, reach: third.reach })
  })

  it('a look that comes too early asks nobody twice', () => {
    const { reach } = look(REACHABLE, null, noon, PACE)
    expect(look(reach, null, noon + 100, PACE)).toEqual({ reach, asks: false, nextAt: noon + 5_000 })
  })

  it('any word ends it, and says how long it lasted', () => {
    const gone: Reach = { challenge: null, unreachableSince: noon, spell: null }
    expect(heard(gone, noon + 40_000)).toEqual({ ...REACHABLE, spell: { since: noon, until: noon + 40_000 } })
    // a keep-alive that woke nobody is found at the next look
    expect(look(gone, noon + 40_000, noon + 60_000, PACE).reach.spell).toEqual({ since: noon, until: noon + 40_000 })
    expect(heard(REACHABLE, noon)).toBe(REACHABLE)
  })

  it('an answer between the challenges leaves nothing behind', () => {
    const { reach } = look(REACHABLE, null, noon, PACE)
    expect(look(reach, noon + 10, noon + 5_000, PACE)).toMatchObject({ asks: false, reach: REACHABLE })
  })

  it('a call that rang into silence was the first challenge', () => {
    const rang = silent(REACHABLE, noon)
    const second = look(rang, noon - 1, noon + 5_000, PACE)
    expect(second).toMatchObject({ asks: true, nextAt: noon + 10_000, reach: { challenge: { since: noon, asked: 2 } } })
    expect(look(second.reach, noon - 1, noon + 10_000, PACE).reach.unreachableSince).toBe(noon)
    expect(silent(second.reach, noon + 6_000)).toBe(second.reach)
  })

  // what a telephone does: it stands still at some times, and answers at all others after a while
  const stretches = fc.array(fc.record({ ms: fc.integer({ min: 1_000, max: 200_000 }), isFrozen: fc.boolean() }), {
    minLength: 1,
    maxLength: 12,
  })
  it('whatever it does: one that answers is never lost, one that stands still is within a look and two answers, and both are told', () => {
    fc.assert(
      fc.property(stretches, fc.integer({ min: 1, max: 4_000 }), (parts, answersInMs) => {
        let [at, reach, nextAt]: [number, Reach, number] = [noon, REACHABLE, noon]
        let [heardAt, isAsked, unanswered]: [number, boolean, number] = [noon, false, 0]
        for (const { ms, isFrozen } of parts) {
          const until = at + ms
          const frozenAt = at
          const say = (when: number) => {
            const before = reach
            heardAt = when
            reach = heard(reach, when)
            unanswered = 0
            isAsked = false
            expect(reach.unreachableSince).toBeNull()
            if (before.unreachableSince !== null)
              expect(reach.spell).toEqual({ since: before.unreachableSince, until: when })
          }
          // it wakes to what was said to it meanwhile
          if (!isFrozen && isAsked) say(at)
          for (; nextAt < until;) {
            at = Math.max(at, nextAt)
            const seen = look(reach, heardAt, at, PACE)
            expect(seen.nextAt).toBeGreaterThan(at)
            if (seen.asks) {
              isAsked = true
              unanswered++
            }
            if (seen.reach.unreachableSince !== null) expect(unanswered).toBe(2)
            ;({ reach, nextAt } = seen)
            if (!isFrozen && isAsked && at + answersInMs < until) say(at + answersInMs)
          }
          at = until
          const longest = PACE.everyMs + 2 * PACE.answerMs + PACE.freshMs
          if (isFrozen && ms > longest + PACE.everyMs)
            expect(reach.unreachableSince).toBeLessThanOrEqual(frozenAt + longest)
          if (!isFrozen && ms > 2 * PACE.answerMs && !isAsked) expect(reach.unreachableSince).toBeNull()
        }
      }),
    )
  })
})
