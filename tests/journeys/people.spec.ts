import type { Page } from '@playwright/test'
import type { House } from '../support/house'
import { card, goAvailable, nextCustomer } from './desks'
import { api, expect, newContext, signIn, test, token } from './fixtures'
import { Programs } from './pools'

test.use({ file: 'people' })

const NEXT_PASSWORD = 'three words of mine'

/** As an administrator does it: a name is enough; what is generated is read once. */
async function addAgent(page: Page, name: string): Promise<{ username: string; password: string }> {
  await page.goto('/people')
  await page.getByRole('button', { name: 'New person' }).click()
  const sheet = page.getByRole('dialog')
  await sheet.getByLabel('Full name').fill(name)
  await sheet.getByRole('button', { name: 'Add the person' }).click()
  const shown = page.getByRole('dialog', { name: `${name} can sign in now` })
  const read = (label: string) => shown.getByRole('group', { name: label }).innerText()
  const credentials = { username: await read('Username'), password: await read('Password') }
  await page.keyboard.press('Escape')
  await expect(shown, 'a password shown once is not closed by accident').toBeVisible()
  await shown.getByRole('button', { name: 'I have handed it over' }).click()
  await expect(shown).toBeHidden()
  return credentials
}
/** A first sign-in: the given password lets in only to the choice of an own one. */
async function firstSignIn(page: Page, house: House, given: { username: string; password: string }): Promise<void> {
  await signIn(page, house, given.username, given.password)
  await choosePassword(page, given)
}
async function choosePassword(page: Page, given: { password: string }): Promise<void> {
  await page.waitForURL('**/password')
  await page.getByLabel('The password you were given').fill(given.password)
  await page.getByLabel('New password').fill(NEXT_PASSWORD)
  await page.getByRole('button', { name: 'Save and go on' }).click()
  await page.waitForURL('**/desk')
}

test('[AUTH-2] a new agent gets credentials shown once, and changes them at the first sign-in', async ({
  browser,
  house,
  person,
}) => {
  const admin = await person('admin')
  const given = await addAgent(admin, 'Erin Solís')
  expect(given.username).toBe('erin.solis')
  await expect(admin.getByText('Password not chosen yet')).toBeVisible()

  const context = await newContext(browser, house)
  const erin = await context.newPage()
  await signIn(erin, house, given.username, given.password)
  await erin.waitForURL('**/password')
  await erin.goto('/desk')
  await erin.waitForURL('**/password')
  await choosePassword(erin, given)

  const old = await api(house, '', 'POST', '/api/tokens', given)
  expect(old.status, 'the given password no longer works').toBe(401)
  await token(house, given.username, NEXT_PASSWORD)
  await context.close()
})

test('[AUTH-2] a disabled agent is signed out everywhere at once, and the customer in hand is free', async ({
  browser,
  house,
  person,
}) => {
  const programs = await Programs.of(house)
  const poolId = await programs.onlyPool('Freed', 3)
  const admin = await person('admin')
  const given = await addAgent(admin, 'Finn Mole')

  const [one, two] = [await newContext(browser, house), await newContext(browser, house)]
  const [desk, settings] = [await one.newPage(), await two.newPage()]
  await firstSignIn(desk, house, given)
  const mine = await token(house, given.username, NEXT_PASSWORD)
  await api(house, mine, 'PATCH', '/api/me', { dialWith: 'handset' })
  await signIn(settings, house, given.username, NEXT_PASSWORD)
  await settings.goto('/settings')
  await goAvailable(desk)
  await nextCustomer(desk)
  await expect(card(desk)).toBeVisible()
  expect((await programs.stats(poolId)).leased).toBe(1)

  await admin.goto('/people')
  await admin.getByRole('button', { name: 'Actions for Finn Mole' }).click()
  await admin.getByRole('menuitem', { name: 'Switch off' }).click()
  await expect(admin.getByText('Finn Mole is switched off')).toBeVisible()

  expect((await api(house, mine, 'GET', '/api/me')).status, 'programs of his are out').toBeGreaterThanOrEqual(401)
  await desk.waitForURL('**/sign-in**')
  await settings.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await settings.waitForURL('**/sign-in**')
  await expect.poll(async () => (await programs.stats(poolId)).leased).toBe(0)

  await settings.locator('input[name=username]').fill(given.username)
  await settings.locator('input[name=password]').fill(NEXT_PASSWORD)
  await settings.locator('button[type=submit]').click()
  await expect(settings.getByText('This account is switched off. Ask an administrator.')).toBeVisible()

  await admin.getByRole('button', { name: 'Actions for Finn Mole' }).click()
  await admin.getByRole('menuitem', { name: 'Switch on again' }).click()
  await expect(admin.getByText('Finn Mole can sign in again')).toBeVisible()
  await signIn(settings, house, given.username, NEXT_PASSWORD)
  await Promise.all([one.close(), two.close()])
})

test('[AUTH-3] a second person in one browser is told so, and a private window is suggested', async ({
  browser,
  house,
}) => {
  const context = await newContext(browser, house)
  const [first, second] = [await context.newPage(), await context.newPage()]
  await second.goto('/sign-in')
  await second.locator('input[name=username]').fill('bob')
  await signIn(first, house, 'alice')
  await second.locator('input[name=password]').fill('journey-password-1')
  await second.locator('button[type=submit]').click()
  await expect(second.getByText(/private window/)).toBeVisible()
  await second.getByRole('button', { name: 'Sign in here instead' }).click()
  await second.waitForURL('**/desk')
  await context.close()
})

test('[AUTH-1] a page one may not see says who can grant it', async ({ person }) => {
  const alice = await person('alice', { path: '/people' })
  await expect(alice.getByRole('heading', { name: 'This page is not open to you' })).toBeVisible()
  await expect(alice.getByText(/An administrator can change it/)).toBeVisible()
  await expect(alice.getByRole('navigation').getByRole('link', { name: 'People' })).toHaveCount(0)
})
