import { read, utils } from 'xlsx'
import { expect, POOLS, test } from './fixtures'
import { Programs } from './pools'

test.use(POOLS)

test('a supervisor finds customers among many, pauses all that match, stops another action, and takes the report along', async ({
  person,
  house,
}) => {
  const programs = await Programs.of(house)
  const poolId = await programs.onlyPool('October', 1_000, { numbersFrom: 441_134_960_000 })
  const page = await person('supervisor', { path: `/pools/${poolId}` })
  const row = (n: number) => page.locator(`[role=row][aria-rowindex="${n}"]`)

  await test.step('[POOL-24] the list scrolls to its end with only what is in sight in the page', async () => {
    await expect(row(1)).toContainText('Erin 001')
    await page.getByRole('table').evaluate((list) => (list.scrollTop = list.scrollHeight))
    await expect(row(1_000)).toContainText('Erin 1000')
    expect(await page.locator('[role=row]').count()).toBeLessThan(60)
  })

  await test.step('[POOL-24] a search narrows it, and all that match are chosen across pages', async () => {
    await page.getByPlaceholder('Name, number or code').fill('erin 0')
    await expect(page.getByText('99 match')).toBeVisible()
    await page.getByRole('checkbox', { name: 'Select all 99 that match' }).check()
    await row(1).getByRole('checkbox').uncheck()
    await expect(page.getByText('Selected: 98')).toBeVisible()
    await page.getByRole('button', { name: 'Pause', exact: true }).last().click()
    await page.getByLabel('Reason').fill('The office is closed')
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click()
    await expect(page.getByText('Done: 98')).toBeVisible()
    expect(await programs.stats(poolId)).toMatchObject({ paused: 98, pending: 902 })
  })

  await test.step('[POOL-24] the report has a row for each of them', async () => {
    await page.getByRole('button', { name: 'Report: Pause' }).click()
    const download = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: 'Excel (.xlsx)' }).click()
    const parts: Buffer[] = []
    for await (const part of await (await download).createReadStream()) parts.push(part as Buffer)
    const book = read(Buffer.concat(parts))
    const [header, ...lines] = utils.sheet_to_json<string[]>(book.Sheets[book.SheetNames[0]!]!, {
      header: 1,
      raw: false,
    })
    expect(header).toEqual(['Arrival', 'Name', 'Phone', 'User code', 'What became of it'])
    expect(lines).toHaveLength(98)
    expect(lines[0]).toEqual(['2', 'Erin 002', expect.stringMatching(/^\+44/), 'E2', 'Done'])
  })

  await test.step('[POOL-24] another one is cancelled on its way; what is done stays done', async () => {
    await page.getByPlaceholder('Name, number or code').fill('')
    await expect(page.getByText('1,000 match')).toBeVisible()
    await page.getByRole('checkbox', { name: 'Select all 1,000 that match' }).check()
    await page.getByRole('button', { name: 'Set the priority' }).click()
    await page.getByLabel('Priority', { exact: true }).fill('50')
    // others are before it, so that it waits for its turn while it is cancelled
    for (let n = 1; n <= 20; n += 1) {
      const action = { kind: 'prioritise', priority: n }
      const body = { id: crypto.randomUUID(), action, selection: { filter: {} } }
      await programs.ask('POST', `/api/pools/${poolId}/bulk`, body)
    }
    await page.getByRole('dialog').getByRole('button', { name: 'Set the priority' }).click()
    await page.getByRole('button', { name: 'Cancel: Set the priority' }).first().click()
    await expect(page.locator('[data-bulk=cancelled]')).toContainText('Cancelled after 0 of')
    await expect(page.locator('[data-bulk=collecting], [data-bulk=working]')).toHaveCount(0, { timeout: 30_000 })
    const { items } = await programs.ask<{ items: { priority: number }[] }>(
      'POST',
      `/api/pools/${poolId}/entries/search`,
      { filter: { priorityFrom: 50 } },
    )
    expect(items).toEqual([])
  })
})
