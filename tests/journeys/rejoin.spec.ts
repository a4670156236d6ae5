import type { Page } from '@playwright/test'
import { expect, test } from './fixtures'
import { expectCall, expectHears, openDesk } from './telephones'

test.use({ file: 'rejoin' })

const offer = (page: Page) => page.getByRole('alertdialog', { name: 'Your call goes on' })

test('[PHONE-9] alice reloads her page in a call, is offered it back, and both hear each other again; so does a new tab', async ({
  person,
  house,
}) => {
  const [alice, bob] = await Promise.all([person('alice'), person('bob')])
  // a person who reloads says that they mean it
  alice.on('dialog', (dialog) => void dialog.accept())
  await openDesk(alice, house)
  await openDesk(bob, house)
  await alice.keyboard.type('102')
  await alice.keyboard.press('Enter')
  await expectCall(bob, 'ringing-in')
  await bob.keyboard.press('Enter')
  await Promise.all([expectCall(alice, 'talking'), expectCall(bob, 'talking')])
  await Promise.all([expectHears(alice), expectHears(bob)])

  await alice.reload()
  await expect(offer(alice)).toBeVisible()
  await expect(bob.locator('[data-ready]')).toBeVisible()
  await expectCall(bob, 'talking')
  await expect(alice.locator('[data-line=registered]').first()).toBeVisible()
  await alice.keyboard.press('Enter')
  await expectCall(alice, 'talking')
  await Promise.all([expectHears(alice), expectHears(bob)])

  // the tab goes, and another of the same browser takes the call up
  const next = await alice.context().newPage()
  await alice.close()
  await openDesk(next, house)
  await expect(offer(next)).toBeVisible()
  await next.getByRole('button', { name: 'Back to the call' }).click()
  await expectCall(next, 'talking')
  await Promise.all([expectHears(next), expectHears(bob)])
  await expectCall(bob, 'talking')

  await next.keyboard.press('Shift+E')
  await Promise.all([expectCall(next, 'ended'), expectCall(bob, 'ended')])
})

test('[PHONE-9] bob reloads and would rather end it: the other side is told at once', async ({ person, house }) => {
  const [alice, bob] = await Promise.all([person('alice'), person('bob')])
  bob.on('dialog', (dialog) => void dialog.accept())
  await openDesk(alice, house)
  await openDesk(bob, house)
  await alice.keyboard.type('102')
  await alice.keyboard.press('Enter')
  await expectCall(bob, 'ringing-in')
  await bob.keyboard.press('Enter')
  await Promise.all([expectCall(alice, 'talking'), expectHears(bob)])
  await bob.reload()
  await offer(bob).getByRole('button', { name: 'End call' }).click()
  await expect(offer(bob)).toBeHidden()
  await expectCall(alice, 'ended')
})
