import { beforeEach, describe, expect, it } from 'vitest'
import { SipEcho, type EchoSound } from '../../../web/src/lib/phone/sip-echo'
import { Wire, field, silentMedia, until } from './wire'

const sound = { near: {}, far: {} } as EchoSound
const ice = { iceServers: [], relayOnly: false }
const fromEdge = ['X-Switchroom-Echo: self']

let wire: Wire
let line: SipEcho
beforeEach(async () => {
  wire = new Wire()
  line = new SipEcho({
    identity: { username: 'alice', domain: 'call.example', displayName: 'Alice' },
    server: 'wss://call.example/sip',
    transport: wire.transport,
    media: () => Object.assign(silentMedia(), { peerConnection: {} }),
  })
  await line.connect()
})
const answered = (n = 1) => wire.responses.filter((response) => /^SIP\/2\.0 [2-6]/.test(response))[n - 1]
const calling = async () => {
  const call = line.call(sound, ice)
  call.catch(() => undefined)
  return { call, invite: await wire.sent('INVITE') }
}

describe('the line of a test', () => {
  it('[PHONE-6] measures how long the edge takes to answer', async () => {
    const trip = line.roundTrip()
    wire.answer(await wire.sent('OPTIONS'), 200, 'OK')
    expect(await trip).toBeGreaterThanOrEqual(0)
  })
  it('[PHONE-6] asks the registrar and registers nothing', async () => {
    const devices = line.devices()
    const register = await wire.sent('REGISTER')
    expect(field(register, 'Contact')).toBe('')
    wire.answer(register, 200, 'OK', [
      'Contact: <sip:one@x.invalid>;expires=60',
      'Contact: <sip:two@x.invalid>;expires=60',
    ])
    expect(await devices).toBe(2)
  })
  it('[PHONE-6] tells what it was refused by', async () => {
    const devices = line.devices()
    wire.answer(await wire.sent('REGISTER'), 403, 'Forbidden')
    await expect(devices).rejects.toMatchObject({ status: 403 })
    const { call, invite } = await calling()
    wire.answer(invite, 480, 'Temporarily Unavailable')
    await expect(call).rejects.toMatchObject({ status: 480 })
  })
})

describe('a call to itself', () => {
  it('[PHONE-5] says that it answers itself, does so, and is up when both ends are', async () => {
    const { call, invite } = await calling()
    expect(invite).toMatch(/^INVITE sip:echo@call\.example SIP\/2\.0/)
    expect(field(invite, 'X-Switchroom-Echo')).toBe('self')
    wire.invite('c-1', 'Alice', 'alice', fromEdge)
    await until(() => answered()?.startsWith('SIP/2.0 200') === true)
    wire.answer(invite, 200, 'OK', ['Content-Type: application/sdp'])
    const up = await call
    await up.hangUp()
    expect(field(await wire.sent('BYE'), 'Call-ID')).toBe(field(invite, 'Call-ID'))
  })
  it('[PHONE-5] answers nothing else: a call without the edge’s word gets 486', async () => {
    await calling()
    wire.invite('c-2', 'Mallory', 'mallory')
    await until(() => answered() !== undefined)
    expect(answered()).toMatch(/^SIP\/2\.0 486/)
  })
})
