import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FloorEvent } from '#shared/protocol/live'
import { agentPicture, callPicture, NOON, poolPicture } from '#tests/support/floor-pictures'
import { applyFloorEvent, EMPTY_FLOOR, type Floor } from '../../../web/src/lib/live/floor-picture'

const stamp = { epoch: 'e1', seq: 1, at: NOON }
const after = (...events: FloorEvent[]): Floor => events.reduce(applyFloorEvent, EMPTY_FLOOR)

describe('[FLOOR-1] the floor as a viewer knows it', () => {
  it('a snapshot replaces everything', () => {
    const floor = after(
      { ...stamp, type: 'agent-state-changed', agent: agentPicture({ agentId: 'gone' }) },
      { ...stamp, type: 'snapshot', agents: [agentPicture()], calls: [callPicture()], pools: [poolPicture()] },
    )
    expect([...floor.agents.keys(), ...floor.calls.keys(), ...floor.pools.keys()]).toEqual([
      'alice',
      'call-1',
      'pool-1',
    ])
  })

  it('an agent’s newest picture stands, and a removed agent is gone', () => {
    const changed = (rev: number): FloorEvent => ({
      ...stamp,
      type: 'agent-state-changed',
      agent: agentPicture({ rev, state: rev === 2 ? 'on-call' : 'available' }),
    })
    expect(after(changed(2), changed(1)).agents.get('alice')!.state).toBe('on-call')
    expect(after(changed(2), { ...stamp, type: 'agent-removed', agentId: 'alice' }).agents.size).toBe(0)
  })

  it('keeps 50 ended calls, as the room does', () => {
    const ended = Array.from({ length: 60 }, (_, n): FloorEvent => ({
      ...stamp,
      type: 'call-ended',
      call: callPicture({ callId: `c${n}`, endedAt: NOON + n }),
    }))
    const floor = after({ ...stamp, type: 'call-started', call: callPicture({ callId: 'live' }) }, ...ended)
    expect(floor.calls.size).toBe(51)
    expect(floor.calls.has('live')).toBe(true)
    expect(floor.calls.has('c9')).toBe(false)
  })

  it('pictures may come twice and in any order: the newest of each stands', () => {
    const revs = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 })
    fc.assert(
      fc.property(revs, (order) => {
        const floor = after(
          ...order.map((rev): FloorEvent => ({ ...stamp, type: 'pool-changed', pool: poolPicture({ rev }) })),
        )
        expect(floor.pools.get('pool-1')!.rev).toBe(Math.max(...order))
      }),
    )
  })

  it('never changes the picture it was given', () => {
    const before = after({ ...stamp, type: 'agent-state-changed', agent: agentPicture() })
    applyFloorEvent(before, { ...stamp, type: 'agent-removed', agentId: 'alice' })
    expect(before.agents.size).toBe(1)
  })
})
