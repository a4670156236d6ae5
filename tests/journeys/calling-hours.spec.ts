import { mainKey, nextCustomer, goAvailable } from './desks'
import { expect, POOLS, test } from './fixtures'
import { Programs } from './pools'

test.use(POOLS)

/** Monday is 0; where the customers of the pool are. */
function tomorrowInLondon(): number {
  const name = new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'Europe/London' })
  return ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(name.format(Date.now() + 24 * 3600_000))
}
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

test('[POOL-18, POOL-8] an administrator closes a pool until tomorrow, the agent is told why and when, and it opens again', async ({
  person,
  house,
}) => {
  const poolId = await (await Programs.of(house)).onlyPool('By the clock', 3)
  const admin = await person('admin', { path: `/pools/${poolId}/hours` })

  await test.step('hours of tomorrow alone: nobody could be called now, and the page says so', async () => {
    await admin.getByRole('switch', { name: 'This pool has its own hours' }).click()
    const tomorrow = tomorrowInLondon()
    for (const [day, name] of DAYS.entries()) {
      const remove = admin.getByRole('button', { name: `Remove these hours of ${name}` })
      if (day !== tomorrow) while (await remove.count()) await remove.first().click()
      else if (!(await remove.count())) await admin.getByRole('button', { name: `Add hours on ${name}` }).click()
    }
    await expect(admin.getByRole('heading', { name: 'Now open for 0 of 3 waiting customers' })).toBeVisible()
    await admin.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(admin.getByText('Calling hours saved')).toBeVisible()
  })

  const alice = await person('alice')
  await test.step('the agent hears why, and until when', async () => {
    await goAvailable(alice)
    await mainKey(alice).click()
    await expect(alice.locator('[data-block=outsideHours] dd')).toHaveText('3')
    await expect(alice.locator('.nothing')).toContainText('09:00')
  })

  await test.step('the account of the pool adds up, and one customer says when they come', async () => {
    await admin.goto(`/pools/${poolId}?why=1`)
    const sheet = admin.getByRole('dialog')
    await expect(sheet.locator('[data-rule=outsideHours]')).toContainText('09:00')
    await expect(sheet).toContainText('London')
    await admin.keyboard.press('Escape')
    const why = admin.locator('#why')
    await expect(why.locator('[data-rule=outsideHours] dd')).toHaveText('3')
    const counts = await why.locator('[data-rule] dd').allInnerTexts()
    expect(counts.reduce((sum, n) => sum + Number(n), 0)).toBe(Number(await why.locator('[data-total]').innerText()))
  })

  await test.step('open again: the customer comes', async () => {
    await admin.goto(`/pools/${poolId}/hours`)
    await admin.getByRole('switch', { name: 'This pool has its own hours' }).click()
    await admin.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(admin.getByText('Calling hours saved')).toBeVisible()
    expect(await nextCustomer(alice)).toContain(poolId)
  })
})
