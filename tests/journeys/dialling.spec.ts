import { card, leaseOf, nextCustomer, say } from './desks'
import { expect, test } from './fixtures'
import { Programs } from './pools'
import { expectCall, openDesk, openTelephone } from './telephones'

test.use({ file: 'dialling' })

const digitsOf = (shown: string) => shown.replace(/\D/g, '')

test('[POOL-16] a supervisor bars a number while alice holds the customer: she is told, and cannot call', async ({
  person,
  house,
  browser,
}) => {
  await (await Programs.of(house)).onlyPool('Barred', 2)
  const telephone = await openTelephone(browser, house)
  const alice = await person('alice')
  await openDesk(alice, house)
  const lease = await nextCustomer(alice)
  const number = (await card(alice).innerText()).match(/\+44[\d ]+/)![0]

  const carol = await person('supervisor', { path: '/do-not-call' })
  await carol.getByRole('button', { name: 'Add a number' }).click()
  await carol.getByLabel('Number, or beginning with *').fill(number)
  await carol.getByRole('dialog').getByRole('button', { name: 'Add a number' }).click()
  // beside the one that the demo has
  const listed = async () => (await carol.locator('[data-numbers] li b').allInnerTexts()).map(digitsOf)
  await expect.poll(listed).toContain(digitsOf(number))

  await expect(alice.getByRole('alert').filter({ hasText: 'put this number on a do-not-call list' })).toBeVisible()
  await expect(alice.getByText('This number may not be called')).toBeVisible()
  await alice.keyboard.press('c')
  await expectCall(alice, 'none')
  await telephone.state('idle')
  await alice.getByRole('button', { name: 'I did not call' }).click()
  const next = await nextCustomer(alice)
  expect(next).not.toBe(lease)
  await telephone.close()
})

test('[POOL-25] the next customer dials itself after the countdown, and Stop stops it', async ({
  person,
  house,
  browser,
}) => {
  const programs = await Programs.of(house)
  const poolId = await programs.onlyPool('Progressive', 3)
  await programs.ask('PATCH', `/api/pools/${poolId}`, { mode: 'progressive', countdownSeconds: 2 })
  const telephone = await openTelephone(browser, house)
  const alice = await person('alice')
  await openDesk(alice, house)
  const first = await nextCustomer(alice)
  await expect(alice.locator('[data-countdown]')).toHaveAttribute('data-countdown', first)
  await telephone.state('ringing-in')
  await telephone.sayBusy()
  await expectCall(alice, 'ended')

  // long enough to be stopped on any machine
  await programs.ask('PATCH', `/api/pools/${poolId}`, { countdownSeconds: 60 })
  // what came of it is said, the next customer comes, and the countdown begins anew
  await say(alice, '2')
  await alice.waitForFunction((known) => {
    const shown = document.querySelector<HTMLElement>('[data-countdown]')?.dataset.countdown
    return shown !== undefined && shown !== known
  }, first)
  const second = (await leaseOf(alice))!
  await alice.keyboard.press('Escape')
  await expect(alice.locator('[data-countdown]')).toHaveCount(0)
  await expect(alice.locator('p[role=status]').filter({ hasText: 'Stopped.' })).toHaveCount(1)
  await expectCall(alice, 'none')

  // stopped is stopped: only a press calls
  await alice.keyboard.press('c')
  await telephone.state('ringing-in')
  await telephone.sayBusy()
  await expectCall(alice, 'ended')
  expect(await leaseOf(alice)).toBe(second)
  await telephone.close()
})
