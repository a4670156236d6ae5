import { env } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { SDP } from '#tests/support/sip-agent'
import { evict } from '#tests/support/workerd/evict'
import { signedIn } from '#tests/support/workerd/people'
import { callRoom } from '#worker/rooms/doors'
import { acknowledged, callIdOf, phoneOf, talking, wireOf } from '#tests/support/workerd/phones'

const stubOf = (callId: string) => env.CALL.getByName(callId)

describe('a call whose room was evicted', () => {
  it('[SIP-4] a BYE of the caller still ends both legs', async () => {
    const { alice, bob, dialog, callId, room } = await talking()
    await evict(stubOf(callId))
    dialog.ask('BYE')
    bob.answer(await bob.request('BYE'), 200)
    await alice.response(200, 'BYE')
    expect(await room.picture()).toMatchObject({ state: 'completed', hangupCause: 'answered' })
  })

  it('[SIP-4] a BYE of the callee still ends both legs', async () => {
    const { alice, bob, answered, callId } = await talking()
    await evict(stubOf(callId))
    answered.ask('BYE')
    await bob.response(200, 'BYE')
    alice.answer(await alice.request('BYE'), 200)
  })

  it('[SIP-4] a re-INVITE still carries offer, answer and ACK, also when evicted in its middle', async () => {
    const { alice, bob, dialog, callId } = await talking()
    await evict(stubOf(callId))
    dialog.ask('INVITE', { body: SDP('again', 'sendrecv', 2) })
    const reinvite = await bob.request('INVITE')
    expect(reinvite.body).toBe(SDP('again', 'sendrecv', 2))
    await evict(stubOf(callId))
    bob.answer(reinvite, 200, { body: SDP('answer') })
    const ok = await alice.response(200, 'INVITE')
    expect(ok.body).toBe(SDP('answer'))
    dialog.ack(ok)
    await bob.request('ACK')
  })

  it('[SIP-4] an INFO still passes, with its body and type', async () => {
    const { alice, bob, answered, callId } = await talking()
    await evict(stubOf(callId))
    answered.ask('INFO', { body: 'Signal=5\r\nDuration=160', headers: ['Content-Type: application/dtmf-relay'] })
    const info = await alice.request('INFO')
    expect(info.header('Content-Type')).toBe('application/dtmf-relay')
    expect(info.body).toBe('Signal=5\r\nDuration=160')
    alice.answer(info, 200)
    await bob.response(200, 'INFO')
  })

  it('[SIP-4] the server can still end it: both phones get BYE', async () => {
    const { alice, bob, callId, room } = await talking()
    await evict(stubOf(callId))
    expect(await room.end('test')).toEqual({ ended: true })
    await Promise.all([alice.request('BYE'), bob.request('BYE')])
    expect(await room.end('test')).toEqual({ ended: false })
    expect(await room.picture()).toMatchObject({ state: 'completed' })
  })

  it('[SIP-4] the server can still hold and resume it', async () => {
    const { alice, bob, callId } = await talking()
    for (const [on, direction, state] of [
      [true, 'inactive', 'on-hold'],
      [false, 'sendrecv', 'in-progress'],
    ] as const) {
      await evict(stubOf(callId))
      const room = callRoom(env, callId)
      expect(await room.hold(on)).toEqual({ held: on })
      for (const phone of [alice, bob]) {
        const offer = await phone.request('INVITE')
        expect(offer.body).toContain(`a=${direction}`)
        phone.answer(offer, 200, { body: SDP(phone.user, direction, on ? 2 : 3) })
        await phone.request('ACK')
      }
      await expect.poll(async () => (await room.picture())?.state).toBe(state)
    }
  })

  it('[SIP-3] the 200 is repeated until the ACK, which may come on a new socket', async () => {
    const people = { alice: await signedIn('agent', 'alice'), bob: await signedIn('agent', 'bob') }
    const [alice, bob] = [await phoneOf(people.alice), await phoneOf(people.bob)]
    const dialog = alice.invite(people.bob.username)
    const invite = await bob.request('INVITE')
    bob.answer(invite, 180)
    const callId = (await alice.response(180, 'INVITE')).header('X-Switchroom-Call')
    alice.unplug()
    bob.answer(invite, 200, { body: SDP('bob') })
    await bob.request('ACK')
    await evict(stubOf(callId))
    alice.plug(await wireOf(people.alice))
    await alice.register()
    // the first was owed to the device and is flushed; the reborn room goes on repeating it by itself
    await stubOf(callId).picture()
    await alice.response(200, 'INVITE')
    const again = await alice.response(200, 'INVITE')
    dialog.ack(again)
    await acknowledged(callId)
    const count = () => alice.heard.filter((heard) => heard.status === 200 && heard.cseqMethod === 'INVITE').length
    const heard = count()
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(count()).toBe(heard)
  })

  it('[SIP-4] evicted before it was routed, it is routed on', async () => {
    const people = { alice: await signedIn('agent', 'alice'), bob: await signedIn('agent', 'bob') }
    const [alice, bob] = [await phoneOf(people.alice), await phoneOf(people.bob)]
    const dialog = alice.invite(people.bob.username)
    await evict(stubOf(callIdOf(people.alice.id, dialog.callId)))
    await stubOf(callIdOf(people.alice.id, dialog.callId)).picture()
    await bob.request('INVITE')
  })
})

describe('an agent whose socket was cut in a call', () => {
  it('[SIP-4] hangs up on a new socket of the same device', async () => {
    const { alice, bob, dialog, people } = await talking()
    alice.unplug()
    alice.plug(await wireOf(people.alice))
    await alice.register()
    dialog.ask('BYE')
    bob.answer(await bob.request('BYE'), 200)
    await alice.response(200, 'BYE')
  })

  it('[SIP-3] gets what it missed when it registers again: a BYE that came meanwhile', async () => {
    const { alice, bob, answered, people } = await talking()
    alice.unplug()
    answered.ask('BYE')
    await bob.response(200, 'BYE')
    alice.plug(await wireOf(people.alice))
    await alice.register()
    alice.answer(await alice.request('BYE'), 200)
  })
})
