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
