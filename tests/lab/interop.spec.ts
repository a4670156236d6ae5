import type { Browser } from '@playwright/test'
import { api, expect, token } from '../journeys/fixtures'
import { expectHears } from '../journeys/telephones'
import type { House } from '../support/house'
import { DID, test } from './fixtures'
import { openPhone, type JsSipPhone } from './interop-phone'
import { startSipp } from './interop-sipp'
import { InteropTable } from './interop-table'
import { SIPP_NUMBERS } from './lab'

/** SIP-8: user agents that are not ours, at the edge and behind the SBC; docs/interop.md says what was seen. */
test.describe.configure({ mode: 'serial' })
const table = new InteropTable()
const DOMAIN = 'switchroom.test'
const phones: Record<'alice' | 'bob' | 'supervisor', JsSipPhone> = {} as never

type Device = { path: string; sipUsername: string; sipPassword: string }
async function deviceOf(house: House, username: string): Promise<Device> {
  const as = await token(house, username)
  return (await api<Device>(house, as, 'POST', '/api/me/devices', { name: 'JsSIP' })).body
}
/** A person's JsSIP, by a password of its own. */
async function foreignPhone(browser: Browser, house: House, who: keyof typeof phones): Promise<void> {
  const [phone, device] = await Promise.all([openPhone(browser), deviceOf(house, who)])
  const url = house.url.replace('http', 'ws') + device.path
  await phone.register({ url, username: device.sipUsername, password: device.sipPassword, domain: DOMAIN })
  phones[who] = phone
}
/** Rings `to` and is answered; both say that they talk. */
async function calls(from: JsSipPhone, to: JsSipPhone, extension: string): Promise<void> {
  await from.ask('call', `sip:${extension}@${DOMAIN}`)
  await to.event('ringing')
  await to.ask('answer')
  await Promise.all([from.event('talking'), to.event('talking')])
}

test.beforeAll(async ({ browser, house, trunkId: _ready }) => {
  await Promise.all((['alice', 'bob', 'supervisor'] as const).map((who) => foreignPhone(browser, house, who)))
  table.saw('JsSIP', 'registers with digest, by a password of its own')
})
test.afterAll(async () => {
  for (const phone of Object.values(phones)) await phone.close()
})

test('[SIP-8] [SIP-2] JsSIP with a wrong password is not registered', async ({ browser, house }) => {
  const [phone, { path, sipUsername }] = await Promise.all([openPhone(browser), deviceOf(house, 'bob')])
  const wrong = { url: house.url.replace('http', 'ws') + path, username: sipUsername, password: 'x', domain: DOMAIN }
  await phone.ask('start', wrong)
  await phone.event('not registered: Authentication Error')
  table.saw('JsSIP', 'is refused with a wrong password')
  await phone.close()
})

test('[SIP-8] JsSIP and JsSIP through the edge: lamps, call, hold, keys, transfer, busy, give up, text', async () => {
  const { alice, bob, supervisor } = phones
  await supervisor.ask('watch', `sip:102@${DOMAIN}`)
  await supervisor.event('lamp dark')
  await calls(alice, bob, '102')
  await Promise.all([expectHears(alice.page), expectHears(bob.page)])
  table.saw('JsSIP', 'calls an agent', 'is called', 'is heard')
  await supervisor.event('lamp confirmed')
  table.saw('JsSIP', 'lights a busy lamp (SUBSCRIBE)')

  await alice.ask('hold')
  await Promise.all([alice.event('held'), bob.event('hold by remote')])
  await alice.ask('resume')
  await Promise.all([alice.event('resumed'), bob.event('unhold by remote')])
  table.saw('JsSIP', 'holds and resumes', 'is held and resumed')

  await alice.ask('key', '7', 'INFO')
  await bob.event('key 7 by remote')
  table.saw('JsSIP', 'presses a key', 'is sent a key')

  await bob.ask('transfer', `sip:100@${DOMAIN}`)
  await supervisor.event('ringing')
  await supervisor.ask('answer')
  await Promise.all([supervisor.event('talking'), bob.event('transferred'), bob.event('ended by remote')])
  await Promise.all([expectHears(alice.page), expectHears(supervisor.page)])
  table.saw('JsSIP', 'transfers the call (REFER)', 'is transferred')

  await alice.ask('hangUp')
  await supervisor.event('ended by remote')
  table.saw('JsSIP', 'hangs up', 'is hung up on')

  await alice.ask('call', `sip:bob@${DOMAIN}`)
  await bob.event('ringing')
  await bob.ask('decline')
  await alice.event('Busy')
  table.saw('JsSIP', 'declines', 'is declined')

  await alice.ask('call', `sip:102@${DOMAIN}`)
  await bob.event('ringing')
  await alice.ask('hangUp')
  await bob.event('Canceled')
  table.saw('JsSIP', 'gives up while it rings (CANCEL)', 'is given up on')

  await alice.ask('say', `sip:102@${DOMAIN}`, 'Line 2 is for you')
  await Promise.all([bob.event('message: Line 2 is for you'), alice.event('delivered')])
  table.saw('JsSIP', 'sends a line of text (MESSAGE)', 'is sent a line of text')
})

test('[SIP-8] baresip behind the SBC, with JsSIP at the desk', async ({ lab: { telephone } }) => {
  const { alice, bob } = phones
  const dials = () => telephone.command('dial', `sip:${DID}@127.0.0.1`)
  const [answered, keyed] = [telephone.event('CALL_ESTABLISHED'), telephone.event('CALL_DTMF_START')]
  await dials()
  await alice.event('ringing')
  await alice.ask('answer')
  await Promise.all([answered, alice.event('talking')])
  await expectHears(alice.page)
  table.saw('baresip', 'calls an agent', 'is heard')

  await alice.ask('key', '5', 'RFC2833')
  expect((await keyed).param).toBe('5')
  table.saw('baresip', 'is sent a key')

  await telephone.command('hold')
  await alice.event('hold by remote')
  await telephone.command('resume')
  await alice.event('unhold by remote')
  await expectHears(alice.page) // so that it is over for both: JsSIP does not come back after a 491
  await alice.ask('hold')
  await alice.event('held')
  await alice.ask('resume')
  await alice.event('resumed')
  table.saw('baresip', 'holds and resumes', 'is held and resumed')

  await alice.ask('transfer', `sip:102@${DOMAIN}`)
  await bob.event('ringing')
  await bob.ask('answer')
  await Promise.all([bob.event('talking'), alice.event('ended by remote')])
  await expectHears(bob.page)
  table.saw('baresip', 'is transferred')

  await telephone.command('hangup')
  await bob.event('ended by remote')
  table.saw('baresip', 'hangs up')

  const established = telephone.event('CALL_ESTABLISHED')
  await alice.ask('call', `sip:+442079460123@${DOMAIN}`)
  await Promise.all([established, alice.event('talking')])
  const closed = telephone.event('CALL_CLOSED')
  await alice.ask('hangUp')
  await closed
  table.saw('baresip', 'is called', 'is hung up on')

  const declined = telephone.event('CALL_CLOSED')
  await dials()
  await alice.event('ringing')
  await alice.ask('decline')
  expect((await declined).param).toContain('486')
  await dials()
  await alice.event('ringing')
  await telephone.command('hangup')
  await alice.event('Canceled')
  table.saw('baresip', 'is declined', 'gives up while it rings (CANCEL)')

  await telephone.command('answermode', 'manual')
  const callsOut = async () => {
    const rings = telephone.event('CALL_INCOMING')
    await alice.ask('call', `sip:+442079460123@${DOMAIN}`)
    await rings
  }
  await callsOut()
  await telephone.command('hangup')
  await alice.event('Busy')
  await callsOut()
  const givenUp = telephone.event('CALL_CLOSED')
  await alice.ask('hangUp')
  await givenUp
  await telephone.command('answermode', 'auto')
  table.saw('baresip', 'declines', 'is given up on')
})

test('[SIP-8] SIPp behind the SBC, with JsSIP at the desk', async ({ lab }) => {
  const { alice } = phones
  const calling = startSipp(lab, 'calls', DID)
  await alice.event('ringing')
  await alice.ask('answer')
  await alice.event('talking')
  await expectHears(alice.page)
  await alice.event('hold by remote')
  await alice.event('unhold by remote')
  await alice.event('ended by remote')
  await calling
  table.saw('SIPp', 'calls an agent', 'is heard', 'holds and resumes', 'hangs up')

  const givesUp = startSipp(lab, 'gives up', DID)
  await Promise.all([alice.event('Canceled'), givesUp])
  const isDeclined = startSipp(lab, 'is declined', DID)
  await alice.event('ringing')
  await alice.ask('decline')
  await isDeclined
  table.saw('SIPp', 'gives up while it rings (CANCEL)', 'is declined')

  const callsSipp = () => alice.ask('call', `sip:+${SIPP_NUMBERS}12@${DOMAIN}`)
  const isCalled = startSipp(lab, 'is called')
  await callsSipp()
  await alice.event('talking')
  await expectHears(alice.page)
  await alice.ask('hold')
  await alice.event('held')
  await alice.ask('resume')
  await alice.event('resumed')
  await alice.ask('hangUp')
  await isCalled
  table.saw('SIPp', 'is called', 'is held and resumed', 'is hung up on')

  const declines = startSipp(lab, 'declines')
  await callsSipp()
  await Promise.all([alice.event('Busy'), declines])
  const isGivenUpOn = startSipp(lab, 'is given up on')
  await callsSipp()
  await alice.event('progress')
  await alice.ask('hangUp')
  await isGivenUpOn
  table.saw('SIPp', 'declines', 'is given up on')
})

test('[SIP-8] docs/interop.md says what was seen', async ({ browser }, { config }) => {
  if (config.updateSnapshots === 'all' || config.updateSnapshots === 'changed') table.write(browser.version())
  const { now, written } = table.compared(browser.version())
  expect(written, 'write it anew: npm run test:lab -- interop -u').toBe(now)
})
