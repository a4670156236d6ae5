import type { Sheet } from '../domain/import/cell'
import { guess, type Column, type Guess, type Match } from '../domain/import/columns'
import { extractRow, type ExtractedRow } from '../domain/import/extract'
import { textOf } from '../domain/import/cell'
import { ok, refuse, type Result } from '../result'
import type { FileLimits, FileRefusal } from './refusal'
import { openSheets, refusalOf, type OpenSheet, type RowBatch } from './sheets'

/** A file read as a list: the sheet used, its columns and its rows as text. */
export type List = { sheet: string; columns: Column[]; rows: ExtractedRow[] }
/** What is being done now. */
export type Stage = 'checking' | 'reading' | 'recognising'
export type ListSource = { name: string; country: string }

/** A list whose columns are known and whose rows are still in the file. */
export type OpenList = {
  sheet: string
  /** Every header, whatever is matched or left out. */
  headers: string[]
  columns: Column[]
  /** False: no column is named as a phone and none was matched by hand; there is nothing to read then. */
  hasPhone: boolean
  /** The first rows under the header, as text, for the person who looks at the columns. */
  preview: string[][]
  /** Throws ListFault for what is found out on the way. */
  rows: () => AsyncGenerator<ExtractedRow[]>
}
/** What a file turns out to be while its rows are read: damaged, too large, or empty after all. */
export class ListFault extends Error {
  constructor(readonly refusal: FileRefusal) {
    super(refusal)
  }
}

/** Rows in which the header is looked for and the width of the list is measured. */
const HEAD_ROWS = 1_000
const PREVIEW_ROWS = 6
const PREVIEW_LENGTH = 80

/**
 * A spreadsheet's bytes → a list whose rows come in batches (IMP-1, 2, 6). By content first, by name where content says
 * nothing: xlsx, ods (zip), xls (compound file, or HTML or text under that name) and csv. The first visible sheet that names
 * a phone column is the list; else the first with anything in it, whose columns somebody must match (`matches`, by column).
 * Browser and edge read by this one function.
 */
export async function openList(
  bytes: Uint8Array,
  file: ListSource,
  limits: FileLimits,
  { matches, onStage = () => {} }: { matches?: readonly Match[]; onStage?: (stage: Stage) => void } = {},
): Promise<Result<OpenList, FileRefusal>> {
  const sheets = await openSheets(bytes, file, limits, onStage)
  if (!sheets.ok) return sheets
  onStage('recognising')
  try {
    let fallback: OpenList | null = null
    for (const sheet of sheets.value) {
      const list = await lookAt(sheet, limits, matches)
      if (list?.hasPhone) return ok(list)
      fallback ??= list
    }
    return fallback ? ok(fallback) : refuse('file-empty')
  } catch (fault) {
    return refuse(fault instanceof ListFault ? fault.refusal : refusalOf(fault))
  }
}

/** null: an empty sheet. */
async function lookAt(sheet: OpenSheet, limits: FileLimits, matches?: readonly Match[]): Promise<OpenList | null> {
  const head: Sheet & { numbers: number[] } = { name: sheet.name, firstRow: 1, rows: [], numbers: [] }
  const batches = sheet.batches()
  const waiting: RowBatch[] = []
  while (head.rows.length < HEAD_ROWS) {
    const { done, value } = await batches.next()
    if (done) break
    waiting.push(value)
    head.rows.push(...value.rows.slice(0, HEAD_ROWS))
    head.numbers.push(...value.numbers.slice(0, HEAD_ROWS))
  }
  if (!head.rows.some((row) => row.some((cell) => cell !== null && cell !== ''))) return null
  const all = guess(head)
  const guessed = matched(all, matches)
  const { columns, headerIndex, hasPhone } = guessed
  const headerRow = head.numbers[headerIndex] ?? 0
  return {
    sheet: sheet.name,
    headers: all.columns.map(({ header }) => header),
    columns,
    hasPhone,
    preview: head.rows
      .slice(headerIndex + 1, headerIndex + 1 + PREVIEW_ROWS)
      .map((row) => columns.map(({ index }) => textOf(row[index]).slice(0, PREVIEW_LENGTH))),
    rows: () => extracted(waiting, batches, headerRow, columns, limits),
  }
}

function matched(guessed: Guess, matches: readonly Match[] | undefined): Guess {
  if (!matches) return guessed
  const columns = guessed.columns.flatMap((column): Column[] => {
    const field = matches[column.index] ?? column.field
    return field === 'ignore' ? [] : [{ ...column, field }]
  })
  return { ...guessed, columns, hasPhone: columns.some(({ field }) => field === 'phone') }
}

async function* extracted(
  waiting: RowBatch[],
  batches: AsyncGenerator<RowBatch>,
  headerRow: number,
  columns: readonly Column[],
  limits: FileLimits,
): AsyncGenerator<ExtractedRow[]> {
  let count = 0
  const rowsOf = ({ numbers, rows }: RowBatch) => {
    const batch: ExtractedRow[] = []
    for (const [index, cells] of rows.entries()) {
      if (numbers[index]! <= headerRow) continue
      const row = extractRow(numbers[index]!, cells, columns)
      if (row) batch.push(row)
    }
    count += batch.length
    if (count > limits.rows) throw new ListFault('file-too-large')
    return batch
  }
  try {
    for (let batch = waiting.shift(); batch; batch = waiting.shift()) yield rowsOf(batch)
    for await (const batch of batches) yield rowsOf(batch)
  } catch (fault) {
    throw fault instanceof ListFault ? fault : new ListFault(refusalOf(fault))
  }
  if (count === 0) throw new ListFault('file-empty')
}

/** The whole list at once, for programs and short files. */
export async function readList(
  bytes: Uint8Array,
  file: ListSource,
  limits: FileLimits,
  onStage: (stage: Stage) => void = () => {},
): Promise<Result<List, FileRefusal>> {
  const opened = await openList(bytes, file, limits, { onStage })
  if (!opened.ok) return opened
  if (!opened.value.hasPhone) return refuse('no-phone-column')
  const { sheet, columns } = opened.value
  const rows: ExtractedRow[] = []
  try {
    for await (const batch of opened.value.rows()) for (const row of batch) rows.push(row)
  } catch (fault) {
    if (fault instanceof ListFault) return refuse(fault.refusal)
    throw fault
  }
  return ok({ sheet, columns, rows })
}
