import { fileOf } from '../support/lists'
import { api, expect, POOLS, test, token } from './fixtures'

test.use(POOLS)

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const list = {
  name: 'kontakte.xlsx',
  mimeType: XLSX,
  buffer: Buffer.from(
    fileOf([
      ['Wer', 'Erreichbar unter', 'Privat', 'Ort'],
      ['Erin Su', '0532 000 11 01', '0533 000 11 01', 'Van'],
      ['Ece Işık', '0532 000 11 02', null, 'Muş'],
      ['Can Öz', '0532 000 11 03', null, 'İzmir'],
    ]),
  ),
}

test('[IMP-2] [IMP-5] an administrator says what the columns are, imports, and takes it back', async ({
  person,
  house,
}) => {
  const admin = await token(house, 'admin')
  const { body: pool } = await api<{ id: string }>(house, admin, 'POST', '/api/pools', {
    name: 'Eski liste',
    country: 'TR',
  })
  const total = async () =>
    (await api<{ stats: { total: number } }>(house, admin, 'GET', `/api/pools/${pool.id}`)).body.stats.total
  const page = await person('admin', { path: `/pools/${pool.id}/import` })
  const title = page.getByRole('heading', { level: 1 })

  await test.step('no header names a phone: it asks which column is one', async () => {
    await page.setInputFiles('input[type=file]', list)
    await expect(page.getByText('Which column holds the phone numbers?')).toBeVisible()
    const go = page.getByRole('button', { name: 'Read with these columns' })
    await expect(go).toBeDisabled()
    await page.getByLabel('Column Wer').selectOption('name')
    await page.getByLabel('Column Erreichbar unter').selectOption('phone')
    await page.getByLabel('Column Privat').selectOption('phone2')
    await go.click()
    await expect(title).toHaveText('3 of 3 rows are ready')
  })

  await test.step('the columns can be matched anew; a policy is chosen here', async () => {
    await page.getByRole('button', { name: 'Change', exact: true }).click()
    await expect(page.getByLabel('Column Wer')).toHaveValue('name')
    await page.getByLabel('Column Ort').selectOption('ignore')
    await page.getByRole('button', { name: 'Read with these columns' }).click()
    await expect(title).toHaveText('3 of 3 rows are ready')
    await page.getByRole('radio', { name: /^Skip/ }).check()
    await expect(page.getByRole('radio', { name: /^Skip/ })).toBeChecked()
  })

  await test.step('imported, and undone', async () => {
    await page.getByRole('button', { name: 'Import 3 customers' }).click()
    await expect(title).toHaveText('3 customers imported')
    expect(await total()).toBe(3)
    await page.getByRole('button', { name: 'Undo this import' }).click()
    await expect(title).toHaveText('The import is undone')
    await expect(page.getByText('3 taken out', { exact: false })).toBeVisible()
    expect(await total()).toBe(0)
  })

  await test.step('the same headers are matched the same way the next time, also pasted', async () => {
    await page.getByRole('button', { name: 'Another list' }).click()
    await page.evaluate(() => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text/plain', 'Wer\tErreichbar unter\tPrivat\tOrt\nDan Ay\t05320001109\t\tVan')
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    })
    await expect(title).toHaveText('1 of 1 rows are ready')
  })
})
