import { env, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { SDP } from '#tests/support/sip-agent'
import { elapse, evict, timersOf } from '#tests/support/workerd/evict'
import { signedIn } from '#tests/support/workerd/people'
import type { AgentRoom } from '#worker/rooms/agent-room'
import type { CallRoom } from '#worker/rooms/call-room'
import { agentRoom, callRoom } from '#worker/rooms/doors'
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
    await alice.response(100, 'INVITE')
    const callId = await callIdOf(people.alice.id, dialog.callId)
    await evict(stubOf(callId))
    await stubOf(callId).picture()
    await bob.request('INVITE')
  })
})

describe('[PHONE-8] a server that was killed: alarms wake its rooms, and the runtime tells an alarm no name', () => {
  /** As for an alarm: by the id alone. */
  const wakeNameless = async <T extends AgentRoom | CallRoom>(rooms: DurableObjectNamespace<T>, name: string) => {
    const id = rooms.idFromName(name)
    await evict(rooms.get(id))
    const woken = rooms.idFromString(id.toString())
    expect(woken.name).toBe(undefined)
    await runInDurableObject(rooms.get(woken), () => undefined)
  }

  it('an agent’s room finds the call of a re-INVITE, and the call’s room its agents', async () => {
    const { alice, bob, callId, dialog, people } = await talking()
    await wakeNameless(env.AGENT, people.alice.id)
    await wakeNameless(env.CALL, callId)
    alice.plug(await wireOf(people.alice))
    await alice.register()
    dialog.ask('INVITE', { body: SDP('alice', 'sendonly', 2) })
    bob.answer(await bob.request('INVITE'), 200, { body: SDP('bob', 'recvonly', 2) })
    const ok = await alice.response(200, 'INVITE')
    expect(ok.header('X-Switchroom-Call')).toBe(callId)
    dialog.ack(ok)
    await bob.request('ACK')
    dialog.ask('BYE')
    bob.answer(await bob.request('BYE'), 200)
    await alice.response(200, 'BYE')
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

describe('[PHONE-8] a socket that died without a word', () => {
  it('what was sent into it is said again when the device registers over another: a request until it is answered', async () => {
    const { alice, answered, bob, people } = await talking()
    const asked = alice.heard.length
    answered.ask('INFO', { body: 'Signal=5', headers: ['Content-Type: application/dtmf-relay'] })
    const lost = await alice.request('INFO') // came to a socket whose phone is no more
    expect(alice.heard.length).toBeGreaterThan(asked)
    alice.plug(await wireOf(people.alice))
    await alice.register()
    const again = await alice.request('INFO')
    expect(again.text).toBe(lost.text)
    alice.answer(again, 200)
    await bob.response(200, 'INFO')
    alice.plug(await wireOf(people.alice))
    await alice.register()
    await alice.register()
    expect(alice.rest.filter((start) => start.startsWith('INFO'))).toEqual([])
  })

  it('a BYE and its lost answer: said again, answered again, and the call is over once', async () => {
    const { alice, bob, dialog, people, room } = await talking()
    const cseq = dialog.ask('BYE')
    bob.answer(await bob.request('BYE'), 200)
    await alice.response(200, 'BYE') // lost with its socket
    alice.plug(await wireOf(people.alice))
    await alice.register()
    await alice.response(200, 'BYE') // owed to the device
    dialog.ask('BYE', { cseq })
    await alice.response(200, 'BYE')
    expect(await room.picture()).toMatchObject({ state: 'completed' })
    expect(bob.rest.filter((start) => start.startsWith('BYE'))).toEqual([])
  })

  it('the ACK was lost with it: the 200 comes over the new one, and its ACK ends the repeating', async () => {
    const people = { alice: await signedIn('agent', 'alice'), bob: await signedIn('agent', 'bob') }
    const [alice, bob] = [await phoneOf(people.alice), await phoneOf(people.bob)]
    const dialog = alice.invite(people.bob.username)
    bob.answer(await bob.request('INVITE'), 200, { body: SDP('bob') })
    await alice.response(200, 'INVITE')
    await bob.request('ACK')
    // two sockets for a moment: the old one is dead, and nobody knows
    alice.plug(await wireOf(people.alice))
    await alice.register()
    const ok = await alice.response(200, 'INVITE')
    dialog.ack(ok)
    await acknowledged(ok.header('X-Switchroom-Call'))
    dialog.ask('BYE')
    bob.answer(await bob.request('BYE'), 200)
    await alice.response(200, 'BYE')
  })
})

describe('[PHONE-9] a page that goes in a call', () => {
  const orphanOf = (callId: string) =>
    timersOf(stubOf(callId)).then((names) => names.filter((name) => /^orphan/.test(name)))

  it('says so by closing with 1001: its call waits 20 s, and ends when nobody comes', async () => {
    const { alice, bob, callId } = await talking()
    alice.leave()
    await expect.poll(() => orphanOf(callId)).toEqual(['orphan:0'])
    await backdateOrphan(callId)
    await elapse(stubOf(callId), 'orphan:0')
    bob.answer(await bob.request('BYE'), 200)
  })

  it('comes back with Replaces: the call is no orphan any more', async () => {
    const { alice, bob, callId, dialog, people, room } = await talking()
    alice.leave()
    await expect.poll(() => orphanOf(callId)).toEqual(['orphan:0'])
    const again = await phoneOf(people.alice, alice.instance)
    const [toTag, fromTag] = [dialog.to, dialog.from].map((header) => /;tag=([^;>\s]+)/.exec(header)![1])
    const named = `Replaces: ${dialog.callId};to-tag=${toTag};from-tag=${fromTag}`
    const rejoined = again.invite(people.bob.username, { body: '', headers: [named, 'Require: replaces'] })
    bob.answer(await bob.request('INVITE'), 200, { body: SDP('bob', 'sendrecv', 2) })
    rejoined.ack(await again.response(200, 'INVITE'), SDP('page'))
    await bob.request('ACK')
    await backdateOrphan(callId)
    await elapse(stubOf(callId), 'orphan:0').catch(() => undefined)
    expect(await room.picture()).toMatchObject({ state: 'in-progress' })
    rejoined.ask('BYE')
    bob.answer(await bob.request('BYE'), 200)
    await again.response(200, 'BYE')
  })

  it('goes before its room has heard of the call: it waits all the same, once that is heard', async () => {
    const { alice, callId, people, room } = await talking()
    const call = (await room.picture())!
    const hers = env.AGENT.getByName(people.alice.id)
    const known = () =>
      runInDurableObject(hers, (_room, { storage }) => storage.sql.exec('SELECT 1 FROM live_call').toArray().length)
    await expect.poll(known).toBe(1)
    await runInDurableObject(hers, (room, { storage }) => {
      storage.sql.exec('DELETE FROM live_call')
      ;(room as unknown as { onRolledBack(): void }).onRolledBack()
    })
    alice.leave()
    await expect.poll(async () => (await agentRoom(env, people.alice.id).bindings()).length).toBe(0)
    expect(await orphanOf(callId)).toEqual([])
    const news = { call, side: 'caller' as const, lease: null, talkMs: null, sipStatus: null }
    await agentRoom(env, people.alice.id).callChanged(news)
    await expect.poll(() => orphanOf(callId)).toEqual(['orphan:0'])
  })

  it('a network that went says nothing: no haste', async () => {
    const { alice, people, callId } = await talking()
    alice.unplug()
    await expect.poll(async () => (await agentRoom(env, people.alice.id).bindings()).length).toBe(0)
    expect(await orphanOf(callId)).toEqual([])
  })
})

/** As if the page had gone 20 s ago. */
async function backdateOrphan(callId: string): Promise<void> {
  await runInDurableObject(stubOf(callId), (room, state) => {
    state.storage.sql.exec(
      "UPDATE part SET json = json_set(json, '$.orphanedAt', ?) WHERE key='leg:0'",
      Date.now() - 20_000,
    )
    ;(room as unknown as { load(): void }).load()
  })
}
