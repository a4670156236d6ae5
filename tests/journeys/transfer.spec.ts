import type { Page } from '@playwright/test'
import { api, expect, test as base, token } from './fixtures'
import {
  expectCall,
  expectHears,
  heardDuring,
  openDesk,
  openTelephone,
  takeCustomer,
  type Telephone,
} from './telephones'

/** Alice talks to a customer; bob is at his desk. */
type Cast = { telephone: Telephone; alice: Page; bob: Page }
const test = base.extend<{ cast: Cast }>({
  cast: async ({ browser, house, person }, use) => {
    const telephone = await openTelephone(browser, house)
    const [alice, bob] = await Promise.all([person('alice'), person('bob')])
    await openDesk(bob, house)
    await openDesk(alice, house)
    await takeCustomer(alice)
    await alice.keyboard.press('c')
    await telephone.state('ringing-in')
    await telephone.answer()
    await expectCall(alice, 'talking')
    await Promise.all([expectHears(alice), expectHears(telephone.page)])
    await use({ telephone, alice, bob })
    await telephone.close()
    // what came of them is hers to say, whoever talked last
    await expect(alice.locator('body')).toHaveAttribute('data-state', 'wrap-up')
    await alice.getByRole('radio', { name: /No answer/ }).click()
    await alice.getByRole('button', { name: /^Save/ }).click()
    await expect(alice.locator('[data-unsent="0"]')).toBeVisible()
  },
})
test.use({ file: 'transfer' })

const customer = (page: Page) => page.locator('[data-lease] h1').innerText()
async function askFirst({ alice, bob }: Cast): Promise<void> {
  await alice.keyboard.press('t')
  await alice.keyboard.type('102')
  await alice.keyboard.press('Enter')
  await expectCall(bob, 'ringing-in')
  await expect(alice.locator('[data-beside]')).toHaveAttribute('data-beside', 'held')
  await bob.keyboard.press('Enter')
  await Promise.all([expectCall(alice, 'talking'), expectCall(bob, 'talking')])
}

test('[PHONE-4, SIP-5] transferred blind: bob sees who it is and from whom, and they hear each other', async ({
  cast,
}) => {
  const { alice, bob, telephone } = cast
  const name = await customer(alice)
  await alice.keyboard.press('t')
  await alice.keyboard.type('102')
  await alice.getByRole('button', { name: /Transfer now/ }).click()
  await expectCall(bob, 'ringing-in')
  await expect(alice.locator('.phone').getByText(/is ringing/)).toBeVisible()
  await expect(bob.locator('.phone .who')).toHaveText(name)
  await expect(bob.locator('.phone').getByText('from Alice Moreno')).toBeVisible()
  // until he answers, she talks on
  await expectHears(telephone.page)
  await bob.keyboard.press('Enter')
  await expectCall(alice, 'ended')
  await expect(alice.locator('.phone').getByText(/Transferred to/)).toBeVisible()
  await Promise.all([expectHears(bob), expectHears(telephone.page)])
  await bob.keyboard.press('Shift+E')
  await telephone.state('ended')
})

test('[PHONE-4, SIP-5] asked first: two calls, swapped, and then the two are connected', async ({ cast }) => {
  const { alice, bob, telephone } = cast
  const name = await customer(alice)
  await askFirst(cast)
  await Promise.all([expectHears(alice), expectHears(bob)])
  await expect.poll(async () => (await heardDuring(telephone.page, 1_000)).energyIn).toBeLessThan(0.0005)
  await alice.keyboard.press('w')
  await expect(alice.locator('.phone .who')).toHaveText(name)
  await expectHears(telephone.page)
  await alice.keyboard.press('w')
  await expect(alice.locator('.phone .who')).toHaveText('Bob Okafor')
  await expectHears(bob)
  await alice.keyboard.press('t')
  await expectCall(alice, 'ended')
  await expect(bob.locator('.phone .who')).toHaveText(name)
  await Promise.all([expectHears(bob), expectHears(telephone.page)])
  await telephone.hangUp()
  await expectCall(bob, 'ended')
})

test('[PHONE-4] all together: each hears the two others, and when one goes the two talk on', async ({ cast }) => {
  const { alice, bob, telephone } = cast
  await askFirst(cast)
  await alice.keyboard.press('g')
  await expect(alice.locator('.phone').getByText('Conference of three')).toBeVisible()
  await Promise.all([expectHears(alice), expectHears(bob), expectHears(telephone.page)])
  // she is mute: what they hear now is each other
  await alice.keyboard.press('m')
  await expect(alice.getByRole('button', { name: 'Muted' })).toBeVisible()
  await Promise.all([expectHears(bob), expectHears(telephone.page)])
  await alice.keyboard.press('m')
  await bob.keyboard.press('Shift+E')
  await expect(alice.locator('[data-beside]')).toBeHidden()
  await expectCall(alice, 'talking')
  await Promise.all([expectHears(alice), expectHears(telephone.page)])
  await alice.keyboard.press('Shift+E')
  await expectCall(alice, 'ended')
})

test('[SIP-4] an order from the floor brings alice’s two calls together, and apart again', async ({ cast, house }) => {
  const { alice, bob, telephone } = cast
  await askFirst(cast)
  const carol = await token(house, 'supervisor')
  type Floor = { calls: { callId: string; direction: string; endedAt: number | null }[] }
  const { calls } = (await api<Floor>(house, carol, 'GET', '/api/floor/main')).body
  const { callId } = calls.find(({ direction, endedAt }) => direction === 'outgoing' && endedAt === null)!
  const order = (method: string, body?: unknown) => api(house, carol, method, `/api/calls/${callId}/merge`, body)

  expect(await order('POST', {})).toMatchObject({ status: 202 })
  await expect(alice.locator('.phone').getByText('Conference of three')).toBeVisible()
  await Promise.all([expectHears(alice), expectHears(bob), expectHears(telephone.page)])

  expect(await order('DELETE')).toMatchObject({ status: 202 })
  await expect(alice.locator('[data-beside]')).toHaveAttribute('data-beside', 'held')
  await expectCall(alice, 'talking')
  // she ends the one in hand, and the other goes on
  await alice.keyboard.press('Shift+E')
  await expectCall(bob, 'ended')
  await expect(alice.locator('[data-beside]')).toBeHidden()
  await Promise.all([expectHears(alice), expectHears(telephone.page)])
  await alice.keyboard.press('Shift+E')
  await expectCall(alice, 'ended')
})
