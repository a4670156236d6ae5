import { env } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { SDP, type Dialog, type Heard, type SipAgent } from '#tests/support/sip-agent'
import { evict } from '#tests/support/workerd/evict'
import { acknowledged, phoneOf, talking, type Talking } from '#tests/support/workerd/phones'
import { callRoom } from '#worker/rooms/doors'

const tagOf = (header: string) => /;tag=([^;>\s]+)/.exec(header)?.[1] ?? ''
/** RFC 3891: names the dialog as the edge sees it. */
const replaces = (dialog: Dialog) =>
  `Replaces: ${dialog.callId};to-tag=${tagOf(dialog.to)};from-tag=${tagOf(dialog.from)}`

/** alice's page was reloaded: a new phone of the same device, which knows of the call only its dialog. */
async function reloaded({ alice, people }: Talking): Promise<SipAgent> {
  alice.unplug()
  return phoneOf(people.alice, alice.instance)
}

async function answerOffer(phone: SipAgent, body: string): Promise<Heard> {
  const offer = await phone.request('INVITE')
  phone.answer(offer, 200, { body })
  return offer
}

describe('INVITE with Replaces', () => {
  it('[SIP-5] a reloaded page gets its call back: the other side offers, the old dialog is over, the new one works', async () => {
    const call = await talking()
    const { bob, room, callId } = call
    const page = await reloaded(call)
    const again = page.invite('whoever', { body: '', headers: [replaces(call.dialog), 'Require: replaces'] })
    expect((await answerOffer(bob, SDP('bob', 'sendrecv', 2))).body).toBe('')
    const ok = await page.response(200, 'INVITE')
    expect([ok.body, ok.header('X-Switchroom-Call')]).toEqual([SDP('bob', 'sendrecv', 2), callId])
    again.ack(ok, SDP('page'))
    expect((await bob.request('ACK')).body).toBe(SDP('page'))
    await acknowledged(callId)
    expect(await room.picture()).toMatchObject({ state: 'in-progress', rev: 3 })

    // in a room that was born again too, and again with Replaces of what replaced
    await evict(env.CALL.getByName(callId))
    await evict(env.AGENT.getByName(call.people.alice.id))
    const third = await phoneOf(call.people.alice, call.alice.instance)
    const last = third.invite('whoever', { body: SDP('third'), headers: [replaces(again)] })
    expect((await answerOffer(bob, SDP('bob', 'sendrecv', 3))).body).toBe(SDP('third'))
    last.ack(await third.response(200, 'INVITE'))
    await acknowledged(callId)
    last.ask('BYE')
    bob.answer(await bob.request('BYE'), 200)
    await third.response(200, 'BYE')
    expect(await callRoom(env, callId).picture()).toMatchObject({ state: 'completed' })
  })

  it('[SIP-5] while the other side negotiates it is told to wait; refused by the other side, the call goes on', async () => {
    const call = await talking()
    const { alice, bob, people, answered, callId } = call
    const second = await phoneOf(people.alice)
    answered.ask('INVITE', { body: SDP('bob', 'sendonly', 2) })
    const hold = await alice.request('INVITE')
    second.invite('whoever', { body: '', headers: [replaces(call.dialog)] })
    await second.response(491, 'INVITE')
    alice.answer(hold, 200, { body: SDP('alice', 'recvonly', 2) })
    answered.ack(await bob.response(200, 'INVITE'))
    await acknowledged(callId)

    second.invite('whoever', { body: '', headers: [replaces(call.dialog)] })
    bob.answer(await bob.request('INVITE'), 488)
    await second.response(488, 'INVITE')
    answered.ask('BYE')
    alice.answer(await alice.request('BYE'), 200)
    await bob.response(200, 'BYE')
  })

  it('[SIP-5] of another AOR’s dialog, a guessed tag or a malformed header it leads nowhere', async () => {
    const { bob, dialog, alice } = await talking()
    bob.invite('whoever', { body: '', headers: [replaces(dialog)] })
    await bob.response(481, 'INVITE')
    alice.invite('whoever', { body: '', headers: [`Replaces: ${dialog.callId};to-tag=x;from-tag=y`] })
    await alice.response(481, 'INVITE')
    alice.invite('whoever', { body: '', headers: [`Replaces: ${dialog.callId};to-tag=x`] })
    await alice.response(400, 'INVITE')
    alice.invite('whoever', { body: '', headers: [`${replaces(dialog)};early-only`] })
    await alice.response(486, 'INVITE')
    alice.invite('whoever', { body: '', headers: ['Replaces: never-was@x;to-tag=x;from-tag=y'] })
    await alice.response(481, 'INVITE')
  })
})
