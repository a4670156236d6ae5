import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PhoneState } from '../../../web/src/lib/phone/phone'
import { SipPhone } from '../../../web/src/lib/phone/sip-phone'
import { Wire, field, silentMedia, until } from './wire'

let wire: Wire
let states: PhoneState[]
let phone: SipPhone
const instance = '6f1c2d3e-0000-4000-8000-000000000001'

beforeEach(async () => {
  vi.stubGlobal('addEventListener', () => undefined)
  vi.stubGlobal('removeEventListener', () => undefined)
  vi.stubGlobal('MediaStream', class {})
  wire = new Wire()
  states = []
  phone = new SipPhone({
    identity: { username: 'alice', domain: 'call.example', displayName: 'Alice' },
    server: 'wss://call.example/sip',
    instance,
    microphone: { open: () => wire.microphone() },
    speaker: { play: async () => undefined } as unknown as HTMLAudioElement,
    changed: (state) => states.push(state),
    transport: wire.transport,
    media: silentMedia,
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
})

const registered = async () => {
  void phone.start()
  wire.answer(await wire.sent('REGISTER'), 200, 'OK', [`Contact: ${field(wire.last, 'Contact')};expires=300`])
  await until(() => phone.state.line === 'registered')
}
const calling = async () => {
  await registered()
  expect(await phone.dial('+506 5123 4567', { leaseId: 'p1:7:3', name: 'Erin' })).toEqual({ dialled: true })
  return wire.sent('INVITE')
}

describe('the telephone on the wire', () => {
  it('[PHONE-1] registers its device by instance id', async () => {
    await registered()
    expect(field(wire.requests[0]!, 'Contact')).toContain(`+sip.instance="<urn:uuid:${instance}>"`)
    expect(field(wire.requests[0]!, 'Contact')).toContain('reg-id=1')
  })
  it('[PHONE-2] sends the lease with the INVITE, and learns the call’s id from the answer', async () => {
    const invite = await calling()
    expect(invite).toMatch(/^INVITE sip:\+50651234567@call\.example SIP\/2\.0/)
    expect(field(invite, 'X-Switchroom-Lease')).toBe('p1:7:3')
    wire.answer(invite, 180, 'Ringing', ['X-Switchroom-Call: c-1'])
    await until(() => phone.state.call?.id === 'c-1')
    expect(phone.state.call).toMatchObject({ state: 'ringing-out', hasRung: true, name: 'Erin', leaseId: 'p1:7:3' })
  })
  it('[POOL-13] 480 after ringing is no answer', async () => {
    const invite = await calling()
    wire.answer(invite, 180, 'Ringing')
    await until(() => phone.state.call?.hasRung === true)
    wire.answer(invite, 480, 'No Answer')
    await until(() => phone.state.call?.state === 'ended')
    expect(phone.state.call).toMatchObject({ cause: 'no-answer', sipStatus: 480, endedBy: 'there' })
  })
  it('[SIP-3] a refusal of the edge keeps its own code', async () => {
    wire.answer(await calling(), 403, 'Do Not Call', ['X-Switchroom-Refusal: do-not-call'])
    await until(() => phone.state.call?.state === 'ended')
    expect(phone.state.call).toMatchObject({ cause: 'not-allowed', refusal: 'do-not-call' })
  })
  it('[PHONE-2] stopped while it rings out: CANCEL, and the screen does not wait for it', async () => {
    const invite = await calling()
    wire.answer(invite, 180, 'Ringing')
    await until(() => phone.state.call?.hasRung === true)
    void phone.hangUp()
    expect(phone.state.call).toMatchObject({ state: 'ended', cause: 'cancelled', endedBy: 'here' })
    await wire.sent('CANCEL')
  })
  it('[PHONE-2] nobody is called whose agent gave up while the browser asked for the microphone', async () => {
    await registered()
    let allow = () => undefined as void
    wire.asking = new Promise((go) => (allow = go))
    void phone.dial('102')
    await until(() => phone.state.call?.state === 'ringing-out')
    await phone.hangUp()
    allow()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(wire.requests.some((request) => request.startsWith('INVITE'))).toBe(false)
    expect(phone.state.call).toMatchObject({ state: 'ended', cause: 'cancelled' })
  })
  it('[PHONE-8] nothing is dialled without a line, nor kept for later', async () => {
    await registered()
    wire.cut(1006)
    expect(phone.state.line).toBe('reconnecting')
    expect(await phone.dial('102')).toEqual({ dialled: false, why: 'no-line' })
    wire.answer(await wire.sent('REGISTER', 2), 200, 'OK', [`Contact: ${field(wire.last, 'Contact')};expires=300`])
    await until(() => phone.state.line === 'registered')
    expect(wire.requests.some((request) => request.startsWith('INVITE'))).toBe(false)
  })
  it('[PHONE-3] rings for an INVITE, names who calls, and declines with 603', async () => {
    await registered()
    wire.invite('c-9', 'Bob Okafor', '102')
    await until(() => phone.state.call?.state === 'ringing-in')
    expect(phone.state.call).toMatchObject({ id: 'c-9', name: 'Bob Okafor', number: '102', direction: 'incoming' })
    await phone.decline()
    await until(() => wire.responses.some((response) => response.startsWith('SIP/2.0 603')))
    expect(phone.state.call).toMatchObject({ state: 'ended', cause: 'rejected', endedBy: 'here' })
  })
  it('[PHONE-3] stops when another device answers', async () => {
    await registered()
    wire.invite('c-9', 'Bob Okafor', '102')
    await until(() => phone.state.call?.state === 'ringing-in')
    wire.cancel('Reason: SIP;cause=200;text="Call completed elsewhere"')
    await until(() => phone.state.call?.state === 'ended')
    expect(phone.state.call).toMatchObject({ cause: 'answered-elsewhere' })
  })
  it('[PHONE-4] a carrier that wants it so is told keys by INFO', async () => {
    const invite = await calling()
    wire.answer(invite, 200, 'OK', ['X-Switchroom-Call: c-1', 'X-Switchroom-Keys: info'])
    await until(() => phone.state.call?.state === 'talking')
    expect(phone.state.call?.keysBy).toBe('info')
    await phone.sendDigit('5')
    const info = await wire.sent('INFO')
    expect(field(info, 'Content-Type')).toBe('application/dtmf-relay')
    expect(info.endsWith('Signal=5\r\nDuration=160\r\n')).toBe(true)
  })
  describe('call waiting', () => {
    const talking = async () => {
      const invite = await calling()
      wire.answer(invite, 200, 'OK', ['X-Switchroom-Call: c-1'])
      await until(() => phone.state.call?.state === 'talking')
    }
    const waiting = () => phone.state.others.filter((one) => one.state === 'ringing-in')

    it('[PHONE-4] who calls while another call is in hand waits on the second line; a third is told busy', async () => {
      await talking()
      wire.invite('c-10', 'Carol', '100')
      await until(() => waiting().length === 1)
      expect(waiting()[0]).toMatchObject({ id: 'c-10', name: 'Carol', line: 2 })
      expect(phone.state.call).toMatchObject({ id: 'c-1', state: 'talking', line: 1, leaseId: 'p1:7:3' })
      wire.invite('c-11', 'Bob', '102')
      await until(() => wire.responses.some((response) => response.startsWith('SIP/2.0 486')))
      expect(waiting()).toHaveLength(1)
    })
    it('[PHONE-4] with one line nobody waits, with three two may', async () => {
      await phone.suit({ lines: 1, autoAnswer: null })
      await talking()
      wire.invite('c-10', 'Carol', '100')
      await until(() => wire.responses.some((response) => response.startsWith('SIP/2.0 486')))
      await phone.suit({ lines: 3, autoAnswer: null })
      wire.invite('c-11', 'Bob', '102')
      wire.invite('c-12', 'Dora', '103')
      await until(() => waiting().length === 2)
      expect(waiting().map(({ line }) => line)).toEqual([2, 3])
    })
    it('[PHONE-4] answered: the one in hand is put on hold first, and keeps its lease', async () => {
      await talking()
      wire.invite('c-10', 'Carol', '100')
      await until(() => waiting().length === 1)
      void phone.answer(2)
      wire.answer(await wire.sent('INVITE', 2), 200, 'OK') // the hold
      await until(() => phone.state.call?.id === 'c-10')
      expect(phone.state.others).toMatchObject([{ id: 'c-1', state: 'held', leaseId: 'p1:7:3' }])
      await until(() => wire.responses.some((response) => response.startsWith('SIP/2.0 200')))
    })
    it('[PHONE-4] declined by line: the one in hand talks on', async () => {
      await talking()
      wire.invite('c-10', 'Carol', '100')
      await until(() => waiting().length === 1)
      await phone.decline(false, 2)
      await until(() => wire.responses.some((response) => response.startsWith('SIP/2.0 603')))
      expect(phone.state.call).toMatchObject({ id: 'c-1', state: 'talking' })
      expect(waiting()).toEqual([])
    })
    it('[PHONE-4] when the one in hand is over, who waits rings', async () => {
      await talking()
      wire.invite('c-10', 'Carol', '100')
      await until(() => waiting().length === 1)
      void phone.hangUp()
      await until(() => phone.state.call?.id === 'c-10')
      expect(phone.state.call?.state).toBe('ringing-in')
      expect(phone.state.others).toMatchObject([{ id: 'c-1', state: 'ended', cause: 'normal' }])
    })
    it('[PHONE-4] what rings out cannot be put on hold: who waits goes on waiting', async () => {
      const invite = await calling()
      wire.invite('c-10', 'Carol', '100')
      await until(() => waiting().length === 1)
      await phone.answer(2)
      expect(phone.state.call).toMatchObject({ direction: 'outgoing', state: 'ringing-out' })
      expect(waiting()).toHaveLength(1)
      wire.answer(invite, 486, 'Busy Here')
      await until(() => phone.state.call?.id === 'c-10')
    })
  })
  it('[AUTH-3] signed out by the edge: the line says so and stays down', async () => {
    await registered()
    wire.cut(4401)
    expect(phone.state).toMatchObject({ line: 'lost', lineProblem: 'signed-out' })
  })
})
