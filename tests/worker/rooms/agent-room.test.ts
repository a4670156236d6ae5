import { env, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { tellEveryDesk } from '#worker/rooms/agent/dialling'
import { agentRoom, floorRoom, poolRoom } from '#worker/rooms/doors'
import { MAIN_TEAM } from '#worker/rooms/ports'
import {
  comesDue,
  demoTelephone,
  meOf,
  onDuty,
  roomOf,
  sleepAndWake,
  stateOf,
  stubOf,
  watch,
  withCustomer,
} from '#tests/support/workerd/agents'
import { Viewer } from '#tests/support/workerd/live-viewer'
import { signedIn } from '#tests/support/workerd/people'
import { makePool } from '#tests/support/workerd/pools'

describe('the state of an agent', () => {
  it('[AGENT-2] is told to the agent and to the floor as it changes', async () => {
    const alice = await signedIn('agent', 'alice')
    const mine = await watch(alice)
    expect((await mine.until(() => mine.heard.length > 0)).heard[0]).toMatchObject({
      type: 'snapshot',
      me: { state: 'offline', leaseId: null, owed: [] },
    })
    const floor = await Viewer.of(env.FLOOR.getByName(MAIN_TEAM))
    await agentRoom(env, alice.id).setState(alice.actor, 'not-ready', 'lunch')
    await mine.until(() => stateOf(mine) === 'not-ready')
    expect(meOf(mine)).toMatchObject({ reason: 'lunch' })
    await floor.until(() => JSON.stringify(floor.heard).includes('lunch'))
    const { agents } = await (
      floorRoom(env, MAIN_TEAM) as unknown as { picture(): Promise<{ agents: { agentId: string }[] }> }
    ).picture()
    expect(agents.find((one) => one.agentId === alice.id)).toMatchObject({
      name: 'alice',
      state: 'not-ready',
      reason: 'lunch',
    })
  })

  it('[AGENT-2] with-customer comes from the lease, also after a cold start', async () => {
    const { alice, held } = await withCustomer('alice')
    expect(await agentRoom(env, alice.id).presence()).toMatchObject({ state: 'with-customer' })
    await sleepAndWake(alice)
    const mine = await watch(alice)
    await mine.until(() => mine.heard.length > 0)
    expect(meOf(mine)).toMatchObject({ state: 'with-customer', leaseId: held.lease.id, since: held.lease.since })
  })

  it('[FLOOR-1] a lease that a supervisor released is told to its agent at once', async () => {
    const { alice, held } = await withCustomer('alice')
    const mine = await watch(alice)
    await poolRoom(env, held.entry.poolId).releaseFor(
      { userId: 'carol', name: 'Carol', role: 'supervisor' },
      held.entry.id,
      'stale',
    )
    await agentRoom(env, alice.id).leaseEnded({ leaseId: held.lease.id, by: 'Carol', reason: 'stale' })
    await mine.until(() => mine.heard.some((event) => event.type === 'lease-released'))
    await mine.until(() => stateOf(mine) === 'available')
  })

  it('shows offline a minute after the last device went, and comes back with it', async () => {
    const alice = await onDuty('alice')
    const mine = await watch(alice)
    mine.socket.close(1000, 'reload')
    await mine.until(() => mine.closed !== null)
    await comesDue(alice, 'away')
    expect(await agentRoom(env, alice.id).presence()).toMatchObject({ state: 'offline' })
    const again = await watch(alice)
    await again.until(() => stateOf(again) === 'available')
  })

  it('[POOL-12] available needs the phone only where the browser is what dials', async () => {
    const alice = await signedIn('agent', 'alice')
    const room = roomOf(alice)
    expect(await room.presence()).toMatchObject({ dialling: { with: 'handset', why: 'no-carrier' } })
    await demoTelephone([{ instance: 'demo', contact: 'sip:demo@x' }])
    await sleepAndWake(alice)
    expect(await room.presence()).toMatchObject({
      dialling: { with: 'browser', carrier: 'demo', why: 'demo-telephone-open' },
    })
    expect(await room.setState(alice.actor, 'available', null)).toEqual({ refused: 'phone-not-registered' })
    await demoTelephone([])
    await sleepAndWake(alice)
    expect(await room.setState(alice.actor, 'available', null)).toMatchObject({ state: 'available' })
  })

  it('[POOL-12] a desk hears at once that the demo telephone was opened or closed', async () => {
    const alice = await onDuty('alice')
    const mine = await watch(alice)
    await mine.until(() => meOf(mine)?.dialling.with === 'handset')
    await tellEveryDesk(env, true)
    await mine.until(() => meOf(mine)?.dialling.with === 'browser')
    await tellEveryDesk(env, false)
    await mine.until(() => meOf(mine)?.dialling.with === 'handset')
  })

  it('works on its copy while D1 is down', async () => {
    const alice = await onDuty('alice')
    await makePool([alice.id], 1)
    await sleepAndWake(alice)
    await runInDurableObject(stubOf(alice), (room) => {
      const broken = {
        prepare: () => {
          throw new Error('D1 is down')
        },
        batch: () => {
          throw new Error('D1 is down')
        },
      }
      Object.assign(room, { env: { ...env, DB: broken } })
    })
    const room = roomOf(alice)
    expect(await room.checkSession(alice.sessionId)).toMatchObject({ live: true, actor: { role: 'agent' } })
    expect(await room.pull(alice.actor, { id: null, poolId: null })).toMatchObject({ granted: true })
  })
})

describe('signing out', () => {
  it('[AUTH-3] closes the sockets of that session at once, and of no other', async () => {
    const alice = await signedIn('agent', 'alice')
    const room = roomOf(alice)
    const opened = await room.openSession({ kind: 'browser', userAgent: '', now: Date.now() })
    const other = { ...alice, sessionId: (opened as { sessionId: string }).sessionId }
    const [mine, others] = [await watch(alice), await watch(other)]
    await room.closeSession(alice.sessionId)
    await mine.until(() => mine.closed !== null)
    expect(mine.closed).toMatchObject({ code: 4401, reason: 'session-revoked' })
    expect(others.closed).toBeNull()
    await room.closeAllSessions('account-disabled')
    await others.until(() => others.closed !== null)
    expect(others.closed).toMatchObject({ code: 4401, reason: 'account-disabled' })
    const late = await stubOf(alice).fetch('https://room/live', {
      headers: { upgrade: 'websocket', 'x-switchroom-user': alice.id, 'x-switchroom-session': alice.sessionId },
    })
    expect(late.status).toBe(401)
  })

  it('the last session that ends leaves the agent offline', async () => {
    const alice = await onDuty('alice')
    await agentRoom(env, alice.id).closeSession(alice.sessionId)
    expect(await agentRoom(env, alice.id).presence()).toMatchObject({ state: 'offline' })
  })
})
