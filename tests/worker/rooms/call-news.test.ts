import { env, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { SDP, SipAgent } from '#tests/support/sip-agent'
import { elapse, evict, overdue, timersOf } from '#tests/support/workerd/evict'
import { signedIn } from '#tests/support/workerd/people'
import { acknowledged, demoWire, hangUp, phoneOf, talking } from '#tests/support/workerd/phones'
import { makePool } from '#tests/support/workerd/pools'
import { agentRoom, callRoom, floorRoom } from '#worker/rooms/doors'
import { isRefusal, MAIN_TEAM } from '#worker/rooms/ports'

const stateOf = async (userId: string) => (await agentRoom(env, userId).presence()).state
const onFloor = async (callId: string) =>
  (await floorRoom(env, MAIN_TEAM).picture()).calls.find((call) => call.callId === callId)

describe('who hears of a call', () => {
  it('[FLOOR-1] both agents are on the call, the floor sees it begin, hold and end', async () => {
    const call = await talking()
    const { alice, bob } = call.people
    await expect.poll(() => Promise.all([stateOf(alice.id), stateOf(bob.id)])).toEqual(['on-call', 'on-call'])
    await expect
      .poll(() => onFloor(call.callId))
      .toMatchObject({ state: 'in-progress', agentName: 'alice', other: 'bob' })
    await hangUp(call)
    await expect.poll(() => onFloor(call.callId)).toMatchObject({ state: 'completed', hangupCause: 'answered' })
    await expect.poll(async () => [await stateOf(alice.id), await stateOf(bob.id)]).not.toContain('on-call')
  })

  it('[FLOOR-1] a phone that holds the other puts the call on hold', async () => {
    const { alice, bob, dialog, callId } = await talking()
    for (const [direction, answer, state] of [
      ['sendonly', 'recvonly', 'on-hold'],
      ['sendrecv', 'sendrecv', 'in-progress'],
    ] as const) {
      dialog.ask('INVITE', { body: SDP('alice', direction) })
      bob.answer(await bob.request('INVITE'), 200, { body: SDP('bob', answer) })
      dialog.ack(await alice.response(200, 'INVITE'))
      await bob.request('ACK')
      await acknowledged(callId)
      expect(await callRoom(env, callId).picture()).toMatchObject({ state })
    }
  })

  it('[POOL-17] a call for a lease carries it to the books and to its agent, who owes a disposition', async () => {
    const person = await signedIn('agent', 'alice')
    const pool = await makePool([person.id], 2)
    const alice = await phoneOf(person)
    const room = agentRoom(env, person.id)
    await room.setState(person.actor, 'available', null)
    const pulled = await room.pull(person.actor, { id: null, poolId: pool.id })
    if (isRefusal(pulled) || !pulled.reply.lease) throw new Error(JSON.stringify(pulled))
    const { lease, customer } = pulled.reply
    const telephone = new SipAgent('guest-demo-telephone', await demoWire())
    await telephone.register()

    const dialog = alice.invite(customer.phone, { headers: [`X-Switchroom-Lease: ${lease.id}`] })
    const invite = await telephone.request('INVITE')
    telephone.answer(invite, 200, { body: SDP('phone') })
    const ok = await alice.response(200, 'INVITE')
    dialog.ack(ok)
    const callId = ok.header('X-Switchroom-Call')
    expect(await callRoom(env, callId).picture()).toMatchObject({
      direction: 'outgoing',
      poolId: pool.id,
      customerName: customer.name,
    })
    dialog.ask('BYE')
    telephone.answer(await telephone.request('BYE'), 200)
    await expect
      .poll(async () => (await room.current(person.actor)).owed)
      .toMatchObject([{ poolId: pool.id, callId, hangupCause: 'answered' }])
    telephone.unplug()
  })

  it('[POOL-16] another number than the lease’s is a call without lease', async () => {
    const person = await signedIn('agent', 'alice')
    const pool = await makePool([person.id], 1)
    const alice = await phoneOf(person)
    const room = agentRoom(env, person.id)
    await room.setState(person.actor, 'available', null)
    const pulled = await room.pull(person.actor, { id: null, poolId: pool.id })
    if (isRefusal(pulled) || !pulled.reply.lease) throw new Error(JSON.stringify(pulled))
    const other = '+905550009999'
    await env.DB.prepare("INSERT INTO do_not_call_numbers (list, number, at, by_id) VALUES ('global', ?, 1, ?)")
      .bind(other, 'carol')
      .run()
    alice.invite(other, { headers: [`X-Switchroom-Lease: ${pulled.reply.lease.id}`] })
    await alice.response(403, 'INVITE')
  })
})

describe('a phone that went away', () => {
  it('[SIP-3] without a socket at two looks 30 s apart, its call ends for the other (orphan rule)', async () => {
    const { alice, bob, callId } = await talking()
    alice.unplug()
    const stub = () => env.CALL.getByName(callId)
    await elapse(stub(), 'watch')
    expect(await callRoom(env, callId).picture()).toMatchObject({ state: 'in-progress' })
    bob.answer(await bob.request('OPTIONS'), 200)
    await evict(stub())
    await backdateMissing(callId)
    await elapse(stub(), 'watch')
    await bob.request('BYE')
    expect(await callRoom(env, callId).picture()).toMatchObject({ state: 'completed', hangupCause: 'answered' })
  })

  it('[PHONE-8] after the server was away nobody is missed yet: all have their time to come back', async () => {
    const { alice, bob, callId } = await talking()
    const stub = () => env.CALL.getByName(callId)
    alice.unplug()
    await elapse(stub(), 'watch')
    await bob.request('OPTIONS') // the look is over
    await backdateMissing(callId)
    await overdue(stub(), 'watch', 10_000)
    expect(await callRoom(env, callId).picture()).toMatchObject({ state: 'in-progress' })
    await evict(stub())
    await elapse(stub(), 'watch')
    expect(await callRoom(env, callId).picture()).toMatchObject({ state: 'in-progress' })
  })

  it('[PHONE-9] reloaded, it knows its call no more (481): the other is kept for it 20 s', async () => {
    const { alice, callId } = await talking()
    const stub = () => env.CALL.getByName(callId)
    await elapse(stub(), 'watch')
    alice.answer(await alice.request('OPTIONS'), 481)
    await expect.poll(() => timersOf(stub())).toContain('orphan:0')
    expect(await callRoom(env, callId).picture()).toMatchObject({ state: 'in-progress' })
  })
})

/** As if the first look had been 31 s ago. */
async function backdateMissing(callId: string): Promise<void> {
  await runInDurableObject(env.CALL.getByName(callId), (room, state) => {
    state.storage.sql.exec(
      "UPDATE part SET json = json_set(json, '$.missing.0', ?) WHERE key='file'",
      Date.now() - 31_000,
    )
    ;(room as unknown as { load(): void }).load()
  })
}
