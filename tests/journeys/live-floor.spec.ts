import type { Page } from '@playwright/test'
import { api, expect, test, token } from './fixtures'
import { expectCall, openDesk, openTelephone, takeCustomer } from './telephones'

test.use({ file: 'live-floor' })

/** The promise of FLOOR-1: what the agent's own screen shows, the supervisor's shows within a second. */
const WITHIN = { timeout: 1_000 }

const cardOf = (floor: Page, agent: string) => floor.locator('[data-agent]').filter({ hasText: agent })
const pool = (floor: Page) => floor.locator('[data-pool]').first()
const inHand = async (floor: Page) => Number(/In hand: (\d+)/.exec(await pool(floor).innerText())![1])
const attemptsToday = async (floor: Page) =>
  Number(/of (\d+) attempts/.exec(await floor.locator('dl').first().innerText())![1])
const filter = (floor: Page, name: RegExp) =>
  floor.getByRole('group', { name: 'Which agents' }).getByRole('button', { name }).click()

/** Something a reload would wipe away. */
const mark = (page: Page) => page.evaluate(() => Object.assign(globalThis, { neverReloaded: true }))
const wasNeverReloaded = (page: Page) => page.evaluate(() => 'neverReloaded' in globalThis)

test('[FLOOR-1] the supervisor sees an agent’s state, customer, call and the pool’s counts change as they happen', async ({
  browser,
  house,
  person,
}) => {
  const telephone = await openTelephone(browser, house)
  const floor = await person('supervisor', { path: '/floor' })
  await expect(floor.getByText(/^Live, /).first()).toBeAttached()
  await mark(floor)
  const desk = await person('alice')
  await openDesk(desk, house)
  const card = cardOf(floor, 'Alice Moreno')
  await expect(card).toContainText('Available', WITHIN)

  const before = await inHand(floor)
  const tried = await attemptsToday(floor)
  await takeCustomer(desk)
  const customer = (await desk.locator('[data-lease] h1').innerText()).trim()
  await expect(card).toContainText('With a customer', WITHIN)
  await expect(card).toContainText(customer, WITHIN)
  await expect.poll(() => inHand(floor), WITHIN).toBe(before + 1)

  await desk.keyboard.press('c')
  await expectCall(desk, 'ringing-out')
  const row = floor.locator('[data-call]').filter({ hasText: customer })
  await expect(row).toContainText('Ringing', WITHIN)
  await telephone.answer()
  await expectCall(desk, 'talking')
  await expect(card).toContainText('On call', WITHIN)
  await expect(row).toContainText('Talking', WITHIN)

  await test.step('and ends the call from the floor', async () => {
    await card.click()
    const lens = floor.getByRole('group', { name: /Alice Moreno/ })
    await expect(lens).toContainText(customer)
    await lens.getByRole('button', { name: 'Hold' }).click()
    await expect(row).toContainText('On hold')
    await lens.getByRole('button', { name: 'End call' }).click()
    await floor.getByRole('dialog').getByRole('button', { name: 'End call' }).click()
    await expectCall(desk, 'ended')
    await telephone.state('ended')
    await expect(card).toContainText('Wrap-up')
    await floor.getByRole('tab', { name: /^Ended/ }).click()
    await expect(row).toContainText('Answered')
  })

  await desk.keyboard.press('Escape')
  await desk.getByRole('radio', { name: /No answer/ }).click()
  await desk.getByRole('button', { name: /^Save/ }).click()
  await expect.poll(() => attemptsToday(floor)).toBe(tried + 1)
  expect(await wasNeverReloaded(floor)).toBe(true)
  await telephone.close()
})

test('[FLOOR-2] the supervisor frees a customer whom an agent left behind', async ({ house, person }) => {
  const floor = await person('supervisor', { path: '/floor' })
  await expect(pool(floor)).toBeVisible()
  const bob = await token(house, 'bob')
  await api(house, bob, 'PATCH', '/api/me', { dialWith: 'handset' })
  await api(house, bob, 'PUT', '/api/me/state', { state: 'available' })
  const pulled = await api<{ customer: { name: string } }>(house, bob, 'POST', '/api/pulls', {})
  const { name } = pulled.body.customer
  await expect(cardOf(floor, 'Bob Okafor')).toContainText(name)
  const before = await inHand(floor)

  await api(house, bob, 'PUT', '/api/me/state', { state: 'not-ready', reason: 'lunch' })
  await expect(cardOf(floor, 'Bob Okafor')).toContainText('Left a customer held')
  await filter(floor, /^Needs you/)
  await expect(floor.locator('[data-agent]').first()).toContainText('Bob Okafor')

  const alarm = floor
    .getByRole('listitem')
    .filter({ hasText: 'Left a customer held' })
    .filter({ has: floor.getByRole('button', { name: 'Release' }) })
  await alarm.getByRole('button', { name: 'Release' }).click()
  const sheet = floor.getByRole('dialog', { name: `Release ${name}?` })
  await sheet.getByRole('button', { name: 'Release' }).click()

  await expect(floor.getByText(`${name} is free again`)).toBeVisible()
  await expect.poll(() => inHand(floor)).toBe(before - 1)
  await expect(alarm).toHaveCount(0)
  const again = await api<{ lease: unknown }>(house, bob, 'GET', '/api/me/current')
  expect(again.body?.lease ?? null).toBeNull()
})

test('[LOOK-4] arrows choose an agent; nobody moves while one is chosen by the keyboard', async ({ house, person }) => {
  const floor = await person('supervisor', { path: '/floor' })
  await filter(floor, /^All/)
  for (const who of ['alice', 'bob']) {
    const program = await token(house, who)
    await api(house, program, 'PATCH', '/api/me', { dialWith: 'handset' })
    await api(house, program, 'PUT', '/api/me/state', { state: 'available' })
  }
  await expect(cardOf(floor, 'Bob Okafor')).toContainText('Available')
  const cards = floor.locator('[data-agent]')
  const names = () => cards.locator('b').allInnerTexts()
  await cards.first().focus()
  const order = await names()
  await floor.keyboard.press('ArrowRight')
  await expect(cards.nth(1)).toBeFocused()
  await expect(cards.nth(1)).toHaveAttribute('aria-pressed', 'true')

  const alice = await token(house, 'alice')
  await api(house, alice, 'PUT', '/api/me/state', { state: 'not-ready', reason: 'break' })
  await expect(cardOf(floor, 'Alice Moreno')).toContainText('Not ready')
  expect(await names()).toEqual(order)
  await floor.keyboard.press('Escape')
  await expect(floor.locator('[aria-pressed=true][data-agent]')).toHaveCount(0)
})
