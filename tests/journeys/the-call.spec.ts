import { chromium, type Browser, type Page } from '@playwright/test'
import { CHROMIUM_FLAGS, findChromium } from '../support/chromium'
import { expect, newContext, signIn, test as base } from './fixtures'
import {
  expectCall,
  expectHears,
  heardDuring,
  openDesk,
  openTelephone,
  takeCustomer,
  type Telephone,
} from './telephones'

const test = base.extend<{ telephone: Telephone; desk: Page }>({
  telephone: async ({ browser, house }, use) => {
    const telephone = await openTelephone(browser, house)
    await use(telephone)
    await telephone.close()
  },
  /** Alice's desk with the next customer in hand; afterwards she says what came of them. */
  desk: async ({ person, house, telephone }, use) => {
    await telephone.state('idle')
    const desk = await person('alice')
    await openDesk(desk, house)
    await takeCustomer(desk)
    await use(desk)
    await desk.keyboard.press('Escape')
    await desk.getByRole('radio', { name: /No answer/ }).click()
    await desk.getByRole('button', { name: /^Save/ }).click()
    await expect(desk.locator('[data-unsent="0"]')).toBeVisible()
  },
})
/** A house whose telephones ring for six seconds. */
test.use({ file: 'the-call', env: { RING_SECONDS: '6' } })

const callThem = (desk: Page) => desk.keyboard.press('c')
const number = (desk: Page) => desk.locator('.phone .number bdi')

test('[PHONE-2] the customer’s telephone rings, is answered by hand, and both hear each other', async ({
  desk,
  telephone,
}) => {
  await callThem(desk)
  await expectCall(desk, 'ringing-out')
  await telephone.state('ringing-in')
  await expect(telephone.page.getByRole('heading')).toHaveText('Alice Moreno')
  const called = (await number(desk).innerText()).replace(/\D/g, '')
  await expect.poll(async () => (await telephone.page.locator('.sub').innerText()).replace(/\D/g, '')).toBe(called)

  await telephone.answer()
  await telephone.state('talking')
  await expectCall(desk, 'talking')
  await Promise.all([expectHears(desk), expectHears(telephone.page)])
  await expect(desk.getByText(/^(Clear|Good), MOS \d/)).toBeVisible()

  await desk.getByRole('button', { name: 'End call' }).click()
  await expectCall(desk, 'ended')
  await expect(desk.getByText('You ended the call')).toBeVisible()
  await telephone.state('ended')

  // [PHONE-7] how it sounded stands with the call
  const legs = async () => {
    const page = await desk.request.get('/api/calls')
    return ((await page.json()) as { items: { legs: { mos: number; codec: string }[] }[] }).items[0]?.legs
  }
  await expect.poll(legs).toEqual([expect.objectContaining({ codec: 'opus' })])
})

test('[PHONE-2] the telephone answers by itself with a sample voice', async ({ desk, telephone }) => {
  await telephone.answerByItself()
  await callThem(desk)
  await expectCall(desk, 'talking')
  await expect(telephone.page.getByText('The sample voice is speaking')).toBeVisible()
  await expectHears(desk)
  await expectHears(telephone.page, 0.000001)
  await desk.keyboard.press('Shift+E')
  await expectCall(desk, 'ended')
})

test('[PHONE-4] mute, hold, keys, and the customer hangs up', async ({ desk, telephone }) => {
  await callThem(desk)
  await telephone.state('ringing-in')
  await telephone.answer()
  await expectHears(telephone.page)

  await desk.keyboard.press('m')
  await expect(desk.getByRole('button', { name: 'Muted' })).toHaveAttribute('aria-pressed', 'true')
  await expect.poll(async () => (await heardDuring(telephone.page, 700)).energyIn).toBeLessThan(0.0005)
  await desk.keyboard.press('m')
  await expectHears(telephone.page)

  await desk.keyboard.press('h')
  await expectCall(desk, 'held')
  await expect(telephone.page.getByText('You are on hold')).toBeVisible()
  // Held is silence both ways: nothing of the microphone leaves, nothing of the customer arrives.
  await expect.poll(async () => (await heardDuring(telephone.page, 700)).energyIn).toBeLessThan(0.0005)
  await expect.poll(async () => (await heardDuring(desk, 700)).received).toBeLessThan(5)
  await desk.keyboard.press('h')
  await expectCall(desk, 'talking')
  await Promise.all([expectHears(desk), expectHears(telephone.page)])

  const tones = desk.evaluate(
    () =>
      new Promise<string>((done) => {
        const { connections } = globalThis as typeof globalThis & { connections: RTCPeerConnection[] }
        const sender = connections.at(-1)!.getSenders()[0]!.dtmf!
        let sent = ''
        sender.addEventListener('tonechange', (event) => (event.tone === '' ? done(sent) : (sent += event.tone)))
      }),
  )
  await desk.keyboard.press('k')
  await desk.keyboard.type('42#')
  await expect(desk.locator('.phone .tones')).toHaveText('42#')
  expect(await tones).toBe('42#')
  await desk.keyboard.press('Escape')

  await telephone.hangUp()
  await expectCall(desk, 'ended')
  await expect(desk.getByText('They hung up')).toBeVisible()
})

test('[PHONE-2] declined, busy, not answered, and given up while it rings', async ({ desk, telephone }) => {
  await callThem(desk)
  await telephone.state('ringing-in')
  await telephone.decline()
  await expectCall(desk, 'ended')
  await expect(desk.locator('.phone').getByText('Declined')).toBeVisible()

  await callThem(desk)
  await telephone.state('ringing-in')
  await telephone.sayBusy()
  await expect(desk.locator('.phone').getByText('Busy')).toBeVisible()

  await callThem(desk)
  await telephone.state('ringing-in')
  await expect(desk.locator('.phone').getByText('No answer')).toBeVisible({ timeout: 15_000 })
  await telephone.state('ended')

  await callThem(desk)
  await telephone.state('ringing-in')
  await desk.getByRole('button', { name: 'Stop calling' }).click()
  await expect(desk.getByText('You stopped calling')).toBeVisible()
  await expect(telephone.page.getByText('Missed call')).toBeVisible()
})

test('[PHONE-5] a call without a microphone connects all the same, and says so', async ({ house, telephone }) => {
  const browser = await deafMute()
  const desk = await (await newContext(browser, house, { permissions: [] })).newPage()
  await signIn(desk, house, 'bob')
  await openDesk(desk, house)
  await expect(desk.locator('[data-line]').first()).toHaveText('Line good, no microphone')
  await takeCustomer(desk)
  await callThem(desk)
  await telephone.state('ringing-in')
  await telephone.answer()
  await expectCall(desk, 'talking')
  await expect(desk.getByText(/they cannot hear you/)).toBeVisible()
  await expectHears(desk)
  expect((await heardDuring(telephone.page, 700)).energyIn).toBeLessThan(0.0005)
  await desk.keyboard.press('Shift+E')
  await telephone.state('ended')
  await browser.close()
})

/** A Chromium that has no microphone at all. */
const deafMute = (): Promise<Browser> =>
  chromium.launch({
    executablePath: findChromium(),
    args: CHROMIUM_FLAGS.filter((flag) => flag !== '--use-fake-device-for-media-stream'),
    ignoreDefaultArgs: ['--mute-audio'],
  })
