import { env, runInDurableObject } from 'cloudflare:test'
import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import type { AgentPicture, MeEvent } from '#shared/protocol/live'
import type { LeaseView } from '#shared/protocol/pulls'
import { tellEveryDesk } from '#worker/rooms/agent/dialling'
import type { AgentRoom } from '#worker/rooms/agent-room'
import { agentRoom, floorRoom, poolRoom } from '#worker/rooms/doors'
import { MAIN_TEAM, type AgentPort, type Binding, type CallNews } from '#worker/rooms/ports'
import { Viewer } from '#tests/support/workerd/live-viewer'
import { signedIn, type Person } from '#tests/support/workerd/people'
import { makePool } from '#tests/support/workerd/pools'

const stubOf = (person: Person) => env.AGENT.getByName(person.id)
/** A new stub for each call: the one held while its room was aborted stays broken. */
const roomOf = (person: Person): AgentPort =>
  new Proxy({} as AgentPort, {
    get:
      (_, name) =>
      (...given: never[]) =>
        (agentRoom(env, person.id)[name as keyof AgentPort] as (...all: never[]) => unknown)(...given),
  })
const watch = (person: Person) => Viewer.of(stubOf(person), { userId: person.id, sessionId: person.sessionId })
const meOf = (viewer: Viewer) =>
  (viewer.heard.findLast((event) => 'me' in event) as Extract<MeEvent, { type: 'snapshot' }> | undefined)?.me
const stateOf = (viewer: Viewer) => meOf(viewer)?.state

async function onDuty(name: string): Promise<Person> {
  const person = await signedIn('agent', name)
  await agentRoom(env, person.id).setState(person.actor, 'available', null)
  return person
}
async function withCustomer(name: string, wrapUpSeconds = 30): Promise<{ alice: Person; held: LeaseView }> {
  const alice = await onDuty(name)
  await makePool([alice.id], 3, { wrapUpSeconds })
  const pulled = await agentRoom(env, alice.id).pull(alice.actor, { id: null, poolId: null })
  return { alice, held: (pulled as { reply: LeaseView }).reply }
}
const leaseOf = ({ lease, entry }: LeaseView) => ({ poolId: entry.poolId, entryId: entry.id, token: lease.token })

let rev = 0
function news(
  person: Person,
  state: CallNews['call']['state'],
  held: LeaseView | null,
  change: Partial<CallNews['call']> = {},
  callId = 'call',
): CallNews {
  const now = Date.now()
  const ended = state === 'completed' || state === 'failed'
  const talked = state === 'in-progress' || state === 'completed'
  return {
    call: {
      callId,
      state,
      direction: held ? 'outgoing' : 'internal',
      agentId: person.id,
      agentName: person.name,
      other: held?.customer.phone ?? '102',
      customerName: held?.customer.name ?? null,
      poolId: held?.entry.poolId ?? null,
      startedAt: now,
      answeredAt: talked ? now : null,
      endedAt: ended ? now : null,
      hangupCause: ended ? 'normal' : null,
      rev: ++rev,
      ...change,
    },
    side: 'caller',
    lease: held ? leaseOf(held) : null,
    talkMs: ended && talked ? 65_000 : null,
    sipStatus: null,
  }
}
const dispose = (held: LeaseView, disposition = 'reached') => ({
  ...leaseOf(held),
  id: uuidv7(),
  kind: 'record-disposition' as const,
  at: Date.now(),
  disposition,
})
/** Lets a timer that is due much later come due now. */
async function comesDue(person: Person, timer: string): Promise<void> {
  await runInDurableObject(stubOf(person), async (room: AgentRoom, state) => {
    state.storage.sql.exec('UPDATE timer SET at = 1 WHERE name LIKE ?', `${timer}%`)
    await room.alarm()
  })
}
/** As if the page of the demo telephone had registered. */
const demoTelephone = (bindings: Binding[]) =>
  runInDurableObject(env.AGENT.getByName('guest-demo-telephone'), (guest) => {
    ;(guest as unknown as { line: { bindings(): Binding[] } }).line.bindings = () => bindings
  })
const sleepAndWake = (person: Person) =>
  runInDurableObject(stubOf(person), (_room, state) => state.abort('slept')).catch(() => undefined)

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
