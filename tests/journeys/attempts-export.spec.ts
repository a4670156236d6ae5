import { read, utils } from 'xlsx'
import { DEMO, expect, test } from './fixtures'

test.use(DEMO)

test('a supervisor looks through the attempts and takes them along as a spreadsheet', async ({ person }) => {
  const page = await person('supervisor', { path: '/attempts' })
  const rows = page.locator('tbody tr')
  await expect(rows.first()).toBeVisible()
  const shown = await rows.count()
  expect(shown).toBeGreaterThan(3)
  const first = {
    who: await rows.first().locator('.who').innerText(),
    // shown in groups of digits, kept without
    phone: (await rows.first().locator('.whom small').innerText()).replaceAll(/[^+\d]/g, ''),
  }

  await test.step('[IMP-7] exports to xlsx and csv what the screen shows', async () => {
    const [header, ...lines] = await save('Excel (.xlsx)')
    expect(header!.slice(0, 5)).toEqual(['When', 'Who', 'Whom', 'Phone', 'Pool'])
    expect(lines).toHaveLength(shown)
    expect(lines[0]).toEqual(expect.arrayContaining([first.who, first.phone]))
    expect(lines[0]![0]).toMatch(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/)
    const [, ...same] = await save('CSV (.csv)')
    expect(same.map((line) => line[3])).toEqual(lines.map((line) => line[3]))
    expect(same.every((line) => line[3]!.startsWith('+'))).toBe(true)
  })

  await test.step('[IMP-7] filters narrow the screen and the export alike', async () => {
    const alice = await page.getByLabel('Agent').locator('option', { hasText: 'Alice' }).getAttribute('value')
    await page.getByLabel('Agent').selectOption(alice)
    await expect(page.locator('.who', { hasText: 'Bob' })).toHaveCount(0)
    await expect(rows.first()).toContainText('Alice')
    const [, ...lines] = await save('Excel (.xlsx)')
    expect(lines).toHaveLength(await rows.count())
    expect(new Set(lines.map((line) => line[1]))).toEqual(new Set([await rows.first().locator('.who').innerText()]))
    await page.getByLabel('Day').fill('2001-01-01')
    await expect(page.getByText('No attempts match')).toBeVisible()
    await page.getByRole('button', { name: 'Clear' }).click()
    await expect(rows).toHaveCount(shown)
  })

  async function save(format: string): Promise<string[][]> {
    await page.getByRole('button', { name: 'Export' }).click()
    const download = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: format }).click()
    const parts: Buffer[] = []
    for await (const part of await (await download).createReadStream()) parts.push(part as Buffer)
    const bytes = Buffer.concat(parts)
    const book = format.startsWith('CSV')
      ? read(bytes.toString('utf8').replace('\ufeff', ''), { type: 'string', raw: true })
      : read(bytes)
    return utils.sheet_to_json<string[]>(book.Sheets[book.SheetNames[0]!]!, { header: 1, raw: false })
  }
})

test('an agent sees their own attempts and nobody else’s', async ({ person }) => {
  const page = await person('alice', { path: '/attempts' })
  await expect(page.locator('tbody tr').first()).toBeVisible()
  await expect(page.getByLabel('Agent')).toHaveCount(0)
  await expect(page.locator('.who')).toHaveCount(0)
})

test('a filter whose answer does not come: tried again, it shows its own rows alone', async ({ person }) => {
  const page = await person('supervisor', { path: '/desk' })
  // pages of three, so that there is more behind what is shown
  let isCut = false
  await page.route('**/api/attempts?*', (route) => {
    const url = route.request().url()
    if (isCut && url.includes('agentId=')) return route.abort('connectionfailed')
    return route.continue({ url: url.replace('limit=50', 'limit=3') })
  })
  await page.goto('/attempts')
  const rows = page.locator('tbody tr')
  await expect(rows.first()).toBeVisible()
  isCut = true
  const alice = await page.getByLabel('Agent').locator('option', { hasText: 'Alice' }).getAttribute('value')
  await page.getByLabel('Agent').selectOption(alice!)
  const again = page.getByRole('button', { name: 'Try again' })
  await expect(again).toBeVisible()
  isCut = false
  await again.click()
  await expect(again).toBeHidden()
  await expect(rows.first()).toBeVisible()
  expect([...new Set(await page.locator('tbody .who').allInnerTexts())]).toEqual(['Alice Moreno'])
})
