import type { Page } from '@playwright/test'
import { anotherThan, attemptOf, card, goAvailable, mainKey, nameOf, nextCustomer } from './desks'
import { api, expect, newContext, POOLS, signIn, test, token } from './fixtures'
import { Programs } from './pools'

test.use(POOLS)

/** Costa Rica keeps six hours behind UTC all year. */
const ZONE = 'America/Costa_Rica'
const BEHIND_MS = 6 * 3_600_000
const tomorrowThere = () => new Date(Date.now() - BEHIND_MS + 86_400_000).toISOString().slice(0, 10)
const momentOf = (wall: string) => Date.parse(`${wall}:00Z`) + BEHIND_MS

test('[POOL-15] a call promised for 15:00 of the customer is moved, told when it is due, and kept', async ({
  browser,
  house,
}) => {
  const programs = await Programs.of(house)
  const poolId = await programs.onlyPool('Promises', 4, { customerZone: ZONE })
  const context = await newContext(browser, house)
  await context.addInitScript(() => localStorage.setItem('language', 'en'))
  const alice = await context.newPage()
  await signIn(alice, house, 'alice')
  await goAvailable(alice)
  const lease = await nextCustomer(alice)
  const name = await nameOf(alice)

  const day = tomorrowThere()
  await alice.keyboard.press('4')
  await setTime(alice, `${day}T15:00`)
  await expect(mainKey(alice)).toHaveAttribute('data-does', 'save')
  await mainKey(alice).click()
  await anotherThan(alice, lease)
  const promised = async () =>
    (await programs.ask<{ items: { entryId: string; at: number }[] }>('GET', `/api/pools/${poolId}/callbacks`)).items
  await expect.poll(async () => (await promised()).map(({ at }) => at)).toEqual([momentOf(`${day}T15:00`)])

  const row = alice.locator('.due li', { hasText: name })
  await expect(row).toContainText('15:00 in Costa Rica')
  await test.step('moved on the desk, by the customer’s clock', async () => {
    await row.getByRole('button').click()
    await alice.getByRole('menuitem', { name: 'Move or give away' }).click()
    await setTime(alice, `${day}T16:30`)
    await alice.getByRole('button', { name: 'Move it' }).click()
    await expect(row).toContainText('16:30 in Costa Rica')
    await expect.poll(async () => (await promised())[0]!.at).toBe(momentOf(`${day}T16:30`))
  })

  await test.step('taken along in a calendar', async () => {
    const download = alice.waitForEvent('download')
    await row.getByRole('button').click()
    await alice.getByRole('menuitem', { name: 'Add to my calendar' }).click()
    const parts: Buffer[] = []
    for await (const part of await (await download).createReadStream()) parts.push(part as Buffer)
    const stamp = new Date(momentOf(`${day}T16:30`)).toISOString().slice(0, 19).replace(/[-:]/g, '')
    expect(Buffer.concat(parts).toString()).toContain(`DTSTART:${stamp}Z\r\n`)
  })

  await test.step('moved by the supervisor to a moment from now: the desk hears of it, and says when it is due', async () => {
    const { entryId, at: was } = (await promised())[0]!
    const now = Date.now()
    const command = {
      id: crypto.randomUUID(),
      kind: 'move-callback',
      at: now,
      poolId,
      entryId,
      was,
      callbackAt: now + 4_000,
    }
    const carol = await token(house, 'supervisor')
    const moved = await api<{ results: { outcome: string }[] }>(house, carol, 'POST', '/api/commands', {
      commands: [command],
    })
    expect(moved.body.results[0]!.outcome).toBe('accepted')
    await expect(alice.getByText(`Callback due: ${name}`)).toBeVisible()
  })

  await test.step('kept: it comes before everyone else, and is done', async () => {
    const inHand = await card(alice).getAttribute('data-lease')
    await alice.keyboard.press('2')
    await expect(mainKey(alice)).toHaveAttribute('data-does', 'save')
    await mainKey(alice).click()
    await anotherThan(alice, inHand!)
    await expect(card(alice).locator('h1')).toHaveText(name)
    await expect(attemptOf(alice)).toHaveAttribute('data-attempt', '2')
    await alice.keyboard.press('2')
    await expect(mainKey(alice)).toHaveAttribute('data-does', 'save')
    await mainKey(alice).click()
    await expect.poll(promised).toEqual([])
    expect((await programs.stats(poolId)).completed).toBe(2)
  })
  await context.close()
})

const setTime = (page: Page, wall: string) => page.locator('input[type=datetime-local]:visible').last().fill(wall)
