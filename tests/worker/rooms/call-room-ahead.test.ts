import { env, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { Dialog, SDP, SipAgent } from '#tests/support/sip-agent'
import { evict } from '#tests/support/workerd/evict'
import { signedIn, type Person } from '#tests/support/workerd/people'
import { acknowledged, callIdOf, demoWire, phoneOf, wireOf } from '#tests/support/workerd/phones'
import { DEMO_TELEPHONE } from '#worker/carriers/demo'
import { callRoom, numberRoom } from '#worker/rooms/doors'

/** The room that stands ready for the next call of this agent. */
const nextOf = ({ id }: Pick<Person, 'id'>) =>
  runInDurableObject(
    env.AGENT.getByName(id),
    (_room, { storage }) =>
      storage.sql.exec<{ room: string }>("SELECT room FROM sip_alias WHERE call_id=' '").toArray()[0]?.room ?? null,
  )
const tablesOf = (callId: string) =>
  runInDurableObject(env.CALL.getByName(callId), (_room, { storage }) =>
    storage.sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type='table' AND name NOT GLOB '_cf_*'")
      .toArray()
      .map(({ name }) => name),
  )
async function standing(person: Person, after: string | null = null): Promise<string> {
  const isAnother = async () => ![null, after].includes(await nextOf(person))
  await expect.poll(isAnother, { timeout: 5_000 }).toBe(true)
  return (await nextOf(person))!
}
async function called(alice: SipAgent, bob: SipAgent) {
  const dialog = alice.invite(bob.user)
  const invite = await bob.request('INVITE')
  return { dialog, invite, callId: invite.header('X-Switchroom-Call') }
}

describe('[SIP-12] what is slow about a new call is done before it', () => {
  it('a room stands ready for the next call; the call is it, after an eviction too; another takes its place', async () => {
    const people = { alice: await signedIn('agent', 'alice'), bob: await signedIn('agent', 'bob') }
    const [alice, bob] = [await phoneOf(people.alice), await phoneOf(people.bob)]
    const next = await standing(people.alice)
    expect(await tablesOf(next)).toContain('part')
    expect(await callRoom(env, next).parties()).toEqual([])

    const { dialog, invite, callId } = await called(alice, bob)
    expect(callId).toBe(next)
    // written down a blink after the INVITE, on nobody's way
    await expect.poll(() => nextOf(people.alice)).not.toBe(next)
    await evict(env.AGENT.getByName(people.alice.id))
    await expect.poll(() => callIdOf(people.alice.id, dialog.callId)).toBe(next)
    alice.plug(await wireOf(people.alice))
    await alice.register()
    dialog.cancel()
    expect((await bob.request('CANCEL')).header('Call-ID')).toBe(invite.header('Call-ID'))
    const after = await standing(people.alice)
    expect(after).not.toBe(next)
    expect((await called(alice, bob)).callId).toBe(after)
  })

  it('so does one for each call after it', async () => {
    const people = { alice: await signedIn('agent', 'alice'), bob: await signedIn('agent', 'bob') }
    const [alice, bob] = [await phoneOf(people.alice), await phoneOf(people.bob)]
    let last: string | null = null
    for (let n = 0; n < 3; n++) {
      const next = await standing(people.alice, last)
      const { dialog, callId } = await called(alice, bob)
      expect(callId).toBe(next)
      last = next
      dialog.cancel()
      await bob.request('CANCEL')
    }
  })

  it('one that a call took, which the agent’s room has forgotten, is given to no other', async () => {
    const people = { alice: await signedIn('agent', 'alice'), bob: await signedIn('agent', 'bob') }
    const [alice, bob] = [await phoneOf(people.alice), await phoneOf(people.bob)]
    const first = await called(alice, bob)
    await expect.poll(() => nextOf(people.alice)).not.toBe(first.callId)
    const agent = env.AGENT.getByName(people.alice.id)
    await runInDurableObject(agent, (_room, { storage }) => {
      storage.sql.exec("DELETE FROM sip_alias WHERE call_id=' '")
      storage.sql.exec("UPDATE sip_alias SET call_id=' ' WHERE room=?", first.callId)
    })
    await evict(agent)
    alice.plug(await wireOf(people.alice))
    await alice.register()
    const second = await called(alice, bob)
    expect(second.callId).not.toBe(first.callId)
    second.dialog.cancel()
    expect((await bob.request('CANCEL')).header('Call-ID')).toBe(second.invite.header('Call-ID'))
  })

  it('a dialog that takes another’s place in the same moment does not make its room forgotten', async () => {
    const people = { alice: await signedIn('agent', 'alice'), bob: await signedIn('agent', 'bob') }
    const [alice, second, bob] = [await phoneOf(people.alice), await phoneOf(people.alice), await phoneOf(people.bob)]
    const next = await standing(people.alice)
    const dialog = alice.invite(bob.user)
    second.invite(bob.user, { headers: ['Replaces: another-call;to-tag=a;from-tag=b', 'Require: replaces'] })
    await second.response(481, 'INVITE')
    expect((await bob.request('INVITE')).header('X-Switchroom-Call')).toBe(next)
    dialog.cancel()
    await alice.response(200, 'CANCEL')
    await bob.request('CANCEL')
  })

  it('two calls at the same time: the second has a room of its own', async () => {
    const people = { alice: await signedIn('agent', 'alice'), bob: await signedIn('agent', 'bob') }
    const [alice, bob] = [await phoneOf(people.alice), await phoneOf(people.bob)]
    const next = await standing(people.alice)
    const [one, two] = [alice.invite(bob.user), alice.invite(bob.user)]
    const rung = [await bob.request('INVITE'), await bob.request('INVITE')]
    const rooms = rung.map((invite) => invite.header('X-Switchroom-Call'))
    expect(new Set(rooms).size).toBe(2)
    expect(rooms).toContain(next)
    expect(await Promise.all([one, two].map(({ callId }) => callIdOf(people.alice.id, callId)))).toEqual(
      expect.arrayContaining(rooms),
    )
  })

  it('none for the demo telephone, which calls nobody', async () => {
    const telephone = new SipAgent('guest-demo-telephone', await demoWire())
    await telephone.register()
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(await nextOf({ id: DEMO_TELEPHONE })).toBeNull()
    telephone.unplug()
  })
})

describe('[POOL-1] a number that no lease stands for', () => {
  it('is held before anything rings there, and freed when the call is over', async () => {
    const alice = await phoneOf(await signedIn('agent', 'alice'))
    const telephone = new SipAgent('guest-demo-telephone', await demoWire())
    await telephone.register()
    const number = `+9055513${String(Math.floor(Math.random() * 100_000)).padStart(5, '0')}`
    const claimed = async () =>
      (await numberRoom(env, number).claim('any-pool', [{ number, key: crypto.randomUUID() }]))[0]!.answer
    const dialog = alice.invite(number)
    await telephone.request('INVITE')
    expect(await claimed()).toBe('held')
    dialog.cancel()
    await alice.response(487, 'INVITE')
    await expect.poll(claimed).not.toBe('held')
    telephone.unplug()
  })
})

describe('[SIP-3] how a call rings is passed on before it is kept', () => {
  it('and is kept right after; a room that lost it takes the answer all the same', async () => {
    const people = { alice: await signedIn('agent', 'alice'), bob: await signedIn('agent', 'bob') }
    const [alice, bob] = [await phoneOf(people.alice), await phoneOf(people.bob)]
    const { dialog, invite, callId } = await called(alice, bob)
    const keptState = () =>
      runInDurableObject(env.CALL.getByName(callId), (_room, { storage }) =>
        storage.sql
          .exec<{ state: string }>("SELECT json_extract(json, '$.call.state') AS state FROM part WHERE key='call'")
          .one(),
      )
    bob.answer(invite, 180)
    await alice.response(180, 'INVITE')
    await expect.poll(keptState).toEqual({ state: 'ringing' })
    bob.answer(invite, 183)
    await evict(env.CALL.getByName(callId))
    bob.answer(invite, 200, { body: SDP('bob') })
    const ok = await alice.response(200, 'INVITE')
    dialog.ack(ok)
    await acknowledged(callId)
    expect(await callRoom(env, callId).picture()).toMatchObject({ state: 'in-progress' })
  })
})

/** The rows of a call's room, to be put back as if what was written since never reached the disk; then its memory is gone. */
async function loseSince(callId: string): Promise<() => Promise<void>> {
  const stub = env.CALL.getByName(callId)
  type Row = { key: string; json: string }
  const rows = await runInDurableObject(stub, (_room, { storage }) =>
    storage.sql.exec<Row>('SELECT key, json FROM part').toArray(),
  )
  return async () => {
    await runInDurableObject(stub, (_room, { storage }) => {
      storage.sql.exec('DELETE FROM part')
      for (const { key, json } of rows) storage.sql.exec('INSERT INTO part (key, json) VALUES (?,?)', key, json)
    })
    await evict(stub)
  }
}

describe('[SIP-3] that a telephone answered is passed on before it is kept', () => {
  it('but its ACK is not: a room that fell between hears the 200 again, and the call is the same', async () => {
    const people = { alice: await signedIn('agent', 'alice'), bob: await signedIn('agent', 'bob') }
    const [alice, bob] = [await phoneOf(people.alice), await phoneOf(people.bob)]
    const { dialog, invite, callId } = await called(alice, bob)
    const lose = await loseSince(callId)
    bob.answer(invite, 200, { body: SDP('bob') })
    const first = await alice.response(200, 'INVITE')
    await bob.request('ACK')
    await lose()
    expect(await callRoom(env, callId).picture()).toMatchObject({ state: 'initiated' })

    bob.answer(invite, 200, { body: SDP('bob') }) // as it repeats it that has heard no ACK (RFC 3261 §13.3.1.4)
    const again = await alice.response(200, 'INVITE')
    expect([again.header('To'), again.body]).toEqual([first.header('To'), first.body])
    dialog.ack(again)
    await bob.request('ACK')
    await acknowledged(callId)
    expect(await callRoom(env, callId).picture()).toMatchObject({ state: 'in-progress' })
  })

  it('a commit that fails is tried again with it', async () => {
    const people = { alice: await signedIn('agent', 'alice'), bob: await signedIn('agent', 'bob') }
    const [alice, bob] = [await phoneOf(people.alice), await phoneOf(people.bob)]
    const { dialog, invite, callId } = await called(alice, bob)
    await runInDurableObject(env.CALL.getByName(callId), (_room, { storage }) => {
      storage.transactionSync = () => {
        Reflect.deleteProperty(storage, 'transactionSync')
        throw new Error('the disk said no')
      }
    })
    bob.answer(invite, 200, { body: SDP('bob') })
    await bob.request('ACK')
    dialog.ack(await alice.response(200, 'INVITE'))
    await acknowledged(callId)
    expect(await callRoom(env, callId).picture()).toMatchObject({ state: 'in-progress' })
  })
})

describe('[SIP-3] a call between telephones of the house rings before it is kept', () => {
  async function forgotten() {
    const people = { alice: await signedIn('agent', 'alice'), bob: await signedIn('agent', 'bob') }
    const [alice, bob] = [await phoneOf(people.alice), await phoneOf(people.bob)]
    const { dialog, invite, callId } = await called(alice, bob)
    const stub = env.CALL.getByName(callId)
    await runInDurableObject(stub, (_room, { storage }) => storage.deleteAll())
    await evict(stub)
    return { alice, bob, dialog, invite, callId }
  }

  it('a room that fell before stops the ringing as soon as the telephone says that it rings', async () => {
    const { bob, invite, callId } = await forgotten()
    bob.answer(invite, 180)
    const cancel = await bob.request('CANCEL')
    for (const name of ['Via', 'From', 'To', 'Call-ID']) expect(cancel.header(name)).toBe(invite.header(name))
    bob.answer(cancel, 200)
    bob.answer(invite, 487)
    expect((await bob.request('ACK')).header('Via')).toBe(invite.header('Via'))
    expect(await tablesOf(callId)).toEqual([])
  })

  it('a ring of the life before is ended, and not taken for the new one', async () => {
    const { alice, bob, dialog, invite } = await forgotten()
    dialog.ask('INVITE', { cseq: 1, branch: dialog.inviteBranch, body: SDP(alice.user) })
    const again = await bob.request('INVITE')
    expect(again.header('From')).not.toBe(invite.header('From'))
    bob.answer(invite, 180)
    expect((await bob.request('CANCEL')).header('Via')).toBe(invite.header('Via'))
    bob.answer(invite, 200, { body: SDP('old') })
    expect((await bob.request('ACK')).header('From')).toBe(invite.header('From'))
    expect((await bob.request('BYE')).header('From')).toBe(invite.header('From'))
    bob.answer(again, 200, { body: SDP('new') })
    const ok = await alice.response(200, 'INVITE')
    expect(ok.body).toBe(SDP('new'))
    expect((await bob.request('ACK')).header('From')).toBe(again.header('From'))
  })

  it('and hangs up when it is answered', async () => {
    const { bob, invite } = await forgotten()
    bob.answer(invite, 200, { body: SDP('bob') })
    await bob.request('ACK')
    bob.answer(await bob.request('BYE'), 200)
  })

  it('one that was undone with another of its group is decided again: the first ring ends, the second is the call', async () => {
    const people = { alice: await signedIn('agent', 'alice'), bob: await signedIn('agent', 'bob') }
    const [alice, bob] = [await phoneOf(people.alice), await phoneOf(people.bob)]
    const next = await standing(people.alice)
    await runInDurableObject(env.CALL.getByName(next), (room, { storage }) => {
      const open = room as unknown as { inGroup(id: null, decide: () => void): Promise<void> }
      const inGroup = open.inGroup.bind(room)
      open.inGroup = (id, decide) => {
        Reflect.deleteProperty(open, 'inGroup')
        storage.transactionSync = () => {
          Reflect.deleteProperty(storage, 'transactionSync')
          throw new Error('another of the group failed')
        }
        void inGroup(null, () => {})
        return inGroup(id, decide)
      }
    })
    const { dialog, invite: lost } = await called(alice, bob)
    const invite = await bob.request('INVITE')
    expect(invite.header('X-Switchroom-Call')).toBe(next)
    expect(invite.header('From')).not.toBe(lost.header('From'))
    bob.answer(lost, 180)
    expect((await bob.request('CANCEL')).header('Via')).toBe(lost.header('Via'))
    bob.answer(invite, 200, { body: SDP('bob') })
    dialog.ack(await alice.response(200, 'INVITE'))
    await acknowledged(next)
    expect(await callRoom(env, next).picture()).toMatchObject({ state: 'in-progress' })
  })
})

describe('[SIP-6] a call that never was', () => {
  it('leaves no tables behind, whoever asks for it', async () => {
    const person = await signedIn('agent', 'alice')
    const alice = await phoneOf(person)
    const dialog = new Dialog(
      alice,
      'a-call-that-never-was',
      `<sip:${alice.user}@test>;tag=a`,
      '<sip:bob@test>;tag=b',
      'sip:bob@test',
    )
    dialog.ask('BYE')
    await alice.response(481, 'BYE')
    const room = await callIdOf(person.id, dialog.callId)
    expect(await callRoom(env, room).picture()).toBeNull()
    expect(await callRoom(env, room).end('no reason')).toEqual({ ended: false })
    expect(await callRoom(env, room).transfer({ from: person.id, to: '1000', by: {} as never })).toEqual({
      refused: 'call-not-talking',
    })
    expect(await tablesOf(room)).toEqual([])
  })
})
