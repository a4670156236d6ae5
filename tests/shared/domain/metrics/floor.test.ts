import { describe, expect, it } from 'vitest'
import { endedNewestFirst, endedPast, liveLongestFirst } from '#shared/domain/metrics/floor-calls'
import { floorFigures } from '#shared/domain/metrics/floor-figures'
import { agentPicture, callPicture, NOON, poolPicture } from '#tests/support/floor-pictures'

const stats = poolPicture().stats

describe('[FLOOR-1] the figures on top', () => {
  it('count what the pictures show', () => {
    const figures = floorFigures(
      {
        agents: [
          agentPicture(),
          agentPicture({ agentId: 'bob', state: 'on-call' }),
          agentPicture({ agentId: 'chloe', state: 'wrap-up', since: NOON - 600_000 }),
          agentPicture({ agentId: 'dev', state: 'offline' }),
        ],
        calls: [
          callPicture(),
          callPicture({ callId: 'call-2', state: 'ringing' }),
          callPicture({ callId: 'call-3', state: 'on-hold' }),
          callPicture({ callId: 'call-4', state: 'completed', endedAt: NOON }),
        ],
        pools: [
          poolPicture({ stats: { ...stats, pending: 30, attemptsToday: 9, reachedToday: 5 } }),
          poolPicture({
            poolId: 'p2',
            state: 'paused',
            stats: { ...stats, pending: 100, attemptsToday: 1, reachedToday: 1 },
          }),
        ],
      },
      NOON,
    )
    expect(figures).toEqual({
      agents: 3,
      talking: 2,
      ringing: 1,
      available: 1,
      wrappingUp: 1,
      needingMe: 1,
      pending: 30,
      attemptsToday: 10,
      reachedToday: 6,
    })
  })

  it('an empty floor is all zeros', () => {
    expect(
      Object.values(floorFigures({ agents: [], calls: [], pools: [] }, NOON)).every((figure) => figure === 0),
    ).toBe(true)
  })
})

describe('[FLOOR-1] the calls of the floor', () => {
  const ended = (n: number) => callPicture({ callId: `c${n}`, state: 'completed', endedAt: NOON + n })

  it('forgets ended calls past the newest, never a live one', () => {
    const calls = [callPicture({ startedAt: 0 }), ...Array.from({ length: 5 }, (_, n) => ended(n))]
    expect(endedPast(calls, 3)).toEqual(['c1', 'c0'])
  })

  it('shows live calls longest first and ended ones newest first', () => {
    const calls = [
      ended(1),
      callPicture({ callId: 'short', startedAt: NOON }),
      ended(2),
      callPicture({ callId: 'long', startedAt: NOON - 1 }),
    ]
    expect(liveLongestFirst(calls).map((call) => call.callId)).toEqual(['long', 'short'])
    expect(endedNewestFirst(calls).map((call) => call.callId)).toEqual(['c2', 'c1'])
  })
})
