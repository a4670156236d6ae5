import type { Cell } from '../domain/import/cell'
import { unescaped } from './xlsx-styles'

/** Rows of a sheet as they come out of the file, with their numbers in the sheet. */
export type RowBatch = { numbers: number[]; rows: Cell[][] }
export type CellContext = { shared: readonly string[]; isDate: readonly boolean[]; epochDays: number }

/** A row that is this long is no row: what should end it is missing. */
const LONGEST_ROW = 64_000_000
const MS_A_DAY = 86_400_000
const SERIAL_EPOCH = Date.UTC(1899, 11, 30)

/**
 * The rows of a worksheet part (ECMA-376 part 1, 18.3.1.73) out of its text, as it comes: neither the text nor the rows are
 * ever whole in memory. Only `<row>` and `<c>` are looked at; formulas are their cached values, errors empty cells.
 */
export async function* rowsOf(text: AsyncIterable<string>, context: CellContext): AsyncGenerator<RowBatch> {
  let waiting = ''
  let number = 0
  for await (const part of text) {
    waiting += part
    const batch: RowBatch = { numbers: [], rows: [] }
    let at = 0
    for (;;) {
      const start = waiting.indexOf('<row', at)
      if (start === -1) {
        // a tag may be cut in two
        at = Math.max(at, waiting.length - 4)
        break
      }
      const open = waiting.indexOf('>', start)
      if (open === -1) {
        at = start
        break
      }
      const isEmpty = waiting.charCodeAt(open - 1) === SLASH
      const end = isEmpty ? open : waiting.indexOf('</row>', open)
      if (end === -1) {
        at = start
        break
      }
      const given = attribute(waiting, 'r', start + 4, open)
      number = given === null ? number + 1 : Number(given)
      if (!isEmpty) {
        batch.numbers.push(number)
        batch.rows.push(cellsOf(waiting, open + 1, end, context))
      }
      at = end + 1
    }
    if (at > 0) waiting = waiting.slice(at)
    if (waiting.length > LONGEST_ROW) throw new Error('a row without an end')
    if (batch.rows.length > 0) yield batch
  }
}

const SLASH = 47
const SPACE = 32
const GREATER = 62

function cellsOf(text: string, from: number, to: number, context: CellContext): Cell[] {
  const cells: Cell[] = []
  let column = -1
  let at = from
  for (;;) {
    const start = text.indexOf('<c', at)
    if (start === -1 || start >= to) return cells
    const next = text.charCodeAt(start + 2)
    const open = text.indexOf('>', start)
    if (next > SPACE && next !== GREATER && next !== SLASH) {
      at = open + 1
      continue
    }
    const place = attribute(text, 'r', start + 2, open)
    column = place === null ? column + 1 : columnOf(place)
    if (text.charCodeAt(open - 1) === SLASH) {
      at = open + 1
      continue
    }
    const end = text.indexOf('</c>', open)
    if (end === -1 || end > to) return cells
    const cell = cellOf(text, start + 2, open, end, context)
    if (cell !== null && column < 16_384) {
      while (cells.length < column) cells.push(null)
      cells[column] = cell
    }
    at = end + 4
  }
}

function cellOf(text: string, attributes: number, open: number, end: number, context: CellContext): Cell {
  const kind = attribute(text, 't', attributes, open)
  if (kind === 'inlineStr') return richText(text.slice(open + 1, end))
  const value = valueOf(text, open, end)
  if (value === null) return null
  switch (kind) {
    case 's':
      return context.shared[Number(value)] ?? ''
    case 'str':
      return unescaped(value)
    case 'b':
      return value === '1' || value === 'true'
    case 'e':
      return null
    case 'd':
      return dateOf(value)
  }
  if (value.trim() === '') return null
  const number = Number(value)
  if (Number.isNaN(number)) return unescaped(value)
  const style = attribute(text, 's', attributes, open)
  return style !== null && context.isDate[Number(style)] ? { serialDay: number + context.epochDays } : number
}

function valueOf(text: string, open: number, end: number): string | null {
  const start = text.indexOf('<v', open)
  if (start === -1 || start >= end) return null
  const from = text.indexOf('>', start)
  if (from === -1 || from >= end || text.charCodeAt(from - 1) === SLASH) return null
  const to = text.indexOf('</v>', from)
  return to === -1 || to > end ? null : text.slice(from + 1, to)
}

/** `<t>` of a plain text, or of each run of a rich one; phonetic guides (`<rPh>`) are no part of it. */
export function richText(xml: string): string {
  if (!xml.includes('<t')) return ''
  const spoken = xml.includes('<rPh') ? xml.replace(/<rPh[\s>][\s\S]*?<\/rPh>/g, '') : xml
  const plain = /^\s*(?:<is>\s*)?<t(?:\s[^>]*)?>([\s\S]*?)<\/t>/.exec(spoken)
  if (plain) return unescaped(plain[1] ?? '')
  let text = ''
  for (const [, inner = ''] of spoken.matchAll(/<t(?:\s[^>]*)?>([\s\S]*?)<\/t>/g)) text += unescaped(inner)
  return text
}

function dateOf(value: string): Cell {
  const read = Date.parse(/\dT\d/.test(value) && !/(?:z|[+-]\d\d:?\d\d)$/i.test(value) ? `${value}Z` : value)
  return Number.isNaN(read) ? unescaped(value) : { serialDay: (read - SERIAL_EPOCH) / MS_A_DAY }
}

/** The value of ` name="…"` between two places of the text; null: it is not there. */
function attribute(text: string, name: string, from: number, to: number): string | null {
  const start = text.indexOf(` ${name}="`, from)
  if (start === -1 || start >= to) return null
  const value = start + name.length + 3
  return text.slice(value, text.indexOf('"', value))
}

/** `AB12` → 27. */
function columnOf(place: string): number {
  let column = 0
  for (let index = 0; index < place.length; index += 1) {
    const letter = place.charCodeAt(index) & 0xdf
    if (letter < 65 || letter > 90) break
    column = column * 26 + letter - 64
  }
  return column - 1
}
