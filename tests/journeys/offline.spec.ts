import type { Page } from '@playwright/test'
import { card, goAvailable, justDone, leaseOf, nameOf, nextCustomer, say } from './desks'
import { expect, test } from './fixtures'
import { Programs } from './pools'

test.use({ file: 'offline', serviceWorkers: 'allow' })

/** The app is on this device, and opens without a network. */
async function installed(page: Page): Promise<void> {
  await page.waitForFunction(
    async () =>
      (await navigator.serviceWorker.ready).active?.state === 'activated' &&
      navigator.serviceWorker.controller !== null,
  )
}
const tick = (page: Page) => justDone(page).getAttribute('data-tick')

test('[SYNC-1] [SYNC-5] the network goes in the middle: saved on the device, a reload opens the desk, back it is accepted once', async ({
  person,
  house,
}) => {
  const programs = await Programs.of(house)
  const poolId = await programs.onlyPool('Offline', 10)
  const alice = await person('alice')
  await goAvailable(alice)
  await installed(alice)
  const lease = await nextCustomer(alice)
  const name = await nameOf(alice)
  await alice.context().setOffline(true)

  await alice.keyboard.press('j')
  await alice.keyboard.type('spoke on the stairs')
  await alice.keyboard.press('Escape')
  await alice.reload()
  await card(alice).waitFor()
  expect(await leaseOf(alice)).toBe(lease)
  await expect(alice.getByLabel('Note')).toHaveValue('spoke on the stairs')

  await say(alice, '1')
  await expect(card(alice)).toHaveCount(0)
  await expect(justDone(alice)).toContainText(name)
  await expect(justDone(alice)).toHaveAttribute('data-tick', 'on-device')
  await expect(alice.locator('[data-unsent="1"]')).toBeVisible()

  expect(await programs.attempts(poolId)).toEqual([])

  // A page that leaves sends its last word by itself, which may get through where pages do not: it counts once all the same.
  await alice.goto('/desk?deep=link')
  await expect(justDone(alice)).toHaveAttribute('data-tick', 'on-device')
  await alice.locator('[data-unsent="1"]').click()
  const sheet = alice.getByRole('dialog', { name: 'What this device sends' })
  await expect(sheet.getByText(name)).toBeVisible()
  await expect(sheet.getByText(/Nothing is lost/)).toBeVisible()
  await alice.keyboard.press('Escape')

  await alice.context().setOffline(false)
  await expect(justDone(alice)).toHaveAttribute('data-tick', 'accepted')
  await expect(alice.locator('[data-unsent="0"]')).toBeVisible()
  await expect
    .poll(async () => (await programs.attempts(poolId)).map(({ disposition, note }) => ({ disposition, note })))
    .toEqual([{ disposition: 'interested', note: 'spoke on the stairs' }])
  expect(await nextCustomer(alice)).not.toBe(lease)
  expect((await programs.attempts(poolId)).length).toBe(1)
})

test('[SYNC-4] the server is killed and started again on its state: nothing is lost, nothing doubled', async ({
  person,
  house,
}) => {
  test.setTimeout(240_000)
  const programs = await Programs.of(house)
  const poolId = await programs.onlyPool('Killed', 10)
  const alice = await person('alice')
  await goAvailable(alice)
  await installed(alice)
  await nextCustomer(alice)
  await house.kill()
  await say(alice, '2')
  await expect(justDone(alice)).toHaveAttribute('data-tick', 'on-device')
  await alice.reload()
  await expect(justDone(alice)).toHaveAttribute('data-tick', 'on-device')
  await house.restart()
  await expect.poll(() => tick(alice), { timeout: 90_000 }).toBe('accepted')
  await expect
    .poll(async () => (await programs.attempts(poolId)).map(({ disposition }) => disposition))
    .toEqual(['reached'])
  expect((await programs.stats(poolId)).completed).toBe(1)
})

test('[POOL-5] the hold ended while offline: accepted when nobody else was given the customer', async ({
  person,
  house,
}) => {
  const programs = await Programs.of(house)
  const poolId = await programs.onlyPool('Lapsed', 1)
  const alice = await person('alice')
  await goAvailable(alice)
  const lease = await nextCustomer(alice)
  await alice.context().setOffline(true)
  await programs.release(poolId, lease.split(':')[1]!, 'asleep?')
  await say(alice, '1')
  await alice.context().setOffline(false)
  await expect(justDone(alice)).toHaveAttribute('data-tick', 'accepted')
  await expect
    .poll(async () => (await programs.attempts(poolId)).map(({ late, disposition }) => ({ late, disposition })))
    .toEqual([{ late: false, disposition: 'interested' }])
  expect((await programs.stats(poolId)).completed).toBe(1)
})

test('[POOL-5] late, booked and said when bob was given the customer meanwhile', async ({ person, house }) => {
  const programs = await Programs.of(house)
  const poolId = await programs.onlyPool('Late', 1)
  const [alice, bob] = await Promise.all([person('alice'), person('bob')])
  await goAvailable(alice)
  const lease = await nextCustomer(alice)
  await alice.context().setOffline(true)
  await programs.release(poolId, lease.split(':')[1]!, 'no sign of life')
  await goAvailable(bob)
  const bobs = await nextCustomer(bob)
  expect(bobs.split(':')[1]).toBe(lease.split(':')[1])

  await say(alice, '5')
  await alice.context().setOffline(false)
  await expect(justDone(alice)).toHaveAttribute('data-tick', 'needs-you')
  await alice.locator('[data-asking="1"]').click()
  const sheet = alice.getByRole('dialog', { name: 'What this device sends' })
  await expect(sheet.getByText(/given to someone else meanwhile/)).toBeVisible()
  await sheet.getByRole('button', { name: 'I have read it' }).click()
  await expect(justDone(alice)).toHaveAttribute('data-tick', 'accepted')
  await expect
    .poll(async () => (await programs.attempts(poolId)).map(({ late, agentName }) => ({ late, agentName })))
    .toEqual([{ late: true, agentName: 'Alice Moreno' }])
  // Bob's customer has not moved.
  expect(await leaseOf(bob)).toBe(bobs)
  expect((await programs.stats(poolId)).leased).toBe(1)
})

test('[FLOOR-2] a supervisor frees the customer in hand: the desk says by whom, and keeps what was typed', async ({
  person,
  house,
}) => {
  const programs = await Programs.of(house)
  const poolId = await programs.onlyPool('Freed', 2)
  const alice = await person('alice')
  await goAvailable(alice)
  const lease = await nextCustomer(alice)
  await alice.keyboard.press('j')
  await alice.keyboard.type('was about to say')
  await programs.release(poolId, lease.split(':')[1]!, 'shift is over')
  const notice = alice.getByRole('alert')
  await expect(notice).toContainText('freed this customer')
  await expect(notice).toContainText('shift is over')
  await expect(alice.getByLabel('Note')).toHaveValue('was about to say')
  await notice.getByRole('button', { name: 'I did not call' }).click()
  await expect(card(alice)).toHaveCount(0)
})
