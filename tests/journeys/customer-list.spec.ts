import type { Page } from '@playwright/test'
import { expect, POOLS, test } from './fixtures'
import { card, goAvailable, nameOf, nextCustomer, say } from './desks'
import { Programs } from './pools'

test.use(POOLS)

const monthsAgo = (months: number) => {
  const then = new Date()
  then.setUTCMonth(then.getUTCMonth() - months, 1)
  return then.toISOString().slice(0, 10)
}
const orderOf = (page: Page) =>
  page.locator('[data-entry]').evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.entry))

test('[POOL-21] [POOL-22] an agent takes a customer by name, and a colleague sees who has them', async ({
  person,
  house,
}) => {
  const programs = await Programs.of(house)
  const lastSeen = { 1: monthsAgo(9), 3: monthsAgo(4) }
  const poolId = await programs.onlyPool('Old contacts', 4, { listMode: true, lastSeen })
  await programs.ask('PATCH', `/api/pools/${poolId}`, { members: 'everyone' })
  const alice = await person('alice', { path: '/desk' })
  await goAvailable(alice)
  await alice.getByRole('link', { name: 'Choose from the list' }).click()
  const rows = alice.locator('[data-entry]')
  await expect(rows).toHaveCount(4)
  const bob = await person('bob', { path: '/list', viewport: { width: 360, height: 740 }, locale: 'ar' })
  await expect(bob.locator('[data-entry]')).toHaveCount(4)

  // by keyboard alone: to the first Take, down to the second
  await rows.first().getByRole('button').focus()
  await alice.keyboard.press('ArrowDown')
  await alice.keyboard.press('Enter')
  await expect(card(alice)).toBeVisible()
  expect(await nameOf(alice)).toBe('Erin 002')
  await expect(bob.locator('[data-entry="2"]')).toHaveAttribute('data-taken', /Alice/)
  await expect(bob.locator('[data-entry="2"]').getByRole('button')).toHaveCount(0)

  await say(alice, '5')
  await expect(bob.locator('[data-entry="2"]')).not.toHaveAttribute('data-taken')
  // No answer ranks before Untouched: the one who was called stands first
  await bob.reload()
  await expect.poll(() => orderOf(bob)).toEqual(['2', '1', '3', '4'])

  // who was not seen for months is set aside: behind the others, and said so
  const carol = await person('supervisor', { path: `/pools/${poolId}` })
  await carol.getByRole('switch', { name: 'Ageing' }).click()
  const ran = carol.waitForResponse((reply) => reply.url().endsWith('/ageing') && reply.request().method() === 'POST')
  await carol.getByRole('button', { name: 'Age now' }).click()
  expect((await ran).status()).toBe(202)
  await carol.getByRole('link', { name: 'Open the list' }).click()
  await expect.poll(() => orderOf(carol)).toEqual(['2', '4', '3', '1'])
  await expect(carol.locator('[data-entry="3"]')).toContainText('Does not exist')
  await expect(carol.locator('[data-entry="1"]')).toContainText('No contact')
})

test('[POOL-23] two people edit one customer: seen live, taken over, nothing that was typed is lost', async ({
  person,
  house,
}) => {
  const programs = await Programs.of(house)
  const poolId = await programs.onlyPool('Edited together', 1)
  await programs.ask('PATCH', `/api/pools/${poolId}`, { members: 'everyone' })
  const alice = await person('alice', { path: '/desk' })
  await goAvailable(alice)
  await nextCustomer(alice)
  const carol = await person('supervisor', { path: `/pools/${poolId}/entries/1` })
  await expect(carol.getByRole('heading', { name: 'Erin 001' })).toBeVisible()

  await alice.locator('[data-edit-customer]').click()
  await alice.getByLabel('Notes').fill('has a dog')
  await expect(carol.getByText(/Alice.* is editing since/)).toBeVisible()

  await carol.getByRole('button', { name: 'Edit', exact: true }).click()
  await expect(carol.getByRole('button', { name: 'Save' })).toHaveAttribute('aria-disabled', 'true')
  await carol.getByRole('button', { name: 'Take over' }).click()
  await expect(alice.getByText(/took over at/)).toBeVisible()
  await expect(alice.getByLabel('Notes')).toHaveValue('has a dog')
  await expect(alice.getByRole('button', { name: 'Save', exact: true })).toHaveAttribute('aria-disabled', 'true')

  await carol.getByLabel('E-mail').fill('erin@example.org')
  await carol.getByRole('button', { name: 'Save' }).click()
  // she is done: the form is Alice's again, with what Carol changed in it
  await expect(alice.getByText(/took over at/)).toHaveCount(0)
  await expect(alice.getByLabel('E-mail')).toHaveValue('erin@example.org')
  await expect(alice.getByLabel('Notes')).toHaveValue('has a dog')
  await alice.getByRole('button', { name: 'Save', exact: true }).click()

  await expect(carol.getByText('has a dog')).toHaveCount(2)
  await expect(carol.getByRole('listitem')).toContainText([/Notes.*has a dog/, /E-mail.*erin@example.org/])
})
