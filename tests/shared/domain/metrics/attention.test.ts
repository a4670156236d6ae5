import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concernOf, heldOrder, LIMITS, whoNeedsMeFirst, type AgentOnFloor } from '#shared/domain/metrics/attention'

const NOON = Date.UTC(2026, 5, 1, 12)
const agent = (over: Partial<AgentOnFloor> = {}): AgentOnFloor => ({
  agentId: 'alice',
  name: 'Alice',
  state: 'available',
  since: NOON,
  lease: null,
  ...over,
})
const held = (ms: number) => ({ expiresAt: NOON + ms })

describe('[FLOOR-1] who stands out', () => {
  it.each<[string, Partial<AgentOnFloor>, string | null]>([
    ['a free agent, however long', { since: NOON - 9_000_000 }, null],
    ['an unreachable agent', { state: 'unreachable' }, 'unreachable'],
    ['a hold past its time', { state: 'with-customer', lease: held(-1) }, 'hold-lapsed'],
    ['a hold that is live', { state: 'with-customer', lease: held(60_000) }, null],
    ['a hold past its time during its call: the call goes on', { state: 'on-call', lease: held(-1) }, null],
    ['a hold left behind by one who went offline', { state: 'offline', lease: held(60_000) }, 'hold-left-behind'],
    ['a hold left behind by one on a break', { state: 'not-ready', lease: held(60_000) }, 'hold-left-behind'],
    ['a long talk', { state: 'on-call', since: NOON - LIMITS.talkMs - 1 }, 'talk'],
    ['a talk at its limit', { state: 'on-call', since: NOON - LIMITS.talkMs }, null],
    ['a long wrap-up', { state: 'wrap-up', since: NOON - LIMITS.wrapUpMs - 1 }, 'wrap-up'],
    ['a long break', { state: 'not-ready', since: NOON - LIMITS.breakMs - 1 }, 'break'],
    ['a telephone that nobody answers', { state: 'ringing', since: NOON - LIMITS.ringMs - 1 }, 'ring'],
    ['one who is offline without a hold', { state: 'offline', since: 0 }, null],
  ])('%s', (_what, over, why) => {
    expect(concernOf(agent(over), NOON)?.why ?? null).toBe(why)
  })

  it('the gravest comes first, then the longest past its limit, then work before waiting', () => {
    const order = whoNeedsMeFirst(
      [
        agent({ agentId: 'free' }),
        agent({ agentId: 'away', state: 'offline', since: 0 }),
        agent({ agentId: 'talks', state: 'on-call', since: NOON - 5_000 }),
        agent({ agentId: 'talks-longer', state: 'on-call', since: NOON - 9_000 }),
        agent({ agentId: 'late', state: 'wrap-up', since: NOON - 200_000 }),
        agent({ agentId: 'later', state: 'wrap-up', since: NOON - 300_000 }),
        agent({ agentId: 'lost', state: 'unreachable', since: NOON - 1_000 }),
      ],
      NOON,
    )
    expect(order.map((one) => one.agentId)).toEqual(['lost', 'later', 'late', 'talks-longer', 'talks', 'free', 'away'])
  })
})

describe('an order that is pointed at', () => {
  const ids = fc.uniqueArray(fc.constantFrom<string>('a', 'b', 'c', 'd', 'e', 'f', 'g'))

  it('shows exactly who is there, and moves nobody who was shown', () => {
    fc.assert(
      fc.property(ids, ids, (shown, wanted) => {
        const order = heldOrder(shown, wanted)
        expect([...order].sort()).toEqual([...wanted].sort())
        const kept = order.filter((id) => shown.includes(id))
        expect(kept).toEqual(shown.filter((id) => wanted.includes(id)))
        expect(order.slice(0, kept.length)).toEqual(kept)
      }),
    )
  })
})
