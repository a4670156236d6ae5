import type { Page } from '@playwright/test'
import { expect, test } from './fixtures'
import { expectCall, expectHears, openDesk } from './telephones'

test.use({ file: 'call-waiting' })

/** By a link to the number: it fills the pad also with a customer in hand, and dials nothing unasked (PHONE-2). */
async function dial(page: Page, extension: string): Promise<void> {
  await page.evaluate((number) => void (location.hash = `#call=${number}`), extension)
  const pad = page.locator('.phone input[type=tel]')
  await expect(pad).toHaveValue(extension)
  await pad.press('Enter')
}

test('[PHONE-4] while alice talks to bob carol calls: she waits, is answered while bob is held, and then bob goes on', async ({
  person,
  house,
}) => {
  const [alice, bob, carol] = await Promise.all([person('alice'), person('bob'), person('supervisor')])
  await Promise.all([alice, bob, carol].map((page) => openDesk(page, house)))
  await dial(bob, '101')
  await expectCall(alice, 'ringing-in')
  await alice.keyboard.press('Enter')
  await Promise.all([expectCall(alice, 'talking'), expectCall(bob, 'talking')])

  await dial(carol, '101')
  const waiting = alice.locator('[data-waiting]')
  await expect(waiting).toContainText('Carol Adeyemi')
  // nothing has moved: she talks on, and the caller hears it ring
  await expectCall(alice, 'talking')
  await expect(alice.locator('.phone .who')).toHaveText('Bob Okafor')
  await expect(carol.locator('.phone').getByText(/ringing/i)).toBeVisible()

  await alice.keyboard.press('a')
  await expect(alice.locator('.phone .who')).toHaveText('Carol Adeyemi')
  await Promise.all([expectCall(alice, 'talking'), expectCall(carol, 'talking')])
  await expect(alice.locator('[data-beside=held]')).toContainText('Bob Okafor')
  await Promise.all([expectHears(alice), expectHears(carol)])

  await alice.keyboard.press('Shift+E')
  await expectCall(carol, 'ended')
  await expect(alice.locator('.phone .who')).toHaveText('Bob Okafor')
  await expectCall(alice, 'talking')
  await Promise.all([expectHears(alice), expectHears(bob)])
  await bob.keyboard.press('Shift+E')
  await expectCall(alice, 'ended')
})
