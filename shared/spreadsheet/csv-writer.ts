import type { OutCell } from './xlsx-writer'

/** `+905321234567`, `+90 532 …`, `-12.5`: a spreadsheet reads these as numbers, not as something to run. */
const HARMLESS = /^(?:\+[\d\s().-]+|-?\d+(?:[.,]\d+)?)$/
const DANGEROUS = /^[=+\-@\t\r\n|％＝＋－＠]/

/**
 * IMP-7: a cell that a spreadsheet would run as a formula gets an apostrophe before it; telephone numbers and negative
 * numbers stay as they are, so that a list exported is a list that can be imported.
 */
export function defuse(text: string): string {
  return DANGEROUS.test(text) && !HARMLESS.test(text) ? `'${text}` : text
}

/** RFC 4180, with the byte order mark by which spreadsheets know UTF-8. */
export async function* csvParts(
  header: string[],
  rows: AsyncIterable<OutCell[]> | Iterable<OutCell[]>,
): AsyncGenerator<string> {
  yield `\ufeff${lineOf(header)}`
  let buffer = ''
  for await (const row of rows) {
    buffer += lineOf(row)
    if (buffer.length < 65_536) continue
    yield buffer
    buffer = ''
  }
  if (buffer !== '') yield buffer
}

const lineOf = (cells: OutCell[]) => `${cells.map((cell) => quoted(textOf(cell))).join(',')}\r\n`
const quoted = (text: string) => (/[",;\r\n\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

function textOf(cell: OutCell): string {
  if (cell === null) return ''
  if (typeof cell === 'string') return defuse(cell)
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : ''
  if ('localSerial' in cell)
    return new Date(Date.UTC(1899, 11, 30) + Math.round(cell.localSerial * 86_400) * 1000)
      .toISOString()
      .slice(0, 19)
      .replace('T', ' ')
  const seconds = Math.round(cell.durationMs / 1000)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}
