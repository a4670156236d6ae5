import type { CDPSession, Page } from '@playwright/test'
import { expect, test } from './fixtures'
import { expectCall, openDesk } from './telephones'

/** A house that looks every second whether its telephones answer. */
test.use({ file: 'frozen-page', env: { CHALLENGE_SECONDS: '1' } })

/** Its main thread stops where it is, as of a page that was frozen or hangs; the browser keeps its sockets open. */
async function standStill(page: CDPSession): Promise<void> {
  await page.send('Debugger.enable')
  const stands = new Promise((stopped) => page.once('Debugger.paused', stopped))
  void page.send('Runtime.evaluate', { expression: 'debugger' }).catch(() => undefined)
  await stands
}

const cardOf = (floor: Page, agent: string) => floor.locator('[data-agent]').filter({ hasText: agent })

test('[PHONE-8] an available agent whose page stands still is skipped, and told so when it runs again', async ({
  house,
  person,
}) => {
  const [floor, alice, bob] = await Promise.all([
    person('supervisor', { path: '/floor' }),
    person('alice'),
    person('bob'),
  ])
  await openDesk(alice, house)
  await openDesk(bob, house)
  const card = cardOf(floor, 'Alice Moreno')
  await expect(card).toContainText('Available')

  const page = await alice.context().newCDPSession(alice)
  await standStill(page)
  await expect(card).toContainText('Not reachable')
  await bob.keyboard.type('101')
  await bob.keyboard.press('Enter')
  await expectCall(bob, 'ended')
  await expect(bob.locator('.phone')).toContainText('Cannot be reached now')

  await page.send('Debugger.resume')
  await expect(card).toContainText('Available')
  await expect(alice.getByText(/^You were not reachable for \d+ seconds?$/)).toBeVisible()
  await expect(alice.locator('body')).toHaveAttribute('data-state', 'available')
})
