import { env, runInDurableObject, SELF } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { SDP, SipAgent, type Dialog, type Heard } from '#tests/support/sip-agent'
import { elapse, evict } from '#tests/support/workerd/evict'
import { Viewer } from '#tests/support/workerd/live-viewer'
import { ORIGIN, signedIn, type Person } from '#tests/support/workerd/people'
import { acknowledged, demoWire, phoneOf, talking, type Talking } from '#tests/support/workerd/phones'
import { makePool } from '#tests/support/workerd/pools'
import { agentRoom, callRoom } from '#worker/rooms/doors'
import { isRefusal } from '#worker/rooms/ports'

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

/** A third phone, carol's; all three of one house. */
async function trio(): Promise<Talking & { carol: SipAgent; third: Person }> {
  const call = await talking()
  const third = await signedIn('agent', 'carol')
  return { ...call, third, carol: await phoneOf(third) }
}

const progress = async (phone: SipAgent): Promise<string> => {
  const notify = await phone.request('NOTIFY')
  phone.answer(notify, 200)
  return `${notify.body.trim()} ${notify.header('Subscription-State').split(';')[0]!}`
}
const refer = (dialog: Dialog, to: string, headers: string[] = []) =>
  dialog.ask('REFER', { headers: [`Refer-To: <${to}>`, ...headers] })

/** bob stays: he is asked for his offer, and the newcomer's answer comes in his ACK. */
async function joined(
  kept: SipAgent,
  newcomer: SipAgent,
  setup = 'active',
): Promise<{ toKept: Heard; toNewcomer: Heard }> {
  const toKept = await kept.request('INVITE')
  expect(toKept.body).toBe('')
  kept.answer(toKept, 200, { body: SDP('kept', 'sendrecv', 7) })
  const toNewcomer = await newcomer.request('INVITE')
  expect(toNewcomer.body).toBe(SDP('kept', 'sendrecv', 7).replace('actpass', setup))
  newcomer.answer(toNewcomer, 200, { body: SDP('newcomer', 'sendrecv', 2) })
  expect((await kept.request('ACK')).body).toMatch(/^o=- newcomer [23] /m)
  await newcomer.request('ACK')
  return { toKept, toNewcomer }
}

describe('a blind transfer', () => {
  it('[PHONE-4, SIP-5] rings, joins, lets go who asked; each step is told, and every room may be born again in between', async () => {
    const { alice, bob, carol, people, third, dialog, answered, callId } = await trio()
    refer(dialog, `sip:${third.username}@switchroom.test`)
    await alice.response(202, 'REFER')
    expect(await progress(alice)).toBe('SIP/2.0 100 Trying active')
    const ring = await carol.request('INVITE')
    expect(ring.header('From')).toContain('"bob"')
    expect(ring.header('Referred-By')).toContain('"alice"')
    expect(ring.header('X-Switchroom-Call')).toBe(`${callId}.2`)
    expect(ring.body).not.toContain('a=candidate')
    carol.answer(ring, 180)
    expect(await progress(alice)).toBe('SIP/2.0 180 Ringing active')
    await evict(env.CALL.getByName(callId))
    carol.answer(ring, 200, { body: SDP('carol') })
    await carol.request('ACK')
    const offer = await bob.request('INVITE')
    expect(offer.header('P-Asserted-Identity')).toContain('"carol"')
    await evict(env.CALL.getByName(callId))
    bob.answer(offer, 200, { body: SDP('kept', 'sendrecv', 7) })
    const again = await carol.request('INVITE')
    await evict(env.CALL.getByName(callId))
    carol.answer(again, 200, { body: SDP('carol', 'sendrecv', 2) })
    expect((await bob.request('ACK')).body).toBe(SDP('carol', 'sendrecv', 2))
    await carol.request('ACK')
    expect(await progress(alice)).toBe('SIP/2.0 200 OK terminated')
    const bye = await alice.request('BYE')
    expect(bye.header('Reason')).toContain('Transferred')
    alice.answer(bye, 200)

    // alice is free, carol is on the call; the two talk, hold and hang up as any others
    await expect
      .poll(() => Promise.all([people.alice, people.bob, third].map(stateOf)))
      .toEqual(['offline', 'on-call', 'on-call'])
    const room = callRoom(env, `${callId}.2`)
    expect(await room.picture(callId)).toMatchObject({ state: 'in-progress', agentName: 'alice' })
    expect(await room.picture(`${callId}.2`)).toMatchObject({ state: 'in-progress', agentName: 'carol', other: 'bob' })
    const carols = carol.dialogOf(ring)
    carols.ask('INFO', { body: 'Signal=5\r\nDuration=160\r\n', headers: ['Content-Type: application/dtmf-relay'] })
    const info = await bob.request('INFO')
    expect([info.body, info.header('Content-Type')]).toEqual(['Signal=5\r\nDuration=160\r\n', 'application/dtmf-relay'])
    bob.answer(info, 200)
    await carol.response(200, 'INFO')
    answered.ask('BYE')
    carol.answer(await carol.request('BYE'), 200)
    await bob.response(200, 'BYE')
    await expect
      .poll(() => callRows(callId))
      .toEqual([
        { callId, agentId: people.alice.id, endedBy: 'caller' },
        { callId: `${callId}.2`, agentId: third.id, endedBy: 'callee' },
      ])
  })

  it('[SIP-5] that nobody takes gives the caller back: declined, rung out, not connected, stopped by the server', async () => {
    const { alice, bob, carol, people, third, dialog, callId, room } = await trio()
    const goesOn = async () => {
      dialog.ask('INFO', { body: 'x', headers: ['Content-Type: text/plain'] })
      bob.answer(await bob.request('INFO'), 200)
      await alice.response(200, 'INFO')
      expect(await room.picture()).toMatchObject({ state: 'in-progress' })
    }
    const start = async (to: string) => {
      refer(dialog, `sip:${to}@switchroom.test`)
      await alice.response(202, 'REFER')
      await progress(alice)
    }
    await start(third.username)
    carol.answer(await carol.request('INVITE'), 603)
    await carol.request('ACK')
    expect(await progress(alice)).toContain('SIP/2.0 603')
    await goesOn()

    await start(third.username)
    await carol.request('INVITE')
    refer(dialog, 'sip:anyone@switchroom.test')
    await alice.response(491, 'REFER')
    await elapse(env.CALL.getByName(callId), 'move')
    await carol.request('CANCEL')
    expect(await progress(alice)).toContain('SIP/2.0 480')
    await goesOn()

    const away = await signedIn('agent', 'away')
    await start(away.username)
    expect(await progress(alice)).toContain('SIP/2.0 480')
    await start('nobody-at-all')
    expect(await progress(alice)).toContain('SIP/2.0 404')

    await start(third.username)
    await carol.request('INVITE')
    const stop = await as(people.alice, 'DELETE', `/api/calls/${callId}/transfer`)
    expect([stop.status, await stop.json()]).toEqual([200, { stopped: true }])
    await carol.request('CANCEL')
    expect(await progress(alice)).toContain('SIP/2.0 487')
    await goesOn()
    await expect.poll(() => stateOf(third)).toBe('offline')
  })

  it('[SIP-5, SIP-7] one at a time: who asks while it is under way is refused, and it goes by the rules of who ordered it', async () => {
    const { bob, carol, third, dialog, answered, callId, people, alice } = await trio()
    refer(dialog, `sip:${third.username}@switchroom`)
    await alice.response(202, 'REFER')
    carol.answer(await carol.request('INVITE'), 180)
    refer(answered, 'sip:+905551112233@switchroom')
    await bob.response(491, 'REFER')
    const mover = await runInDurableObject(
      env.CALL.getByName(callId),
      (room) => (room as unknown as { file: { mover: { userId: string } } }).file.mover.userId,
    )
    expect(mover).toBe(people.alice.id)
  })

  it('[SIP-5] a newcomer that will not take the sound: the kept side is answered as before, who asked talks on', async () => {
    const { alice, bob, carol, third, dialog } = await trio()
    refer(dialog, `sip:${third.username}@switchroom.test`, ['Refer-Sub: false'])
    expect((await alice.response(202, 'REFER')).header('Refer-Sub')).toBe('false')
    const ring = await carol.request('INVITE')
    carol.answer(ring, 200, { body: SDP('carol') })
    await carol.request('ACK')
    bob.answer(await bob.request('INVITE'), 200, { body: SDP('kept', 'sendrecv', 7) })
    carol.answer(await carol.request('INVITE'), 488)
    // in alice's name, with the DTLS parts as they were
    const ack = await bob.request('ACK')
    expect(ack.body).toContain('o=- alice')
    expect(ack.body).not.toContain('actpass')
    carol.answer(await carol.request('BYE'), 200)
    dialog.ask('BYE')
    bob.answer(await bob.request('BYE'), 200)
    await alice.response(200, 'BYE')
    expect(alice.rest.filter((start) => start.startsWith('NOTIFY'))).toEqual([])
  })

  it('[SIP-5] who asked hangs up before it is answered: it goes on; when nobody comes they are called back', async () => {
    const { alice, bob, carol, people, third, dialog, callId } = await trio()
    refer(dialog, `sip:${third.username}@switchroom.test`)
    await progress(alice)
    const ring = await carol.request('INVITE')
    dialog.ask('BYE')
    await alice.response(200, 'BYE')
    carol.answer(ring, 486)
    const back = await alice.request('INVITE')
    expect(back.header('From')).toContain('"bob"')
    alice.answer(back, 200, { body: SDP('alice-again') })
    await alice.request('ACK')
    await joined(bob, alice)
    expect(await callRoom(env, callId).picture(`${callId}.3`)).toMatchObject({
      state: 'in-progress',
      agentId: people.alice.id,
    })
  })
})

describe('an attended transfer', () => {
  it('[PHONE-4, SIP-5] the one who was asked first is given to the caller’s call; later messages find their way', async () => {
    const { alice, bob, carol, people, third, dialog, callId } = await trio()
    const consult = alice.invite(third.username)
    const asked = await carol.request('INVITE')
    carol.answer(asked, 200, { body: SDP('carol') })
    const ok = await alice.response(200, 'INVITE')
    consult.ack(ok)
    await carol.request('ACK')
    const second = ok.header('X-Switchroom-Call')
    await acknowledged(second)
    // as phones do, alice holds the first meanwhile
    dialog.ask('INVITE', { body: SDP('alice', 'sendonly', 2) })
    bob.answer(await bob.request('INVITE'), 200, { body: SDP('bob', 'recvonly', 2) })
    dialog.ack(await alice.response(200, 'INVITE'))
    await bob.request('ACK')
    await acknowledged(callId)
    const name = `${consult.callId};to-tag=${tagOf(consult.to)};from-tag=${tagOf(consult.from)}`
    refer(dialog, `sip:${third.username}@switchroom.test?Replaces=${encodeURIComponent(name)}`)
    await alice.response(202, 'REFER')
    expect(await progress(alice)).toContain('100')
    // who was held is told that they no longer are, or they would go on offering to send nothing
    const wake = await bob.request('INVITE')
    expect(wake.body).toBe(SDP('alice', 'sendrecv', 3))
    bob.answer(wake, 200, { body: SDP('bob', 'sendrecv', 3) })
    await bob.request('ACK')
    // carol talked to alice before: her part in DTLS stays as it was
    const { toNewcomer } = await joined(bob, carol, 'actpass')
    // in the dialog of the second call, and saying who is there now
    expect(toNewcomer.header('Call-ID')).toBe(asked.header('Call-ID'))
    expect(toNewcomer.header('P-Asserted-Identity')).toContain('"bob"')
    expect(toNewcomer.header('X-Switchroom-Call')).toBe(`${callId}.2`)
    expect(await progress(alice)).toBe('SIP/2.0 200 OK terminated')
    const byes = [await alice.request('BYE'), await alice.request('BYE')].map((bye) => bye.header('Call-ID'))
    expect(byes.sort()).toEqual([dialog.callId, consult.callId].sort())
    expect(await callRoom(env, second).picture()).toMatchObject({ state: 'completed' })
    await expect.poll(() => Promise.all([people.alice, third].map(stateOf))).toEqual(['offline', 'on-call'])

    await evict(env.CALL.getByName(second))
    await evict(env.CALL.getByName(callId))
    carol.dialogOf(asked).ask('BYE', { cseq: 9 })
    bob.answer(await bob.request('BYE'), 200)
    await carol.response(200, 'BYE')
  })

  it('[SIP-5] with a dialog that is not theirs, or none, nothing happens to either call', async () => {
    const { alice, bob, carol, people, third, dialog, room } = await trio()
    const other = carol.invite(people.bob.username)
    bob.answer(await bob.request('INVITE'), 200, { body: SDP('bob') })
    other.ack(await carol.response(200, 'INVITE'))
    const name = `${other.callId};to-tag=${tagOf(other.to)};from-tag=${tagOf(other.from)}`
    refer(dialog, `sip:${third.username}@switchroom.test?Replaces=${encodeURIComponent(name)}`)
    await progress(alice)
    expect(await progress(alice)).toContain('SIP/2.0 481')
    expect(await room.picture()).toMatchObject({ state: 'in-progress' })
    refer(dialog, `sip:${third.username}@switchroom.test?Replaces=nonsense`)
    await alice.response(400, 'REFER')
  })
})

describe('the server’s transfer', () => {
  it('[SIP-4] a supervisor moves an agent’s end to another agent; an agent moves only their own calls', async () => {
    const { alice, bob, carol, people, third, answered, callId } = await trio()
    const boss = await signedIn('supervisor', 'dana')
    const path = `/api/calls/${callId}/transfer`
    expect((await as(third, 'POST', path, { to: third.username })).status).toBe(404)
    const moved = await as(boss, 'POST', path, { to: third.id, agentId: people.bob.id })
    expect([moved.status, await moved.json()]).toEqual([202, { moving: true }])
    expect((await as(boss, 'POST', path, { to: third.id })).status).toBe(409)
    const ring = await carol.request('INVITE')
    expect(ring.header('Referred-By')).toContain('"dana"')
    carol.answer(ring, 200, { body: SDP('carol') })
    await carol.request('ACK')
    await joined(alice, carol)
    bob.answer(await bob.request('BYE'), 200)
    void answered
    await expect
      .poll(() => Promise.all([people.alice, people.bob, third].map(stateOf)))
      .toEqual(['on-call', 'offline', 'on-call'])
    // whose call it is stays: alice placed it
    expect(await callRoom(env, callId).picture(callId)).toMatchObject({ state: 'in-progress', agentName: 'alice' })
    expect((await as(people.bob, 'POST', `/api/calls/${callId}/end`)).status).toBe(404)
    expect((await as(third, 'POST', `/api/calls/${callId}.2/end`)).status).toBe(200)
    await alice.request('BYE')
    await carol.request('BYE')
  })
})

describe('a conference by order', () => {
  it('[SIP-4] is mixed on the page of who has both calls: it is told which; others are as unknown as none', async () => {
    const call = await talking()
    const { alice, people, callId } = call
    const path = `/api/calls/${callId}/merge`
    const refused = async (answer: Promise<Response>) => ((await (await answer).json()) as { code: string }).code
    const boss = await signedIn('supervisor', 'dana')
    expect(await refused(as(boss, 'POST', path, {}))).toBe('no-second-call')

    const third = await signedIn('agent', 'carol')
    const carol = await phoneOf(third)
    const second = alice.invite(third.username)
    carol.answer(await carol.request('INVITE'), 200, { body: SDP('carol') })
    const ok = await alice.response(200, 'INVITE')
    second.ack(ok)
    const other = ok.header('X-Switchroom-Call')
    await acknowledged(other)
    await expect.poll(() => refused(as(people.alice, 'POST', path, {}))).toBe('phone-not-registered')

    const page = await Viewer.of(env.AGENT.getByName(people.alice.id), {
      userId: people.alice.id,
      sessionId: people.alice.sessionId,
    })
    expect(await refused(as(third, 'POST', path, {}))).toBe('unknown-call')
    expect(await refused(as(people.alice, 'POST', path, { with: 'elsewhere' }))).toBe('no-second-call')
    const told = await as(boss, 'POST', path, { with: other })
    expect([told.status, await told.json()]).toEqual([202, { agentId: people.alice.id, callIds: [callId, other] }])
    expect((await as(people.alice, 'DELETE', path)).status).toBe(202)
    const orders = () => page.heard.filter(({ type }) => type === 'merge-ordered')
    await expect.poll(() => orders().map(({ on }) => on)).toEqual([true, false])
    expect(orders()[0]).toMatchObject({ callIds: [callId, other] })
    page.socket.close()
  })
})

describe('a customer who is transferred', () => {
  it('[PHONE-4, POOL-17] who had the lease owes what came of it as soon as they left; who takes it sees whom, and owes nothing', async () => {
    const [alice, carol] = [await signedIn('agent', 'alice'), await signedIn('agent', 'carol')]
    const pool = await makePool([alice.id], 2)
    const [phone, other] = [await phoneOf(alice), await phoneOf(carol)]
    const room = agentRoom(env, alice.id)
    await room.setState(alice.actor, 'available', null)
    const pulled = await room.pull(alice.actor, { id: null, poolId: pool.id })
    if (isRefusal(pulled) || !pulled.reply.lease) throw new Error(JSON.stringify(pulled))
    const { lease, customer } = pulled.reply
    const telephone = new SipAgent('guest-demo-telephone', await demoWire())
    await telephone.register()
    const dialog = phone.invite(customer.phone, { headers: [`X-Switchroom-Lease: ${lease.id}`] })
    telephone.answer(await telephone.request('INVITE'), 200, { body: SDP('customer') })
    const ok = await phone.response(200, 'INVITE')
    dialog.ack(ok)
    await telephone.request('ACK')
    const callId = ok.header('X-Switchroom-Call')
    await acknowledged(callId)
    refer(dialog, `sip:${carol.username}@switchroom.test`)
    const ring = await other.request('INVITE')
    expect(ring.header('From')).toContain(`"${customer.name}" <sip:${customer.phone}@`)
    other.answer(ring, 200, { body: SDP('carol') })
    await other.request('ACK')
    await joined(telephone, other)
    await phone.request('BYE')

    await expect.poll(async () => (await room.current(alice.actor)).owed).toMatchObject([{ callId, poolId: pool.id }])
    await expect.poll(() => stateOf(alice)).toBe('wrap-up')
    const part = { customerName: customer.name, poolId: pool.id, agentId: carol.id, state: 'in-progress' }
    expect(await callRoom(env, callId).picture(`${callId}.2`)).toMatchObject(part)
    other.dialogOf(ring).ask('BYE')
    telephone.answer(await telephone.request('BYE'), 200)
    expect((await agentRoom(env, carol.id).current(carol.actor)).owed).toEqual([])
    telephone.unplug()
  })
})

const stateOf = async ({ id }: Person) => (await agentRoom(env, id).presence()).state
const callRows = async (callId: string) =>
  (
    await env.DB.prepare(
      'SELECT id AS callId, agent_id AS agentId, ended_by AS endedBy FROM calls WHERE id LIKE ? ORDER BY id',
    )
      .bind(`${callId}%`)
      .all()
  ).results
const as = (who: Person, method: string, path: string, body?: object) =>
  SELF.fetch(`${ORIGIN}${path}`, {
    method,
    headers: { authorization: `Bearer ${who.token}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
