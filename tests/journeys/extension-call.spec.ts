import { expect, test } from './fixtures'
import { expectCall, expectHears, openDesk } from './telephones'

test.use({ file: 'extension-call' })

test('[SIP-3] alice calls bob by his extension; both his devices ring, and one stops when the other answers', async ({
  person,
  house,
}) => {
  const [alice, laptop, tablet, floor] = await Promise.all([
    person('alice'),
    person('bob'),
    person('bob'),
    person('supervisor', { path: '/floor' }),
  ])
  await openDesk(alice, house)
  await openDesk(laptop, house)
  await openDesk(tablet, house)

  await alice.keyboard.type('102')
  await alice.keyboard.press('Enter')
  await expectCall(alice, 'ringing-out')
  await Promise.all([expectCall(laptop, 'ringing-in'), expectCall(tablet, 'ringing-in')])
  await expect(laptop.locator('.phone .who')).toHaveText('Alice Moreno')
  await expect(alice.locator('.phone .who')).toHaveText('Bob Okafor')
  await expect(alice.locator('.phone .number')).toContainText('102')

  await laptop.keyboard.press('Enter')
  await Promise.all([expectCall(alice, 'talking'), expectCall(laptop, 'talking'), expectCall(tablet, 'ended')])
  await expect(tablet.getByText('Answered on another device')).toBeVisible()
  await Promise.all([expectHears(alice), expectHears(laptop)])
  // on the floor each is with the other
  const card = (name: string) => floor.locator('[data-agent]').filter({ has: floor.locator('b', { hasText: name }) })
  await expect(card('Alice Moreno')).toContainText('Bob Okafor')
  await expect(card('Bob Okafor')).toContainText('Alice Moreno')

  await alice.keyboard.press('Shift+E')
  await Promise.all([expectCall(alice, 'ended'), expectCall(laptop, 'ended')])
  // Nobody owes a disposition for a colleague: both are free at once.
  for (const page of [alice, laptop]) {
    await expect(page.locator('body')).toHaveAttribute('data-state', 'available')
    await expect(page.getByRole('button', { name: /^Next customer/ })).toBeEnabled()
  }
})

test('[PHONE-3] bob declines with a key, and alice is told', async ({ person, house }) => {
  const [alice, bob] = await Promise.all([person('alice'), person('bob')])
  await openDesk(alice, house)
  await openDesk(bob, house)
  await alice.keyboard.type('102')
  await alice.keyboard.press('Enter')
  await expectCall(bob, 'ringing-in')
  await bob.keyboard.press('Escape')
  await expect(alice.locator('.phone').getByText('Declined')).toBeVisible()
})

test('[PHONE-10] a second tab mirrors the telephone and controls it; closing it changes nothing', async ({
  person,
  house,
}) => {
  const [alice, bob] = await Promise.all([person('alice'), person('bob')])
  await openDesk(alice, house)
  await openDesk(bob, house)
  const spare = await alice.context().newPage()
  await openDesk(spare, house)

  await bob.keyboard.type('101')
  await bob.keyboard.press('Enter')
  await Promise.all([expectCall(alice, 'ringing-in'), expectCall(spare, 'ringing-in')])
  await spare.getByRole('button', { name: 'Answer' }).click()
  await Promise.all([expectCall(alice, 'talking'), expectCall(spare, 'talking')])
  await expectHears(bob)
  await spare.close()
  await expectHears(bob)
  await expectCall(alice, 'talking')
  await bob.keyboard.press('Shift+E')
  await expectCall(alice, 'ended')
})
