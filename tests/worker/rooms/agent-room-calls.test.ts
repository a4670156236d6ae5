import { env, runInDurableObject } from 'cloudflare:test'
import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import type { AgentPicture } from '#shared/protocol/live'
import type { AgentRoom } from '#worker/rooms/agent-room'
import { poolRoom } from '#worker/rooms/doors'
import { MAIN_TEAM } from '#worker/rooms/ports'
import {
  comesDue,
  dispose,
  leaseOf,
  meOf,
  news,
  roomOf,
  sleepAndWake,
  stateOf,
  stubOf,
  watch,
  withCustomer,
} from '#tests/support/workerd/agents'
import { Viewer } from '#tests/support/workerd/live-viewer'

describe('[POOL-17] after a call', () => {
  it('ringing, on a call, wrap-up, extended once while the disposition is owed', async () => {
    const { alice, held } = await withCustomer('alice', 1)
    const room = roomOf(alice)
    const mine = await watch(alice)
    await room.callChanged(news(alice, 'ringing', held))
    await mine.until(() => stateOf(mine) === 'ringing')
    await room.callChanged(news(alice, 'in-progress', held))
    await mine.until(() => stateOf(mine) === 'on-call')
    await room.callChanged(news(alice, 'completed', held))
    await mine.until(() => stateOf(mine) === 'wrap-up')
    const first = meOf(mine)!
    expect(first.owed).toMatchObject([
      { ...leaseOf(held), callId: 'call', talkMs: 65_000, phone: held.customer.phone, bookedMissing: false },
    ])
    await mine.until(() => stateOf(mine) === 'wrap-up' && meOf(mine)!.wrapUpEndsAt === first.wrapUpEndsAt! + 1_000)
    await mine.until(() => stateOf(mine) === 'with-customer')
    expect(mine.heard.filter((event) => event.type === 'call-ended')).toHaveLength(1)
  })

  it('the disposition ends it at once; until then no new customer, and nothing is given back', async () => {
    const { alice, held } = await withCustomer('alice')
    const room = roomOf(alice)
    await room.callChanged(news(alice, 'in-progress', held))
    await room.callChanged(news(alice, 'completed', held))
    const skip = { ...leaseOf(held), id: uuidv7(), kind: 'skip-entry' as const, at: Date.now(), reason: 'no time' }
    expect(await room.command(alice.actor, [skip])).toMatchObject([{ outcome: 'refused', code: 'disposition-owed' }])
    await poolRoom(env, held.entry.poolId).releaseFor(
      { userId: 'carol', name: 'Carol', role: 'supervisor' },
      held.entry.id,
      'stale',
    )
    await room.leaseEnded({ leaseId: held.lease.id, by: 'Carol', reason: null })
    expect(await room.pull(alice.actor, { id: null, poolId: null })).toEqual({ refused: 'disposition-owed' })
    expect(await room.command(alice.actor, [dispose(held)])).toMatchObject([{ outcome: 'accepted' }])
    expect(await room.current(alice.actor)).toEqual({ lease: null, owed: [] })
    expect(await room.pull(alice.actor, { id: null, poolId: null })).toMatchObject({ granted: true })
  })

  it('said while the call went on, nothing is owed after it', async () => {
    const { alice, held } = await withCustomer('alice')
    const room = roomOf(alice)
    await room.callChanged(news(alice, 'in-progress', held))
    await sleepAndWake(alice)
    await room.command(alice.actor, [dispose(held)])
    await room.callChanged(news(alice, 'completed', held))
    expect(await room.presence()).toMatchObject({ state: 'available' })
    expect((await room.current(alice.actor)).owed).toEqual([])
  })

  it('a room that slept during the call still knows the customer in hand', async () => {
    const { alice, held } = await withCustomer('alice')
    const room = roomOf(alice)
    const floor = await Viewer.of(env.FLOOR.getByName(MAIN_TEAM))
    await room.callChanged(news(alice, 'ringing', held))
    await sleepAndWake(alice)
    await room.callChanged(news(alice, 'in-progress', held))
    const told = () =>
      floor.heard
        .map((event) => (event as unknown as { agent?: AgentPicture }).agent)
        .filter((agent) => agent?.agentId === alice.id)
    await floor.until(() => told().at(-1)?.state === 'on-call')
    expect(told().at(-1)!.lease).toMatchObject({ entryId: held.entry.id, phone: held.customer.phone })
  })

  it('a call of extensions has no wrap-up, one that reached nobody owes nothing', async () => {
    const { alice, held } = await withCustomer('alice')
    const room = roomOf(alice)
    await room.callChanged(news(alice, 'in-progress', null, {}, 'internal'))
    await room.callChanged(news(alice, 'completed', null, {}, 'internal'))
    expect(await room.presence()).toMatchObject({ state: 'with-customer' })
    await room.callChanged(news(alice, 'initiated', held, {}, 'cancelled'))
    await room.callChanged(news(alice, 'failed', held, {}, 'cancelled'))
    expect(await room.presence()).toMatchObject({ state: 'with-customer' })
    expect((await room.current(alice.actor)).owed).toEqual([])
  })

  it('news that comes late or twice changes nothing', async () => {
    const { alice, held } = await withCustomer('alice')
    const room = roomOf(alice)
    const ringing = news(alice, 'ringing', held)
    const talking = news(alice, 'in-progress', held)
    const over = news(alice, 'completed', held)
    await room.callChanged(talking)
    await room.callChanged(ringing)
    expect(await room.presence()).toMatchObject({ state: 'on-call' })
    await room.callChanged(over)
    await room.command(alice.actor, [dispose(held)])
    for (const late of [over, talking, ringing]) await room.callChanged(late)
    expect(await room.presence()).toMatchObject({ state: 'available' })
    expect((await room.current(alice.actor)).owed).toEqual([])
  })

  it('a desk that died: the server books the attempt as missing, asks at the next sign-in, and the answer resolves it', async () => {
    const { alice, held } = await withCustomer('alice')
    const room = roomOf(alice)
    await room.callChanged(news(alice, 'in-progress', held))
    await room.callChanged(news(alice, 'completed', held))
    await sleepAndWake(alice)
    await comesDue(alice, 'owed:')
    await runInDurableObject(stubOf(alice), (one: AgentRoom) => one.settled())
    const current = await room.current(alice.actor)
    expect(current.owed).toMatchObject([{ ...leaseOf(held), bookedMissing: true }])
    expect(await poolRoom(env, held.entry.poolId).today(alice.id)).toMatchObject({ attempts: 1, talkMs: 65_000 })
    const [result] = (await room.command(alice.actor, [dispose(held)])) as { outcome: string }[]
    expect(result!.outcome).not.toBe('refused')
    expect((await room.current(alice.actor)).owed).toEqual([])
    expect(await poolRoom(env, held.entry.poolId).today(alice.id)).toMatchObject({ attempts: 1, reached: 1 })
  })

  it('while somebody is at the desk nothing is booked for them', async () => {
    const { alice, held } = await withCustomer('alice')
    const room = roomOf(alice)
    const mine = await watch(alice)
    await room.callChanged(news(alice, 'in-progress', held))
    await room.callChanged(news(alice, 'completed', held))
    await mine.until(() => stateOf(mine) === 'wrap-up')
    await comesDue(alice, 'owed:')
    expect((await room.current(alice.actor)).owed).toMatchObject([{ bookedMissing: false }])
  })
})
