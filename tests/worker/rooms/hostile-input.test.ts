import { env, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { octets, SipFuzzer } from '#tests/support/sip-fuzzer'
import { Seeded } from '#tests/support/seeded'
import { SDP, type SipAgent } from '#tests/support/sip-agent'
import { signedIn, type Person } from '#tests/support/workerd/people'
import { hangUp, phoneOf, talking } from '#tests/support/workerd/phones'
import torture from '../../fixtures/sip/rfc4475.txt?raw'
import { tortureMessages } from '#tests/support/torture-messages'

const SEED = Date.now() % 1_000_000
/** The same after a message as before: the room was not reset meanwhile. */
const marked = (person: Person, mark?: string) =>
  runInDurableObject(env.AGENT.getByName(person.id), (room) => {
    const carrier = room as unknown as { mark?: string }
    if (mark !== undefined) carrier.mark = mark
    return carrier.mark
  })

const ownMessages = ({ username }: Person, { contact, instance }: SipAgent) =>
  ['REGISTER', 'INVITE', 'OPTIONS', 'BYE', 'INFO', 'SUBSCRIBE', 'CANCEL'].map((method) =>
    octets(
      [
        `${method} sip:nobody@switchroom.test SIP/2.0`,
        'Via: SIP/2.0/WSS phone.invalid;branch=z9hG4bKfuzz',
        'Max-Forwards: 70',
        `From: <sip:${username}@switchroom.test>;tag=f`,
        `To: <sip:${username}@switchroom.test>`,
        'Call-ID: fuzzed-call',
        `CSeq: 1 ${method}`,
        `Contact: <${contact}>;+sip.instance="<${instance}-2>";reg-id=1`,
        'Content-Type: application/sdp',
        '',
        SDP('fuzz'),
      ].join('\r\n'),
    ),
  )

describe('a line that is sent what breaks others', () => {
  it('[SIP-6] answers REGISTER on another socket after 4,000 broken messages, in the same life of the room', async () => {
    const person = await signedIn('agent', 'alice')
    const calm = await phoneOf(person)
    await marked(person, 'alive')
    const corpus = [...tortureMessages(torture).map(({ bytes }) => bytes), ...ownMessages(person, calm)]
    const fuzzer = new SipFuzzer(new Seeded(SEED), corpus)
    // as much as a socket may send at once, over as many sockets as it takes
    for (let socket = 0; socket < 10; socket++) {
      const phone = await phoneOf(person)
      for (let n = 0; n < 390; n++) phone.send(fuzzer.next())
      const answers = await Promise.all([phone.register({ contact: '' }), calm.register()])
      expect(answers.map(({ status }) => status)).toEqual([200, 200])
      expect(phone.closed, `seed ${SEED}`).toBeNull()
      phone.unplug()
    }
    expect(await marked(person), `seed ${SEED}`).toBe('alive')
  })

  it('[SIP-6] every message of RFC 4475 in turn leaves the line as it was', async () => {
    const person = await signedIn('agent', 'alice')
    const alice = await phoneOf(person)
    await marked(person, 'alive')
    for (const { bytes } of tortureMessages(torture)) alice.send(bytes.buffer)
    expect((await alice.register()).status).toBe(200)
    expect(await marked(person)).toBe('alive')
  })

  it('[SIP-6] calls beyond what a person places are told to wait, without a room for each', async () => {
    const person = await signedIn('agent', 'alice')
    const alice = await phoneOf(person)
    for (let n = 0; n < 120; n++) alice.invite('nobody-there')
    const told = await alice.response(503, 'INVITE')
    expect(told.header('Retry-After')).toBe('1')
    expect(told.text).not.toContain('X-Switchroom-Call')
    expect((await alice.register()).status).toBe(200)
  })
})

describe('a dialog', () => {
  it('[SIP-6] a guessed To tag, From tag or Call-ID ends no call', async () => {
    const call = await talking()
    const { alice, dialog } = call
    const leg = call.bob.heard.find((heard) => heard.method === 'INVITE')!
    for (const tag of ['', ';tag=x', ';tag=00000000', `;tag=${'a'.repeat(200)}`]) {
      dialog.ask('BYE', { to: dialog.to.replace(/;tag=.*/, tag) })
      await alice.response(481, 'BYE')
    }
    // another's leg by its name, and a leg of the edge's own making that never was
    for (const callId of [leg.header('Call-ID'), leg.header('Call-ID').replace(/\.\d+@/, '.7@')]) {
      const guess = alice.dialogOf(leg)
      Object.assign(guess, { callId })
      guess.ask('BYE')
      await alice.response(481, 'BYE')
    }
    expect((await call.room.picture())?.state).toBe('in-progress')
    await hangUp(call)
  })

  it('[SIP-2] a Contact or Route of the caller’s choosing reaches nobody but the caller', async () => {
    const people = { alice: await signedIn('agent', 'alice'), bob: await signedIn('agent', 'bob') }
    const [alice, bob] = [await phoneOf(people.alice), await phoneOf(people.bob)]
    const refused = await alice.register({ contact: '<sip:bob@x?Route=%3Csip:evil.example%3E>' })
    expect(refused.status).toBe(400)
    alice.invite(people.bob.username, {
      headers: ['Route: <sip:evil.example;lr>', 'Via: SIP/2.0/WSS evil.example;branch=z9hG4bKe'],
    })
    const invite = await bob.request('INVITE')
    expect(invite.text).not.toContain('evil.example')
    expect(invite.text).not.toContain(alice.contact)
    expect(invite.text.match(/^Via:/gm)).toHaveLength(1)
  })
})
