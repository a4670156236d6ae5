import type { Page } from '@playwright/test'
import type { CallView } from '../../shared/protocol/calls'
import { api, expect } from '../journeys/fixtures'
import { expectCall, expectHears } from '../journeys/telephones'
import type { House } from '../support/house'
import { connect, DID, expectPhase, stateOf, test, trunkAt } from './fixtures'
import { DOMAIN, MICROPHONE_TONE, OUT_OF_ORDER, PHONE_TONE, type Lab } from './lab'
import { pitch, shareOfTone } from './sound'

/** SIP-9, to a real telephone: browser → AgentRoom → CallRoom → TrunkRoom → Kamailio → baresip, and back. */
test.describe.configure({ mode: 'serial' })

const lastCall = async (house: House, admin: string) =>
  (await api<{ items: CallView[] }>(house, admin, 'GET', '/api/calls?limit=1')).body.items[0]!

/** The one that is there, or the next; the panel may still show the receipt of a call that came in. */
async function customerInHand(desk: Page): Promise<void> {
  const card = desk.locator('[data-edit-customer]')
  const next = desk.getByRole('button', { name: /^Next customer/ }).and(desk.locator(':not([aria-disabled])'))
  await expect(async () => {
    if (!(await card.isVisible())) await next.click({ timeout: 1_500 })
    await expect(card).toBeVisible({ timeout: 3_000 })
  }).toPass({ timeout: 20_000 })
}

/** Alice says what came of it, so that the next customer may come. */
async function say(desk: Page, disposition: RegExp): Promise<void> {
  await desk.getByRole('radio', { name: disposition }).click()
  await desk.getByRole('button', { name: /^Save/ }).click()
  await expect(desk.locator('[data-unsent="0"]')).toBeVisible()
}

/** What the telephone heard, once its recording is whole. */
const expectTelephoneHeard = (lab: Lab, before: number) =>
  expect
    .poll(() =>
      lab.telephone.recordings() > before ? shareOfTone(lab.telephone.recording(), MICROPHONE_TONE).share : 0,
    )
    .toBeGreaterThan(0.2)

/** Since when the trunk is registered. */
let connectedAt = 0

test('[SIP-9] alice calls her customer: the telephone rings, answers, and each hears the other', async ({
  desk,
  lab,
  house,
  admin,
  trunkId,
}) => {
  const { telephone } = lab
  connectedAt = (await stateOf(house, admin, trunkId)).since
  await customerInHand(desk)
  const dialled = (await desk.locator('.customer .number bdi').first().innerText()).replace(/\D/g, '')
  const before = telephone.recordings()
  const answered = telephone.event('CALL_ESTABLISHED')
  await desk.keyboard.press('c')
  expect((await answered).peeruri).toBe(`sip:${DID}@${DOMAIN}`)
  await expectCall(desk, 'talking')
  expect(await telephone.command('callstat')).toContain(`sip:+${dialled}@`)
  await expectHears(desk)
  await expect.poll(() => pitch(desk, PHONE_TONE)).toBeGreaterThan(20)
  expect((await stateOf(house, admin, trunkId)).calls).toBe(1)
  await desk.waitForTimeout(1_500) // so that there is something to hear

  const closed = telephone.event('CALL_CLOSED')
  await desk.keyboard.press('Shift+E')
  await closed
  await expectCall(desk, 'ended')
  await expectTelephoneHeard(lab, before)
  await expect.poll(async () => (await stateOf(house, admin, trunkId)).calls).toBe(0)
  await say(desk, /No answer/)
})

test('[SIP-9] the telephone dials alice’s number: her desk rings, she answers, the telephone hangs up', async ({
  desk,
  lab,
}) => {
  const { telephone } = lab
  const before = telephone.recordings()
  const answered = telephone.event('CALL_ESTABLISHED')
  await telephone.command('dial', `sip:${DID}@127.0.0.1`)
  await expectCall(desk, 'ringing-in')
  await desk.keyboard.press('Enter')
  await answered
  await expectCall(desk, 'talking')
  await expectHears(desk)
  await desk.waitForTimeout(1_500)
  const closed = telephone.event('CALL_CLOSED')
  await telephone.command('hangup')
  await closed
  await expectCall(desk, 'ended')
  await expectTelephoneHeard(lab, before)
})

test('[SIP-9] in a call: a key reaches the telephone, hold and resume go through the SBC', async ({ desk, lab }) => {
  const { telephone } = lab
  await customerInHand(desk)
  const answered = telephone.event('CALL_ESTABLISHED')
  await desk.keyboard.press('c')
  await answered
  await expectCall(desk, 'talking')
  await expectHears(desk)

  const pressed = telephone.event('CALL_DTMF_START')
  await desk.keyboard.press('k')
  await desk.keyboard.press('7')
  expect((await pressed).param).toBe('7')
  await desk.keyboard.press('k')

  await desk.keyboard.press('h')
  await expectCall(desk, 'held')
  await desk.keyboard.press('h')
  await expectCall(desk, 'talking')
  await expectHears(desk)
  const closed = telephone.event('CALL_CLOSED')
  await telephone.command('hangup')
  await closed
  await expectCall(desk, 'ended')
  await say(desk, /No answer/)
})

test('[SIP-9] the telephone is busy, alice declines, a caller gives up: each side is told', async ({
  desk,
  lab,
  house,
  admin,
}) => {
  const { telephone } = lab
  await telephone.command('answermode', 'manual')
  await customerInHand(desk)
  const rings = telephone.event('CALL_INCOMING')
  await desk.keyboard.press('c')
  await rings
  await telephone.command('hangup')
  await expectCall(desk, 'ended')
  await expect.poll(async () => (await lastCall(house, admin)).hangupCause).toBe('busy')
  await say(desk, /No answer/)
  await telephone.command('answermode', 'auto')

  const dials = () => telephone.command('dial', `sip:${DID}@127.0.0.1`)
  const declined = telephone.event('CALL_CLOSED')
  await dials()
  await expectCall(desk, 'ringing-in')
  await desk.keyboard.press('Escape')
  expect((await declined).param).toContain('603')

  await dials()
  await expectCall(desk, 'ringing-in')
  await telephone.command('hangup')
  await expect(desk.locator('.phone[data-call]')).not.toHaveAttribute('data-call', 'ringing-in')
  await expect
    .poll(async () => lastCall(house, admin))
    .toMatchObject({
      direction: 'incoming',
      other: '+15551230000',
      agentName: 'Alice Moreno',
      hangupCause: 'cancelled',
    })
})

test('[SIP-9] a number nobody has is refused at once', async ({ lab, trunkId: _ready }) => {
  const closed = lab.telephone.event('CALL_CLOSED')
  await lab.telephone.command('dial', 'sip:+15558880000@127.0.0.1')
  expect((await closed).param).toContain('404')
})

test('[SIP-9] the SBC is killed and started: within 5 s the trunk is registered and takes calls', async ({
  desk,
  lab,
  house,
  admin,
  trunkId,
}) => {
  // one connection through all of the above
  expect((await stateOf(house, admin, trunkId)).since).toBe(connectedAt)
  await lab.sbc.kill()
  await expectPhase(house, admin, trunkId, 'waiting')
  expect((await stateOf(house, admin, trunkId)).fault?.code).toMatch(/closed|unreachable/)
  // long enough for the tries to be as far apart as they get
  await desk.waitForTimeout(8_000)
  await lab.sbc.start()
  await expectPhase(house, admin, trunkId, 'registered', 5_000)

  const answered = lab.telephone.event('CALL_ESTABLISHED')
  await lab.telephone.command('dial', `sip:${DID}@127.0.0.1`)
  await expectCall(desk, 'ringing-in')
  await desk.keyboard.press('Enter')
  await answered
  await expectHears(desk)
  await desk.keyboard.press('Shift+E')
  await expectCall(desk, 'ended')
})

test('[SIP-9] a second trunk takes the call when the first fails it, or is down', async ({
  desk,
  lab,
  house,
  admin,
}) => {
  const { telephone } = lab
  await lab.spare.start()
  const spare = await connect(house, admin, {
    ...trunkAt(lab.spare.url),
    name: 'Spare',
    order: 2,
    callerNumber: '+15558886666',
  })
  await customerInHand(desk)

  const throughSpare = async () => {
    const answered = telephone.event('CALL_ESTABLISHED')
    await desk.keyboard.press('o')
    await desk.keyboard.type(`+${OUT_OF_ORDER}12`)
    await desk.keyboard.press('Enter')
    expect((await answered).peeruri).toBe(`sip:+15558886666@${DOMAIN}`)
    await expectCall(desk, 'talking')
    await expectHears(desk)
    expect((await stateOf(house, admin, spare.id)).calls).toBe(1)
    const closed = telephone.event('CALL_CLOSED')
    await desk.keyboard.press('Shift+E')
    await closed
    await expectCall(desk, 'ended')
  }
  await throughSpare() // 503 from the first
  await lab.sbc.kill()
  await throughSpare() // the first has no connection
})
