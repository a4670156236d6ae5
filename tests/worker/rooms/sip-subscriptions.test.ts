import { env, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { Dialog, SDP, SipAgent, type Heard } from '#tests/support/sip-agent'
import { elapse, evict } from '#tests/support/workerd/evict'
import { signedIn, type Person } from '#tests/support/workerd/people'
import { demoWire, phoneOf, wireOf } from '#tests/support/workerd/phones'

let made = 0
/** A dialog of this phone towards somebody, and its SUBSCRIBE. */
function subscribe(phone: SipAgent, to: string, event: string, headers: string[] = []): Dialog {
  const uri = `sip:${to}@switchroom.test`
  const dialog = new Dialog(phone, `sub-${++made}`, `<sip:${phone.user}@switchroom.test>;tag=s${made}`, `<${uri}>`, uri)
  dialog.ask('SUBSCRIBE', { headers: [`Event: ${event}`, ...headers] })
  return dialog
}
/** The next NOTIFY, answered. */
async function notified(phone: SipAgent, status = 200): Promise<Heard> {
  const notice = await phone.request('NOTIFY', 15_000)
  phone.answer(notice, status)
  return notice
}
async function watching(phone: SipAgent, to: string, event = 'dialog') {
  const dialog = subscribe(phone, to, event)
  const ok = await phone.response(200, 'SUBSCRIBE')
  return { dialog: dialog.follow(ok), ok, first: await notified(phone) }
}
/** On a new socket, as the same device. */
async function back(phone: SipAgent, person: Person): Promise<void> {
  phone.plug(await wireOf(person))
  await phone.register()
}
const stubOf = ({ id }: Person) => env.AGENT.getByName(id)
const rowsOf = (person: Person, table: string) =>
  runInDurableObject(
    stubOf(person),
    (_room, { storage }) => storage.sql.exec(`SELECT * FROM ${table}`).toArray().length,
  )

async function people() {
  const [alice, bob] = [await signedIn('agent', 'alice'), await signedIn('agent', 'bob')]
  return { alice, bob, phone: await phoneOf(alice), bobs: await phoneOf(bob) }
}

describe('busy lamps', () => {
  it('[SIP-5] ring, talk, are free again: each told in the dialog of the SUBSCRIBE, also after evictions', async () => {
    const { alice, bob, phone, bobs } = await people()
    const carol = await phoneOf(await signedIn('agent', 'carol'))
    const { ok, first } = await watching(phone, bob.username)
    expect(ok.header('Expires')).toBe('3600')
    expect(first.header('Subscription-State')).toMatch(/^active;expires=(3600|3599)$/)
    expect(first.header('Call-ID')).toBe(ok.header('Call-ID'))
    expect(first.body).not.toContain('<dialog ')

    const call = carol.invite(bob.username)
    const invite = await bobs.request('INVITE')
    bobs.answer(invite, 180)
    const lamp = async (state: string) => {
      // states may pass within a second: they are told together
      for (;;) {
        const { body } = await notified(phone)
        if (body.includes(`<state>${state}</state>`)) return body
      }
    }
    expect(await lamp('early')).toContain('direction="recipient"')
    // both rooms are gone with their sockets; the phones come back, and nobody subscribes again
    await evict(stubOf(alice))
    await evict(stubOf(bob))
    await back(phone, alice)
    await back(bobs, bob)
    bobs.answer(invite, 200, { body: SDP('bob') })
    call.ack(await carol.response(200, 'INVITE'))
    expect(await lamp('confirmed')).toContain('direction="recipient"')
    call.ask('BYE')
    bobs.answer(await bobs.request('BYE'), 200)
    await lamp('terminated')
  })

  it('[SIP-5] a subscription is refreshed, ended by Expires: 0, and known no more', async () => {
    const { alice, bob, phone } = await people()
    const { dialog } = await watching(phone, bob.username)
    dialog.ask('SUBSCRIBE', { headers: ['Event: dialog', 'Expires: 120'] })
    expect((await phone.response(200, 'SUBSCRIBE')).header('Expires')).toBe('120')
    expect((await notified(phone)).header('Subscription-State')).toMatch(/^active;expires=1[12]\d$/)
    dialog.ask('SUBSCRIBE', { headers: ['Event: dialog', 'Expires: 0'] })
    await phone.response(200, 'SUBSCRIBE')
    expect((await notified(phone)).header('Subscription-State')).toBe('terminated;reason=timeout')
    expect(await rowsOf(alice, 'sip_subscription')).toBe(0)
    dialog.ask('SUBSCRIBE', { headers: ['Event: dialog'] })
    await phone.response(481, 'SUBSCRIBE')
  })

  it('[SIP-5] 481 to a NOTIFY, silence and the end of its time end a subscription; nobody who watches is forgotten', async () => {
    const { alice, bob, phone, bobs } = await people()
    await watching(phone, bob.username)
    await elapseSubscription(alice, 'expiresAt')
    expect((await phone.request('NOTIFY')).header('Subscription-State')).toBe('terminated;reason=timeout')

    subscribe(phone, bob.username, 'presence')
    await phone.response(200, 'SUBSCRIBE')
    await notified(phone, 481)
    await expect.poll(() => rowsOf(alice, 'sip_subscription')).toBe(0)

    subscribe(phone, bob.username, 'presence')
    await phone.request('NOTIFY') // and says nothing
    await elapseSubscription(alice, 'waiting.until')
    expect(await rowsOf(alice, 'sip_subscription')).toBe(0)

    // what the room of the watched did not know of is found out by the next change
    expect(await rowsOf(bob, 'sip_watcher')).toBe(1)
    await runInDurableObject(stubOf(bob), (room) => {
      const { watched } = (room as unknown as { watching: { watched: { askedAt: Map<string, number> } } }).watching
      watched.askedAt.clear()
    })
    bobs.unplug()
    await expect.poll(() => rowsOf(bob, 'sip_watcher')).toBe(0)
  })
})

const isDue = (person: Person) =>
  runInDurableObject(
    stubOf(person),
    (_room, { storage }) =>
      storage.sql.exec("SELECT 1 FROM sip_subscription WHERE json_extract(body, '$.isDue')").toArray().length > 0,
  )

/** Lets this moment of the only subscription be past. */
async function elapseSubscription(person: Person, moment: string): Promise<void> {
  await runInDurableObject(stubOf(person), (_room, { storage }) => {
    storage.sql.exec(`UPDATE sip_subscription SET body = json_set(body, '$.${moment}', 1)`)
  })
  await elapse(stubOf(person), 'subscriptions')
}

describe('who may watch', () => {
  it('[SIP-5] presence of a colleague, closed when the last telephone goes; nobody unknown, no other package, no guest', async () => {
    const { alice, bob, phone, bobs } = await people()
    const { first } = await watching(phone, bob.username, 'presence')
    expect(first.body).toContain('<basic>open</basic>')
    bobs.unplug()
    // changes of presence are told every five seconds: this one waits for its turn
    await expect.poll(() => isDue(alice)).toBe(true)
    await elapseSubscription(alice, 'toldAt')
    expect((await notified(phone)).body).toContain('<basic>closed</basic>')

    subscribe(phone, 'nobody-at-all', 'presence')
    await phone.response(404, 'SUBSCRIBE')
    subscribe(phone, bob.username, 'message-summary')
    expect((await phone.response(489, 'SUBSCRIBE')).header('Allow-Events')).toBe('presence, dialog')
    subscribe(phone, bob.username, 'dialog', ['Expires: 5'])
    expect((await phone.response(423, 'SUBSCRIBE')).header('Min-Expires')).toBe('60')

    const guest = new SipAgent('guest-demo-telephone', await demoWire())
    await guest.register()
    subscribe(guest, bob.username, 'dialog')
    await guest.response(403, 'SUBSCRIBE')
    guest.unplug()
  })
})

describe('messages between agents', () => {
  /** Sends a line to somebody; answers its Call-ID. */
  function say(phone: SipAgent, to: string, text: string): void {
    const uri = `sip:${to}@switchroom.test`
    const from = `<sip:${phone.user}@switchroom.test>;tag=m${++made}`
    new Dialog(phone, `msg-${made}`, from, `<${uri}>`, uri).ask('MESSAGE', {
      body: text,
      headers: ['Content-Type: text/plain'],
    })
  }

  it('[SIP-5] go to all devices of whom they are for, from the name the edge knows; one that has it is enough', async () => {
    const { alice, bob, phone, bobs } = await people()
    const second = await phoneOf(bob)
    say(phone, bob.username, 'Kahve?')
    const [one, two] = [await bobs.request('MESSAGE'), await second.request('MESSAGE')]
    expect([one.body, two.body]).toEqual(['Kahve?', 'Kahve?'])
    expect(one.header('From')).toMatch(new RegExp(`^"${alice.name}" <sip:\\d+@`))
    second.answer(two, 415)
    bobs.answer(one, 200)
    expect((await phone.next((heard) => heard.cseqMethod === 'MESSAGE')).status).toBe(200)
    expect(phone.rest).not.toContain('MESSAGE')
  })

  it('[SIP-5] are refused where nobody is, and are on their way where nobody has answered yet', async () => {
    const { bob, phone, bobs } = await people()
    say(phone, 'nobody-at-all', 'hello')
    await phone.response(404, 'MESSAGE')
    say(phone, bob.username, 'x'.repeat(1_300))
    await phone.response(513, 'MESSAGE')
    say(phone, bob.username, 'hello')
    await bobs.request('MESSAGE') // says nothing
    await phone.response(202, 'MESSAGE')
    bobs.unplug()
    await expect
      .poll(() => runInDurableObject(stubOf(bob), (_room, state) => state.getWebSockets('sip').length))
      .toBe(0)
    say(phone, bob.username, 'hello')
    await phone.response(480, 'MESSAGE')
  })
})
