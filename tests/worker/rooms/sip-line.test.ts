import { env, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { SDP, SipAgent } from '#tests/support/sip-agent'
import { signedIn } from '#tests/support/workerd/people'
import { demoWire, hangUp, phoneOf, talking, wireOf } from '#tests/support/workerd/phones'
import { agentRoom } from '#worker/rooms/doors'

const bindingsOf = async (userId: string) => (await agentRoom(env, userId).bindings()).map((one) => one.instance)

const socketsOf = (userId: string) =>
  runInDurableObject(env.AGENT.getByName(userId), (_room, state) => state.getWebSockets('sip').length)

/** Every row of the room, to see that nothing was written. */
const rowsOf = (userId: string) =>
  runInDurableObject(env.AGENT.getByName(userId), (_room, { storage }) => {
    const tables = storage.sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type='table' AND name NOT GLOB '_cf_*'")
      .toArray()
    return JSON.stringify(tables.map(({ name }) => [name, storage.sql.exec(`SELECT * FROM "${name}"`).toArray()]))
  })
const writesOf = (userId: string) =>
  runInDurableObject(env.AGENT.getByName(userId), (_room, { storage }) => {
    const { n } = storage.sql.exec<{ n: number }>('SELECT total_changes() AS n').one()
    return n
  })

describe('REGISTER', () => {
  it('[SIP-1] a refresh writes nothing', async () => {
    const person = await signedIn('agent', 'alice')
    const alice = await phoneOf(person)
    const [rows, writes] = [await rowsOf(person.id), await writesOf(person.id)]
    for (let n = 0; n < 20; n++) expect((await alice.register()).status).toBe(200)
    expect(await rowsOf(person.id)).toBe(rows)
    expect(await writesOf(person.id)).toBe(writes)
    expect(await bindingsOf(person.id)).toEqual([alice.instance])
  })

  it('[SIP-1] several devices of one AOR, each answered with all bindings; expires=0 takes one away', async () => {
    const person = await signedIn('agent', 'alice')
    const one = await phoneOf(person)
    const two = new SipAgent(person.username, await wireOf(person))
    const answer = await two.register()
    expect(answer.text.match(/^Contact:/gm)).toHaveLength(2)
    expect((await bindingsOf(person.id)).sort()).toEqual([one.instance, two.instance].sort())
    await one.register({ expires: 0 })
    expect(await bindingsOf(person.id)).toEqual([two.instance])
  })

  it('[SIP-1] fetches without Contact, removes all with *, and refuses too short an interval', async () => {
    const person = await signedIn('agent', 'alice')
    const alice = await phoneOf(person)
    expect((await alice.register({ contact: '' })).text).toContain(alice.contact)
    const brief = await alice.register({ expires: 5 })
    expect([brief.status, brief.header('Min-Expires')]).toEqual([423, '30'])
    expect((await alice.register({ contact: '*', headers: ['Expires: 0'] })).status).toBe(200)
    expect(await bindingsOf(person.id)).toEqual([])
  })

  it('[SIP-1] the same device on a new socket replaces its binding; a closed socket takes its own along', async () => {
    const person = await signedIn('agent', 'alice')
    const alice = await phoneOf(person, 'urn:uuid:laptop')
    const again = await phoneOf(person, 'urn:uuid:laptop')
    expect(await bindingsOf(person.id)).toEqual(['urn:uuid:laptop'])
    alice.unplug()
    await expect.poll(() => socketsOf(person.id)).toBe(1)
    expect(await bindingsOf(person.id)).toEqual(['urn:uuid:laptop'])
    again.unplug()
    await expect.poll(() => bindingsOf(person.id)).toEqual([])
  })
})

describe('who may say they are whom', () => {
  it('[SIP-2] another’s From is refused in REGISTER and INVITE', async () => {
    const [alice, bob] = [await signedIn('agent', 'alice'), await signedIn('agent', 'bob')]
    const phone = await phoneOf(alice)
    expect((await phone.register({ from: bob.username })).status).toBe(403)
    phone.invite(bob.username, { from: bob.username })
    expect((await phone.next((heard) => heard.status >= 300)).status).toBe(403)
  })

  it('[SIP-2] Route, P-Asserted-Identity and another’s lease are not passed on', async () => {
    const people = { alice: await signedIn('agent', 'alice'), bob: await signedIn('agent', 'bob') }
    const [alice, bob] = [await phoneOf(people.alice), await phoneOf(people.bob)]
    const headers = [
      'Route: <sip:evil.example>',
      'P-Asserted-Identity: <sip:boss@x>',
      'X-Switchroom-Lease: p:1:1',
      'Record-Route: <sip:e>',
    ]
    alice.invite(people.bob.username, { headers })
    const invite = await bob.request('INVITE')
    expect(invite.text).not.toMatch(/^(route|record-route|p-asserted|x-switchroom-lease)/im)
  })

  it('[SIP-2] nobody hangs up a call that is not theirs', async () => {
    const call = await talking()
    const mallory = await phoneOf(await signedIn('agent', 'mallory'))
    const stolen = call.bob.heard.find((heard) => heard.method === 'INVITE')!
    mallory.dialogOf(stolen).ask('BYE')
    await mallory.response(481, 'BYE')
    await hangUp(call)
  })

  it('[SIP-2] the demo telephone may receive calls and place none', async () => {
    const telephone = new SipAgent('guest-demo-telephone', await demoWire())
    expect((await telephone.register()).status).toBe(200)
    telephone.invite('+905551112233')
    await telephone.response(403, 'INVITE')
    telephone.unplug()
  })
})

describe('malformed and hostile input', () => {
  it('[SIP-6] is refused or met with silence, and the line goes on', async () => {
    const person = await signedIn('agent', 'alice')
    const alice = await phoneOf(person)
    const head = `Via: SIP/2.0/WSS x;branch=z9hG4bKx\r\nFrom: <sip:${person.username}@x>;tag=1\r\nTo: <sip:b@x>\r\nCall-ID: m1\r\n`
    alice.send(`OPTIONS sip:b@x SIP/7.0\r\n${head}CSeq: 1 OPTIONS\r\n\r\n`)
    expect((await alice.next((heard) => heard.status > 0)).status).toBe(505)
    alice.send(`OPTIONS tel:123 SIP/2.0\r\n${head}CSeq: 2 OPTIONS\r\n\r\n`)
    expect((await alice.next((heard) => heard.status > 0)).status).toBe(416)
    alice.send(`OPTIONS sip:b@x SIP/2.0\r\n${head}CSeq: 3 INVITE\r\n\r\n`)
    expect((await alice.next((heard) => heard.status > 0)).status).toBe(400)
    alice.send(`DANCE sip:b@x SIP/2.0\r\n${head}CSeq: 4 DANCE\r\n\r\n`)
    expect((await alice.next((heard) => heard.status > 0)).status).toBe(501)
    alice.send(`REFER sip:b@x SIP/2.0\r\n${head}CSeq: 5 REFER\r\n\r\n`)
    expect((await alice.next((heard) => heard.status > 0)).status).toBe(481)
    alice.send(
      `OPTIONS sip:b@x SIP/2.0\r\n${head}CSeq: 6 OPTIONS\r\nContent-Length: 70000\r\n\r\n${'x'.repeat(70_000)}`,
    )
    expect((await alice.next((heard) => heard.status > 0)).status).toBe(513)
    for (const junk of [
      '',
      ' ',
      'hello',
      '\0\0\0',
      'SIP/2.0 99999999999 x\r\n\r\n',
      'INVITE\r\n\r\n',
      '\r\n'.repeat(200),
      'ACK sip:x SIP/2.0\r\n\r\n',
    ])
      alice.send(junk)
    alice.send(new Uint8Array([0xff, 0xfe, 0x00, 0x80]).buffer)
    expect((await alice.register()).status).toBe(200)
  })

  it('[SIP-1, SIP-6] a registration of wide letters that a socket cannot keep is refused, and the line goes on', async () => {
    const person = await signedIn('agent', 'alice')
    const alice = await phoneOf(person)
    const wide = (n: number) =>
      `<sip:${'ş'.repeat(280)}${n}@x>;+sip.instance="<urn:${'ş'.repeat(100)}${n}>";reg-id=1;expires=300`
    await alice.register({ expires: 0 })
    const calls = alice.registration.callId
    alice.registration.callId = 'ş'.repeat(200)
    const refused = await alice.register({ contact: `${wide(1)}, ${wide(2)}` })
    expect(refused.start).toBe('SIP/2.0 403 Too Many Bindings')
    alice.registration.callId = calls
    expect((await alice.register()).status).toBe(200)
    expect(await bindingsOf(person.id)).toEqual([alice.instance])
  })

  it('[SIP-6] a flood is dropped, then closed; it costs only its own socket', async () => {
    const person = await signedIn('agent', 'alice')
    const [flooding, calm] = [await phoneOf(person), await phoneOf(person)]
    for (let n = 0; n < 1_500; n++) flooding.send('junk')
    await expect.poll(() => flooding.closed?.code, { timeout: 5_000 }).toBe(4029)
    expect((await calm.register()).status).toBe(200)
    expect(await bindingsOf(person.id)).toEqual([calm.instance])
  })
})

describe('a device without a socket', () => {
  it('[SIP-3] is owed what came for 32 s, in order, once', async () => {
    const person = await signedIn('agent', 'alice')
    const alice = await phoneOf(person)
    const room = agentRoom(env, person.id)
    expect(await room.deliver(alice.instance, ['NOTE 0'])).toBe(true)
    alice.unplug()
    await expect.poll(() => bindingsOf(person.id)).toEqual([])
    expect(await room.deliver(alice.instance, ['NOTE 1', 'NOTE 2'])).toBe(false)
    alice.plug(await wireOf(person))
    await alice.register()
    expect((await alice.request('NOTE')).start).toBe('NOTE 0')
    expect((await alice.request('NOTE')).start).toBe('NOTE 0') // nobody answered it: it may have been lost with its socket
    expect((await alice.request('NOTE')).start).toBe('NOTE 1')
    expect((await alice.request('NOTE')).start).toBe('NOTE 2')
    await alice.register()
    expect(alice.rest).toEqual([])
  })
})

describe('a long day on one line', () => {
  it('[SIP-1] calls work before and after the room lost its memory', async () => {
    const call = await talking()
    await hangUp(call)
    const second = call.alice.invite(call.people.bob.username, { body: SDP('second') })
    call.bob.answer(await call.bob.request('INVITE'), 486)
    await call.alice.response(486, 'INVITE')
    expect(second.callId).not.toBe(call.dialog.callId)
  })
})
