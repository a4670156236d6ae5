import { readList } from '../../shared/spreadsheet/list'
import { fileOf, turkishList } from '../support/lists'
import { api, expect, POOLS, test, token } from './fixtures'

test.use(POOLS)

type Counts = Record<string, number>
type View = { id: string; state: string; counts: Counts; sha256: string }
type Row = {
  row: number
  verdict: string
  reason: string | null
  of: number | null
  phone: string | null
  value: string | null
}

const LIST = turkishList()
const FILE = Buffer.from(fileOf(LIST.rows))
const XLSX = {
  name: 'müşteri-listesi.xlsx',
  mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  buffer: FILE,
}

test('an administrator makes a pool and drops a list of 5,000 rows on it', async ({ person, house }) => {
  test.setTimeout(180_000)
  const admin = await token(house, 'admin')
  const page = await person('admin', { path: '/pools/new' })
  await page
    .locator('input[name=name]')
    .or(page.getByLabel('Name', { exact: true }))
    .first()
    .fill('Yenilemeler')
  const made = page.waitForResponse(
    (reply) => reply.request().method() === 'POST' && new URL(reply.url()).pathname === '/api/pools',
  )
  await page.locator('main button[type=submit]').click()
  const pool = (await (await made).json()) as { id: string; country: string }
  if (pool.country !== 'TR') expect((await api(house, admin, 'GET', `/api/pools/${pool.id}`)).status).toBe(200)

  // the rest needs a Turkish pool whatever country the form proposed
  const turkish = (
    await api<{ id: string }>(house, admin, 'POST', '/api/pools', { name: 'Yenilemeler TR', country: 'TR' })
  ).body
  await page.goto(`/pools/${turkish.id}/import`)
  await test.step('[IMP-8] the sample stands beside the drop zone', async () => {
    await expect(page.getByRole('link', { name: /sample/i })).toHaveAttribute('href', '/sample.xlsx')
    expect((await page.request.get('/sample.xlsx')).headers()['content-type']).toContain('spreadsheetml')
  })

  await test.step('[IMP-1] drop: progress, and the page stays alive', async () => {
    const data = await page.evaluateHandle((bytes) => {
      const transfer = new DataTransfer()
      transfer.items.add(
        new File([Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))], 'müşteri-listesi.xlsx'),
      )
      return transfer
    }, FILE.toString('base64'))
    await page.evaluate(() => {
      const late: number[] = []
      let last = performance.now()
      const beat = () => {
        const now = performance.now()
        late.push(now - last)
        last = now
        ;(window as unknown as { beats: number[] }).beats = late
        requestAnimationFrame(beat)
      }
      requestAnimationFrame(beat)
    })
    const zone = page.getByTestId('drop-zone')
    await zone.dispatchEvent('dragover', { dataTransfer: data })
    await expect(zone).toHaveClass(/over/)
    await zone.dispatchEvent('drop', { dataTransfer: data })
    await expect(page.getByRole('progressbar')).toBeVisible()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('4,935 of 5,000 rows are ready', {
      timeout: 90_000,
    })
    const beats = await page.evaluate(() => (window as unknown as { beats: number[] }).beats.length)
    expect(beats).toBeGreaterThan(5)
  })

  await test.step('[IMP-4] the dry run says what would happen, with reasons by row', async () => {
    for (const [word, count] of [
      ['New', '4,935'],
      ['Twice in the file', '40'],
      ['Cannot be read', '25'],
      ['Updated', '0'],
    ] as const)
      await expect(page.getByRole('button', { name: new RegExp(`^${word}`) })).toContainText(count)
    await expect(page.locator('tr[data-verdict=invalid]')).toHaveCount(25)
    await expect(page.locator('tr[data-verdict=duplicate]')).toHaveCount(40)
    await expect(page.locator('tr[data-verdict=invalid]').filter({ hasText: '5,32E+09' }).first()).toContainText(
      'rounded',
    )
    await page.getByRole('button', { name: /^Cannot be read/ }).click()
    await expect(page.locator('tr[data-verdict=duplicate]')).toHaveCount(0)
    await page.getByRole('button', { name: /^Cannot be read/ }).click()
    expect(
      (await api<{ stats: { total: number } }>(house, admin, 'GET', `/api/pools/${turkish.id}`)).body.stats.total,
    ).toBe(0)
  })

  const importId = new URL(page.url()).searchParams.get('id')!
  await test.step('[IMP-4] a reload shows the dry run again', async () => {
    await page.reload()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('4,935 of 5,000 rows are ready')
  })

  await test.step('[IMP-4] commit: 4,935 customers', async () => {
    await page.getByRole('button', { name: 'Import 4,935 customers' }).click()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('4,935 customers imported', { timeout: 60_000 })
    const { stats } = (await api<{ stats: Counts }>(house, admin, 'GET', `/api/pools/${turkish.id}`)).body
    expect(stats).toMatchObject({ total: 4_935, pending: 4_935 })
  })

  await test.step('[IMP-5] the rows held back come as a spreadsheet of the same shape', async () => {
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: /Download the 65/ }).click()
    const parts: Buffer[] = []
    for await (const part of await (await download).createReadStream()) parts.push(part as Buffer)
    const list = await readList(
      new Uint8Array(Buffer.concat(parts)),
      { name: 'held-back.xlsx', country: 'TR' },
      { bytes: 1e7, unzippedBytes: 3e7, rows: 20_000 },
    )
    if (!list.ok) throw new Error(list.refusal)
    expect(list.value.columns.map((column) => column.header)).toEqual([
      'Ad',
      'Soyad',
      'Kullanıcı Kodu',
      'Telefon Numarası',
      'Notlar',
      'Şehir',
      'Row',
      'Reason',
    ])
    expect(list.value.rows).toHaveLength(65)
    expect(list.value.rows.every((row) => row.custom?.Reason)).toBe(true)
  })

  await test.step('[IMP-5] the same file again changes nothing', async () => {
    await page.getByRole('button', { name: 'Another list' }).click()
    await page.setInputFiles('input[type=file]', XLSX)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Importing this changes nothing', {
      timeout: 90_000,
    })
    await expect(page.getByRole('button', { name: /^Unchanged/ })).toContainText('4,935')
    await expect(page.getByRole('link', { name: 'Open the pool' })).toBeVisible()
  })

  await test.step('[IMP-3] a program’s multipart import gives the same verdicts, row by row', async () => {
    const twin = (await api<{ id: string }>(house, admin, 'POST', '/api/pools', { name: 'Twin', country: 'TR' })).body
    const form = new FormData()
    form.set('file', new File([FILE], XLSX.name))
    const sent = await fetch(`${house.url}/api/pools/${twin.id}/imports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${admin}` },
      body: form,
    })
    expect(sent.status).toBe(201)
    const view = (await sent.json()) as View
    const [byProgram, byBrowser] = [await rowsOf(view.id), await rowsOf(importId)]
    expect(byProgram).toHaveLength(5_000)
    expect(byProgram).toEqual(byBrowser)
  })

  await test.step('[IMP-6] a text file named .xlsx: one sentence, nothing changed', async () => {
    await page.getByRole('button', { name: 'Another file' }).click()
    await page.setInputFiles('input[type=file]', { ...XLSX, buffer: Buffer.from('Ad,Telefon\nAyşe,05320001122') })
    await expect(page.getByRole('alert')).toContainText('This file is not a spreadsheet we can read.')
    await expect(page.getByRole('alert')).toContainText('Nothing was changed')
  })

  async function rowsOf(id: string): Promise<Row[]> {
    const rows: Row[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const reply: { body: { items: Row[]; nextCursor: string | null } } = await api(
        house,
        admin,
        'GET',
        `/api/imports/${id}/rows?limit=1000${cursor && `&cursor=${cursor}`}`,
      )
      rows.push(...reply.body.items)
      cursor = reply.body.nextCursor
    }
    return rows
  }
})
