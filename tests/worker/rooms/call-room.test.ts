import { env } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { SDP, type Heard } from '#tests/support/sip-agent'
import { elapse } from '#tests/support/workerd/evict'
import { signedIn } from '#tests/support/workerd/people'
import { hangUp, phoneOf, talking } from '#tests/support/workerd/phones'
import { callRoom } from '#worker/rooms/doors'

async function aliceAndBob() {
  const people = { alice: await signedIn('agent', 'alice'), bob: await signedIn('agent', 'bob') }
  return { people, alice: await phoneOf(people.alice), bob: await phoneOf(people.bob) }
}

describe('a call between two agents', () => {
  it('[SIP-3] is set up, talks, and ends when the caller hangs up', async () => {
    const call = await talking()
    expect(await call.room.picture()).toMatchObject({
      state: 'in-progress',
      direction: 'internal',
      agentId: call.people.alice.id,
      other: 'bob',
    })
    await hangUp(call)
    expect(await call.room.picture()).toMatchObject({ state: 'completed', hangupCause: 'answered' })
    expect(call.alice.rest).toEqual(['SIP/2.0 100 Trying'])
  })

  it('[SIP-3] ends when the callee hangs up, and both phones heard who the other is', async () => {
    const { alice, bob, answered, dialog, people, callId } = await talking()
    const invite = bob.heard.find((heard) => heard.method === 'INVITE')!
    expect(invite.header('From')).toContain('"alice"')
    expect(invite.header('X-Switchroom-Call')).toBe(callId)
    expect(invite.body).toBe(SDP(people.alice.username))
    answered.ask('BYE')
    await bob.response(200, 'BYE')
    const bye = await alice.request('BYE')
    expect(bye.header('Call-ID')).toBe(dialog.callId)
  })

  it('[SIP-3] 100 is answered at once, 180 carries the call’s name', async () => {
    const { alice, bob, people } = await aliceAndBob()
    alice.invite(people.bob.username)
    await alice.response(100, 'INVITE')
    bob.answer(await bob.request('INVITE'), 180)
    const ringing = await alice.response(180, 'INVITE')
    expect(ringing.header('X-Switchroom-Call')).toMatch(/^[0-9a-f]{24}$/)
  })

  it('[SIP-3] may be dialled by extension', async () => {
    const { alice, bob, people } = await aliceAndBob()
    const { extension } = (await env.DB.prepare('SELECT extension FROM users WHERE id=?')
      .bind(people.bob.id)
      .first<{ extension: string }>())!
    alice.invite(extension)
    await bob.request('INVITE')
  })

  for (const [status, cause] of [
    [486, 'busy'],
    [603, 'rejected'],
    [480, 'no-answer'],
    [404, 'unreachable'],
  ] as const) {
    it(`[SIP-3] ${status} from the callee reaches the caller and is the cause ${cause}`, async () => {
      const { alice, bob, people } = await aliceAndBob()
      alice.invite(people.bob.username)
      const invite = await bob.request('INVITE')
      bob.answer(invite, 180)
      const id = (await alice.response(180, 'INVITE')).header('X-Switchroom-Call')
      bob.answer(invite, status)
      await alice.response(status, 'INVITE')
      await bob.request('ACK')
      expect(await callRoom(env, id).picture()).toMatchObject({ state: 'failed', hangupCause: cause })
    })
  }

  it('[SIP-3] a phone that is not connected answers 480, an unknown name 404 with a code', async () => {
    const { alice } = await aliceAndBob()
    const away = await signedIn('agent', 'away')
    alice.invite(away.username)
    await alice.response(480, 'INVITE')
    alice.invite('nobody-at-all')
    expect((await alice.response(404, 'INVITE')).header('X-Switchroom-Refusal')).toBe('not-found')
  })

  it('[SIP-3] rings out: 480 to the caller, CANCEL to the callee', async () => {
    const { alice, bob, people } = await aliceAndBob()
    alice.invite(people.bob.username)
    bob.answer(await bob.request('INVITE'), 180)
    const id = (await alice.response(180, 'INVITE')).header('X-Switchroom-Call')
    await elapse(env.CALL.getByName(id), 'ring')
    expect((await alice.response(480, 'INVITE')).header('Reason')).toContain('cause=19')
    await bob.request('CANCEL')
    expect(await callRoom(env, id).picture()).toMatchObject({ state: 'failed', hangupCause: 'no-answer' })
  })

  it('[SIP-3] a device that says nothing at all is given up after 32 s', async () => {
    const { alice, bob, people } = await aliceAndBob()
    alice.invite(people.bob.username)
    const id = (await bob.request('INVITE')).header('X-Switchroom-Call')
    await elapse(env.CALL.getByName(id), 'fork')
    await alice.response(408, 'INVITE')
    await bob.request('CANCEL')
    expect(await callRoom(env, id).picture()).toMatchObject({ state: 'failed', hangupCause: 'unreachable' })
  })
})

describe('several devices of one agent', () => {
  async function twoDevices() {
    const { alice, bob, people } = await aliceAndBob()
    return { alice, bob, second: await phoneOf(people.bob), people }
  }

  it('[SIP-3] all ring, the first 200 wins, the other gets CANCEL', async () => {
    const { alice, bob, second, people } = await twoDevices()
    const dialog = alice.invite(people.bob.username)
    const [one, two] = await Promise.all([bob.request('INVITE'), second.request('INVITE')])
    bob.answer(one, 200, { body: SDP('bob') })
    dialog.ack(await alice.response(200, 'INVITE'))
    await bob.request('ACK')
    const cancel = await second.request('CANCEL')
    expect(cancel.header('Reason')).toContain('elsewhere')
    second.answer(cancel, 200)
    second.answer(two, 487)
    await second.request('ACK')
  })

  it('[SIP-3] both answer in the same moment: one stays, the other gets ACK and BYE, ten times', async () => {
    const { alice, bob, second, people } = await twoDevices()
    for (let round = 0; round < 10; round++) {
      const dialog = alice.invite(people.bob.username)
      const [one, two] = await Promise.all([bob.request('INVITE'), second.request('INVITE')])
      bob.answer(one, 200, { body: SDP('one') })
      second.answer(two, 200, { body: SDP('two') })
      dialog.ack(await alice.response(200, 'INVITE'))
      await Promise.all([bob.request('ACK'), second.request('ACK')])
      const byes = [
        bob.request('BYE').then((bye) => [bob, bye] as const),
        second.request('BYE').then((bye) => [second, bye] as const),
      ]
      const [loser, lost] = await Promise.race(byes)
      loser.answer(lost, 200)
      dialog.ask('BYE')
      const [, [, last]] = await Promise.all([alice.response(200, 'BYE'), byes[loser === bob ? 1 : 0]!])
      ;(loser === bob ? second : bob).answer(last, 200)
    }
    expect(alice.heard.filter((heard) => heard.status === 200 && heard.cseqMethod === 'INVITE')).toHaveLength(10)
  })

  it('[SIP-3] busy on one keeps the other ringing; 603 ends all', async () => {
    const { alice, bob, second, people } = await twoDevices()
    alice.invite(people.bob.username)
    const [one, two] = await Promise.all([bob.request('INVITE'), second.request('INVITE')])
    bob.answer(one, 486)
    await bob.request('ACK')
    second.answer(two, 180)
    await alice.response(180, 'INVITE')
    second.answer(two, 486)
    await alice.response(486, 'INVITE')

    alice.invite(people.bob.username)
    const [three] = await Promise.all([bob.request('INVITE'), second.request('INVITE')])
    bob.answer(three, 603)
    await alice.response(603, 'INVITE')
    await second.request('CANCEL')
  })
})

describe('CANCEL', () => {
  it('[SIP-3] while it rings: 200, 487, and the callee stops ringing', async () => {
    const { alice, bob, people } = await aliceAndBob()
    const dialog = alice.invite(people.bob.username)
    const invite = await bob.request('INVITE')
    bob.answer(invite, 180)
    const id = (await alice.response(180, 'INVITE')).header('X-Switchroom-Call')
    dialog.cancel()
    await alice.response(200, 'CANCEL')
    await alice.response(487, 'INVITE')
    bob.answer(await bob.request('CANCEL'), 200)
    expect(await callRoom(env, id).picture()).toMatchObject({ state: 'failed', hangupCause: 'cancelled' })
  })

  it('[SIP-3] crossing a 200: the call ends cleanly whichever wins, thirty times', async () => {
    const { alice, bob, people } = await aliceAndBob()
    for (let round = 0; round < 30; round++) {
      const dialog = alice.invite(people.bob.username)
      const invite = await bob.request('INVITE')
      const answer = () => bob.answer(invite, 200, { body: SDP(round) })
      const crossing = [answer, () => dialog.cancel()]
      for (const act of round % 2 ? crossing.reverse() : crossing) act()
      await alice.response(200, 'CANCEL')
      await bob.request('ACK')
      // a 200 that was repeated in the round before is no answer to this one
      const isFinal = (heard: Heard) => heard.cseqMethod === 'INVITE' && heard.status >= 200
      const isMine = (heard: Heard) => heard.header('Call-ID') === dialog.callId
      const final = await alice.next((heard) => isFinal(heard) && isMine(heard), 'final answer')
      if (final.status === 200) {
        dialog.ack(final)
        dialog.ask('BYE')
        await alice.response(200, 'BYE')
      } else expect(final.status).toBe(487)
      bob.answer(await bob.request('BYE'), 200)
    }
  })
})
