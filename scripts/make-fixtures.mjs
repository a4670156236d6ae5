// Makes the spreadsheets of the project's own: web/static/sample.xlsx, which people download beside the drop zone
// (IMP-8); and with a folder as its argument, lists for trying the import by hand: 5,000 rows with Turkish headers, the
// same as .csv, .ods and .xls, and 100,000 rows.   npx tsx scripts/make-fixtures.mjs [folder]
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { utils, write } from 'xlsx'

/** Numbers that regulators keep for fiction (Ofcom, NANPA, ACMA, BNetzA, PTS): nobody answers them. */
export const SAMPLE = [
  ['Name', 'User code', 'Phone', 'E-mail', 'Notes', 'Priority'],
  ['Ahmet Yılmaz', 'USR001', '+44 20 7946 0101', 'ahmet@example.com', 'Prefers mornings', 'high'],
  ['Ayşe Demir', 'USR002', '+1 202-555-0143', 'ayse@example.com', null, null],
  ['Mehmet Kaya', 'USR003', '+1 212-555-0176', null, 'Asked for a new offer', null],
  ['Laura Gómez', 'USR004', '+61 491 570 156', 'laura@example.com', null, null],
  ['Omar Haddad', 'USR005', '+44 113 496 0123', null, null, 'low'],
  ['Zeynep Şahin', 'USR006', '+49 30 23125 014', 'zeynep@example.com', null, null],
  ['Erik Lindgren', 'USR007', '+46 70 174 06 05', null, 'Speaks English', null],
  ['Fatma Çelik', 'USR008', '+1 415-555-0198', 'fatma@example.com', null, null],
]

/**
 * @param {(string | number | null)[][]} rows
 * @param {import('xlsx').BookType} bookType
 */
function bytesOf(rows, bookType) {
  const sheet = utils.aoa_to_sheet(rows)
  sheet['!cols'] = (rows[0] ?? []).map(() => ({ wch: 20 }))
  const book = utils.book_new(sheet, 'Customers')
  book.Props = { Title: 'Switchroom sample list', CreatedDate: new Date('2026-01-01T00:00:00Z') }
  return Buffer.from(write(book, { type: 'array', bookType, compression: true }))
}

writeFileSync('web/static/sample.xlsx', bytesOf(SAMPLE, 'xlsx'))

const folder = process.argv[2]
if (folder) {
  const { turkishList } = await import('../tests/support/lists.ts')
  mkdirSync(folder, { recursive: true })
  const { rows } = turkishList()
  for (const kind of /** @type {const} */ (['xlsx', 'csv', 'ods', 'xls']))
    writeFileSync(path.join(folder, `liste-5000.${kind}`), bytesOf(rows, kind))
  const many = turkishList({ good: 99_000, nameless: 500, repeats: 400, bad: 100 })
  writeFileSync(path.join(folder, 'liste-100000.xlsx'), bytesOf(many.rows, 'xlsx'))
}
