import { textOf, type Sheet } from './cell'
import { COLUMN_NAMES, NOT_PHONE_PARTS, PHONE_PARTS, type ListedField } from './column-names'
import { cleanLine, foldHeader } from './text'

/** One column of the sheet: the header as the file has it, and what it is taken for; the rest stays a custom field. */
export type Column = { index: number; header: string; field: ListedField | 'custom' }
/** Matched by hand a column may also be left out. */
export type Match = ListedField | 'custom' | 'ignore'
/** Where the header stands (index into rows) and what its columns are. */
export type Recognition = { headerIndex: number; columns: Column[] }

const BY_NAME = new Map<string, ListedField>(
  (Object.entries(COLUMN_NAMES) as [ListedField, string[]][]).flatMap(([field, names]) =>
    names.map((name) => [foldHeader(name), field] as const),
  ),
)
const PHONE_WORDS = PHONE_PARTS.map(foldHeader)
const NOT_PHONE_WORDS = NOT_PHONE_PARTS.map(foldHeader)

/** A header may stand under a title, a logo and a date; further down it is data. */
const SEARCH_ROWS = 30
const MAX_COLUMNS = 200
const MAX_HEADER = 60

/** IMP-2: which field a header names, exactly or, for a phone, as part of a longer one. */
export function fieldOf(header: string): { field: ListedField; exact: boolean } | null {
  const folded = foldHeader(header)
  const field = BY_NAME.get(folded)
  if (field) return { field, exact: true }
  const isPhone =
    PHONE_WORDS.some((word) => folded.includes(word)) && !NOT_PHONE_WORDS.some((word) => folded.includes(word))
  return isPhone ? { field: 'phone', exact: false } : null
}

/** Which columns of a list mean what; `isPhone` false: none names a phone, and somebody must say which one it is. */
export type Guess = Recognition & { hasPhone: boolean }

/** IMP-2: as `recognise`; a list without a phone column by the first row that has most texts: its header, most likely. */
export function guess(sheet: Sheet): Guess {
  const recognition = recognise(sheet)
  if (recognition) return { ...recognition, hasPhone: true }
  let [headerIndex, most, seen] = [0, 0, 0]
  for (let index = 0; index < sheet.rows.length && seen < SEARCH_ROWS; index += 1) {
    const texts = sheet.rows[index]!.filter((cell) => typeof cell === 'string' && cell.trim() !== '').length
    if (texts > 0) seen += 1
    if (texts > most) [headerIndex, most] = [index, texts]
  }
  const found = fieldsIn(sheet.rows[headerIndex] ?? [])
  return { headerIndex, columns: columnsOf(sheet, headerIndex, found), hasPhone: false }
}

/**
 * IMP-2: the header is the row, of the first 30 with anything in them, that names the most fields and a phone among them;
 * the first of equals. null: no row names a phone column. Of several columns for one field the exact name wins, then the
 * first; the others stay custom fields under their own header.
 */
export function recognise(sheet: Sheet): Recognition | null {
  let best: { headerIndex: number; score: number; found: Map<ListedField, number> } | null = null
  let seen = 0
  for (let index = 0; index < sheet.rows.length && seen < SEARCH_ROWS; index += 1) {
    const row = sheet.rows[index]!
    if (row.every((cell) => textOf(cell).trim() === '')) continue
    seen += 1
    const found = fieldsIn(row)
    if (found.has('phone') && (!best || found.size > best.score))
      best = { headerIndex: index, score: found.size, found }
  }
  if (!best) return null
  const { headerIndex, found } = best
  return { headerIndex, columns: columnsOf(sheet, headerIndex, found) }
}

function fieldsIn(row: Sheet['rows'][number]): Map<ListedField, number> {
  const found = new Map<ListedField, number>()
  const exactly = new Set<ListedField>()
  row.slice(0, MAX_COLUMNS).forEach((cell, index) => {
    if (typeof cell !== 'string') return
    const text = cleanLine(cell)
    const named = text.length <= MAX_HEADER ? fieldOf(text) : null
    if (!named) return
    if (found.has(named.field) && !(named.exact && !exactly.has(named.field))) return
    found.set(named.field, index)
    if (named.exact) exactly.add(named.field)
  })
  return found
}

function columnsOf(sheet: Sheet, headerIndex: number, found: Map<ListedField, number>): Column[] {
  const header = sheet.rows[headerIndex]!
  const fieldAt = new Map([...found].map(([field, index]) => [index, field]))
  const further = (['phone2', 'phone3'] as const).filter((field) => !found.has(field))
  const taken = new Set<string>()
  const columns: Column[] = []
  for (let index = 0; index < Math.min(widthOf(sheet, headerIndex), MAX_COLUMNS); index += 1) {
    const cell = header[index]
    // POOL-27: what else names a phone is a further number of the customer
    const isPhone = !fieldAt.has(index) && typeof cell === 'string' && isNamedPhone(cell)
    const field = fieldAt.get(index) ?? (isPhone ? further.shift() : undefined) ?? 'custom'
    const own = cleanLine(textOf(header[index])).slice(0, 190) || letterOf(index)
    columns.push({ index, field, header: field === 'custom' ? unlike(own, taken) : own })
  }
  return columns
}

function isNamedPhone(header: string): boolean {
  const text = cleanLine(header)
  return text.length <= MAX_HEADER && fieldOf(text)?.field === 'phone'
}

/** The same header twice is two custom fields. A header cannot name what every object has already. */
function unlike(header: string, taken: Set<string>): string {
  let name = header === '__proto__' ? '_proto_' : header
  for (let copy = 2; taken.has(name); copy += 1) name = `${header} ${copy}`
  taken.add(name)
  return name
}

/** Up to the last column that has anything in the header or the rows looked at: a sheet may claim 16,384. */
function widthOf(sheet: Sheet, headerIndex: number): number {
  let width = 0
  for (const row of sheet.rows.slice(headerIndex, headerIndex + 1000)) {
    for (let index = Math.min(row.length, MAX_COLUMNS) - 1; index >= width; index -= 1) {
      if (textOf(row[index]).trim() !== '') width = index + 1
    }
  }
  return width
}

/** 0 → A, 26 → AA: what the spreadsheet itself calls a column without a header. */
export function letterOf(index: number): string {
  const last = String.fromCharCode(65 + (index % 26))
  return index < 26 ? last : letterOf(Math.floor(index / 26) - 1) + last
}
