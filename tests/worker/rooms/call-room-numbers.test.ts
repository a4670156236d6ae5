import { env, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { SDP, SipAgent } from '#tests/support/sip-agent'
import { elapse } from '#tests/support/workerd/evict'
import { signedIn } from '#tests/support/workerd/people'
import { demoWire, hangUp, phoneOf, talking } from '#tests/support/workerd/phones'
import { callRoom } from '#worker/rooms/doors'

async function aliceAndBob() {
  const people = { alice: await signedIn('agent', 'alice'), bob: await signedIn('agent', 'bob') }
  return { people, alice: await phoneOf(people.alice), bob: await phoneOf(people.bob) }
}
const number = () => `+9055512${String(Math.floor(Math.random() * 100_000)).padStart(5, '0')}`

describe('numbers', () => {
  it('[SIP-3] with DEMO=1 and no trunk a number rings the demo telephone', async () => {
    const { alice } = await aliceAndBob()
    const telephone = new SipAgent('guest-demo-telephone', await demoWire())
    await telephone.register()
    const dialled = number()
    const dialog = alice.invite(dialled)
    const invite = await telephone.request('INVITE')
    expect(invite.header('To')).toContain(`sip:${dialled}@`)
    telephone.answer(invite, 200, { body: SDP('phone') })
    const ok = await alice.response(200, 'INVITE')
    dialog.ack(ok)
    expect(await callRoom(env, ok.header('X-Switchroom-Call')).picture()).toMatchObject({
      direction: 'outgoing',
      other: dialled,
      poolId: null,
    })
    dialog.ask('BYE')
    telephone.answer(await telephone.request('BYE'), 200)
    telephone.unplug()
  })

  it('[POOL-16] a number on the do-not-call list is refused when no pool gave it', async () => {
    const { alice } = await aliceAndBob()
    const dialled = number()
    await env.DB.prepare("INSERT INTO do_not_call_numbers (list, number, at, by_id) VALUES ('global', ?, 1, ?)")
      .bind(dialled, 'carol')
      .run()
    alice.invite(dialled)
    const refused = await alice.response(403, 'INVITE')
    expect(refused.header('X-Switchroom-Refusal')).toBe('do-not-call')
  })

  it('digits without their country are no number', async () => {
    const { alice } = await aliceAndBob()
    alice.invite('05551234567')
    expect((await alice.response(404, 'INVITE')).header('X-Switchroom-Refusal')).toBe('number-not-dialable')
  })
})

describe('an offer that comes late', () => {
  it('[SIP-3] passes: INVITE without SDP, offer in the 200, answer in the ACK', async () => {
    const { alice, bob, people } = await aliceAndBob()
    const dialog = alice.invite(people.bob.username, { body: '' })
    const invite = await bob.request('INVITE')
    expect(invite.body).toBe('')
    bob.answer(invite, 200, { body: SDP('bobs-offer') })
    const ok = await alice.response(200, 'INVITE')
    expect(ok.body).toBe(SDP('bobs-offer'))
    expect(bob.rest).toEqual([])
    dialog.ack(ok, SDP('alices-answer'))
    expect((await bob.request('ACK')).body).toBe(SDP('alices-answer'))
  })
})

describe('the books', () => {
  it('an ended call is booked by the ledger once, and its room empties itself; a late BYE gets 481', async () => {
    const call = await talking()
    await hangUp(call)
    const stub = env.CALL.getByName(call.callId)
    await call.room.picture()
    await runInDurableObject(stub, (room) => (room as unknown as { settled(): Promise<void> }).settled())
    for (let shard = 0; shard < 8; shard++) {
      await runInDurableObject(env.LEDGER.getByName(`ledger-${shard}`), (room) =>
        (room as unknown as { settled(): Promise<void> }).settled(),
      )
    }
    const row = await env.DB.prepare('SELECT * FROM calls WHERE id=?').bind(call.callId).first()
    expect(row).toMatchObject({
      agent_id: call.people.alice.id,
      direction: 'internal',
      ended_by: 'caller',
      hangup_cause: 'answered',
      sip_status: 200,
    })

    await elapse(stub, 'forget')
    await expect.poll(() => call.room.picture()).toBeNull()
    expect(
      await runInDurableObject(stub, (_room, state) =>
        state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT GLOB '_cf_*'").toArray(),
      ),
    ).toEqual([])
    call.answered.ask('BYE')
    await call.bob.response(481, 'BYE')
  })
})
