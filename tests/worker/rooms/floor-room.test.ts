import { env, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { CallPicture } from '#shared/protocol/live'
import { agentPicture, callPicture, NOON, poolPicture } from '#tests/support/floor-pictures'
import { Viewer } from '#tests/support/workerd/live-viewer'

const floorOf = (name: string) => env.FLOOR.getByName(`floor-${name}`)

describe('the live floor', () => {
  it('[FLOOR-1] tells what becomes of a call: started, updated, ended', async () => {
    const floor = floorOf('call')
    const viewer = await (await Viewer.of(floor)).until((v) => v.heard.length === 1)
    await floor.callChanged(callPicture({ state: 'ringing', answeredAt: null, rev: 1 }))
    await viewer.until((v) => v.last!.type === 'call-started')
    await floor.callChanged(callPicture({ rev: 2 }))
    await viewer.until((v) => v.last!.type === 'call-updated')
    await floor.callChanged(callPicture({ state: 'completed', endedAt: NOON + 60_000, rev: 3 }))
    await viewer.until((v) => v.last!.type === 'call-ended')
    expect(viewer.last).toMatchObject({ call: { callId: 'call-1', endedAt: NOON + 60_000 } })
  })

  it('[FLOOR-1] the newest picture wins: a repeated or late one is not told', async () => {
    const floor = floorOf('rev')
    await floor.agentChanged(agentPicture({ state: 'on-call', rev: 7 }))
    const viewer = await (await Viewer.of(floor)).until((v) => v.heard.length === 1)
    await floor.agentChanged(agentPicture({ state: 'on-call', rev: 7 }))
    await floor.agentChanged(agentPicture({ state: 'available', rev: 6 }))
    await floor.poolChanged(poolPicture())
    await viewer.until((v) => v.heard.length === 2)
    expect(viewer.last!.type).toBe('pool-changed')
    expect((await floor.picture()).agents).toEqual([agentPicture({ state: 'on-call', rev: 7 })])
  })

  it('[FLOOR-1] a burst about one pool is told as its first and its newest picture', async () => {
    const floor = floorOf('burst')
    const viewer = await (await Viewer.of(floor)).until((v) => v.heard.length === 1)
    await runInDurableObject(floor, async (room) => {
      for (let rev = 1; rev <= 200; rev++) await room.poolChanged(poolPicture({ rev }))
    })
    await viewer.until((v) => (v.last as unknown as { pool?: { rev: number } }).pool?.rev === 200)
    expect(viewer.heard.length).toBeLessThan(12)
  })

  it('[FLOOR-1] keeps live calls and the last 50 ended ones', async () => {
    const floor = floorOf('kept')
    const ended = (n: number): CallPicture =>
      callPicture({ callId: `ended-${n}`, state: 'completed', endedAt: NOON + n })
    await floor.callChanged(callPicture({ callId: 'long', startedAt: NOON - 9_000_000 }))
    for (let n = 1; n <= 60; n++) await floor.callChanged(ended(n))
    const { calls } = await floor.picture()
    expect(calls.length).toBe(51)
    expect(calls.map((call) => call.callId)).toEqual(expect.arrayContaining(['long', 'ended-11', 'ended-60']))
    expect(calls.map((call) => call.callId)).not.toContain('ended-10')
  })

  it('starts again from its rows', async () => {
    const floor = floorOf('rows')
    await floor.agentChanged(agentPicture({ rev: 3 }))
    await floor.agentChanged(agentPicture({ agentId: 'bob', rev: 1 }))
    await floor.agentRemoved('bob')
    await floor.callChanged(callPicture())
    await floor.poolChanged(poolPicture())
    await runInDurableObject(floor, async (room, state) => {
      const rows = () => state.storage.sql.exec('SELECT count(*) AS n FROM picture').one().n
      while (rows() !== 3) await new Promise((resolve) => setTimeout(resolve, 20))
      const again = new (room.constructor as new (ctx: DurableObjectState, environment: typeof env) => typeof room)(
        state,
        env,
      )
      expect(await again.picture()).toEqual({
        agents: [agentPicture({ rev: 3 })],
        calls: [callPicture()],
        pools: [poolPicture()],
      })
    })
  })

  it('asks after a call that went quiet, and ends it when there is no such call any more', async () => {
    const floor = floorOf('ghost')
    await floor.callChanged(callPicture({ callId: 'ghost-of-floor-test' }))
    const viewer = await (await Viewer.of(floor)).until((v) => v.heard.length === 1)
    await runInDurableObject(floor, async (room, state) => {
      while ((await state.storage.getAlarm()) === null) await new Promise((resolve) => setTimeout(resolve, 20))
      const inside = room as unknown as { heardOf: Map<string, number>; env: typeof env }
      inside.heardOf.clear()
      inside.env = { ...env, CALL: { getByName: () => ({ picture: async () => null }) } as unknown as typeof env.CALL }
      state.storage.sql.exec('UPDATE timer SET at = 1')
    })
    await runDurableObjectAlarm(floor)
    await viewer.until((v) => v.last!.type === 'call-ended')
    expect((await floor.picture()).calls).toMatchObject([{ state: 'completed', rev: 2 }])
  })

  it('[FLOOR-1] 50 viewers and 200 agents: every viewer hears every agent’s newest state, in order, without a gap', async () => {
    const floor = floorOf('many')
    const viewers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => Viewer.of(floor, { userId: `viewer-${n}`, sessionId: `s-${n}` })),
    )
    await Promise.all(viewers.map((viewer) => viewer.until((v) => v.heard.length === 1)))
    const rounds = 5
    for (let round = 1; round <= rounds; round++) {
      await Promise.all(
        Array.from({ length: 200 }, (_, n) => floor.agentChanged(agentPicture({ agentId: `agent-${n}`, rev: round }))),
      )
    }
    const newest = (viewer: Viewer) => {
      const revs = new Map<string, number>()
      for (const event of viewer.heard) {
        const agent = event.agent as { agentId: string; rev: number } | undefined
        if (!agent) continue
        expect(agent.rev).toBeGreaterThan(revs.get(agent.agentId) ?? 0)
        revs.set(agent.agentId, agent.rev)
      }
      return revs
    }
    await Promise.all(
      viewers.map((viewer) =>
        viewer.until((v) => [...newest(v).values()].filter((rev) => rev === rounds).length === 200),
      ),
    )
    for (const viewer of viewers) {
      const seqs = viewer.heard.map((event) => event.seq)
      expect(seqs).toEqual(seqs.map((_, index) => seqs[0]! + index))
    }
  })
})
