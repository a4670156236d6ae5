import path from 'node:path'
import { tmpdir } from 'node:os'
import type { Page } from '@playwright/test'
import type { Trunk, TrunkState } from '../../shared/protocol/trunks'
import { api, expect, PASSWORD as PEOPLES_PASSWORD, test as base, token } from '../journeys/fixtures'
import { expectCall, expectHears, openDesk, takeCustomer } from '../journeys/telephones'
import { CHROMIUM_FLAGS, findChromium } from '../support/chromium'
import { startHouse, type House } from '../support/house'
import { DOMAIN, MICROPHONE_TONE, PASSWORD, PHONE_TONE, startLab, type Lab } from './lab'
import { shareOfTone, writeTone } from './sound'

/** SIP-9, to a real telephone: browser → AgentRoom → CallRoom → TrunkRoom → Kamailio → baresip, and back. */
const DID = '+15558887777'
const microphone = path.join(tmpdir(), `switchroom-microphone-${process.pid}.wav`)
writeTone(microphone, MICROPHONE_TONE, 10, { rate: 48_000, bursts: true })

type Shared = { house: House; lab: Lab; admin: string; trunkId: string; desk: Page }
const test = base.extend<object, Omit<Shared, 'house'> & { house: House }>({
  house: [
    async ({}, use) => {
      const house = await startHouse({ demo: true, password: PEOPLES_PASSWORD })
      await use(house)
      await house.stop()
    },
    { scope: 'worker', timeout: 240_000 },
  ],
  lab: [
    async ({}, use) => {
      const lab = await startLab()
      await use(lab)
      await lab.stop()
    },
    { scope: 'worker' },
  ],
  admin: [async ({ house }, use) => use(await token(house, 'admin')), { scope: 'worker' }],
  trunkId: [
    async ({ house, lab, admin }, use) => {
      const { items } = (await api<{ items: { id: string; username: string }[] }>(house, admin, 'GET', '/api/users'))
        .body
      const alice = items.find(({ username }) => username === 'alice')!
      const made = await connect(house, admin, {
        ...trunkAt(lab.sbc.url),
        numbers: [{ number: DID, userId: alice.id }],
      })
      await use(made.id)
    },
    { scope: 'worker' },
  ],
  /** Alice's desk, available. */
  desk: [
    async ({ browser, house, trunkId: _ready }, use) => {
      const context = await browser.newContext({ baseURL: house.url, locale: 'en-GB', permissions: ['microphone'] })
      const page = await context.newPage()
      await page.goto(`${house.url}/sign-in`)
      await page.locator('input[name=username]').fill('alice')
      await page.locator('input[name=password]').fill(PEOPLES_PASSWORD)
      await page.locator('button[type=submit]').click()
      await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
      await openDesk(page, house)
      await use(page)
      await context.close()
    },
    { scope: 'worker' },
  ],
})
test.use({
  launchOptions: {
    executablePath: findChromium(),
    args: [...CHROMIUM_FLAGS, `--use-file-for-fake-audio-capture=${microphone}`],
    ignoreDefaultArgs: ['--mute-audio'],
  },
})
test.describe.configure({ mode: 'serial' })

const trunkAt = (url: string) => ({
  name: 'Lab',
  url,
  domain: DOMAIN,
  username: 'switchroom',
  password: PASSWORD,
  callerNumber: DID,
})
async function connect(house: House, admin: string, trunk: object): Promise<Trunk> {
  const made = await api<Trunk>(house, admin, 'POST', '/api/trunks', trunk)
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  await expectPhase(house, admin, made.body.id, 'registered')
  return made.body
}
const trunksOf = async (house: House, admin: string) =>
  (await api<{ items: Trunk[] }>(house, admin, 'GET', '/api/trunks')).body.items
const stateOf = async (house: House, admin: string, id: string): Promise<TrunkState> =>
  (await trunksOf(house, admin)).find((trunk) => trunk.id === id)!.state
const expectPhase = (house: House, admin: string, id: string, phase: TrunkState['phase'], timeout = 10_000) =>
  expect.poll(async () => (await stateOf(house, admin, id)).phase, { timeout, intervals: [50] }).toBe(phase)

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

/** How loud a pitch is in what the page plays, against what is beside it, in decibels. */
const pitch = (desk: Page, hertz: number) =>
  desk.evaluate(async (hertz) => {
    const { connections } = globalThis as unknown as { connections: RTCPeerConnection[] }
    const track = connections.at(-1)!.getReceivers()[0]!.track
    const context = new AudioContext()
    const analyser = context.createAnalyser()
    analyser.fftSize = 4096
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser)
    await new Promise((resolve) => setTimeout(resolve, 400))
    const bins = new Float32Array(analyser.frequencyBinCount)
    analyser.getFloatFrequencyData(bins)
    await context.close()
    const at = (f: number) => Math.max(...bins.slice(Math.round((f / context.sampleRate) * 4096) - 2).slice(0, 5))
    return at(hertz) - at(hertz * 2.7)
  }, hertz)

test('[SIP-9] alice calls her customer: the telephone rings, answers, and each hears the other', async ({
  desk,
  lab,
  house,
  admin,
  trunkId,
}) => {
  const { telephone } = lab
  await takeCustomer(desk)
  const dialled = (await desk.locator('.phone .number bdi').innerText()).replace(/\D/g, '')
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
