/// <reference lib="webworker" />
import { textOf } from '#shared/domain/import/cell'
import { DO_NOT_CALL_CHUNK } from '#shared/protocol/do-not-call'
import type { FileLimits } from '#shared/spreadsheet/refusal'
import { openSheets } from '#shared/spreadsheet/sheets'
import type { Cells } from './list-file'
import type { CellsReply, CellsRequest } from './messages'
import { cellsOf, delimiterOf, numberColumn } from './number-column'

/** A sheet has at most 1,048,576 rows; a text of any length is streamed. */
const SHEET_LIMITS: FileLimits = { bytes: 200_000_000, unzippedBytes: 2_000_000_000, rows: 1_048_576 }
const HEAD = 50
type Row = { number: number; cells: string[] }

const scope = self as unknown as DedicatedWorkerGlobalScope
let chunks: AsyncGenerator<Cells> | null = null

scope.onmessage = async ({ data }: MessageEvent<CellsRequest>) => {
  let reply: CellsReply
  try {
    if (data !== 'next') chunks = chunksOf(await rowsOf(data.file, data.country))
    const next = await chunks!.next()
    reply = next.done ? { rows: [], firstRow: 0 } : next.value
  } catch (fault) {
    reply = { refused: fault instanceof Refused ? fault.message : 'file-unreadable' }
  }
  scope.postMessage(reply)
}
class Refused extends Error {}

async function rowsOf(file: File, country: string): Promise<AsyncIterable<Row[]>> {
  const start = new Uint8Array(await file.slice(0, 4).arrayBuffer())
  const isSheet = (start[0] === 0x50 && start[1] === 0x4b) || start[0] === 0xd0
  if (!isSheet) return textRows(file, start)
  if (file.size > SHEET_LIMITS.bytes) throw new Refused('file-too-large')
  const sheets = await openSheets(
    new Uint8Array(await file.arrayBuffer()),
    { name: file.name, country },
    SHEET_LIMITS,
    () => {},
  )
  if (!sheets.ok) throw new Refused(sheets.refusal)
  return sheetRows(sheets.value[0]!)
}

async function* sheetRows(sheet: { batches: () => AsyncGenerator<{ numbers: number[]; rows: unknown[][] }> }) {
  for await (const { numbers, rows } of sheet.batches()) {
    yield rows.map((cells, at): Row => ({
      number: numbers[at]!,
      cells: Array.from(cells, (cell) => textOf(cell as never)),
    }))
  }
}

/** Digits are the same in every encoding that lists come in, but for UTF-16, which says so itself. */
async function* textRows(file: File, start: Uint8Array): AsyncGenerator<Row[]> {
  const isWide = (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff)
  const decoder = new TextDecoder(isWide ? (start[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8')
  const reader = file.stream().getReader()
  let rest = ''
  let number = 0
  let delimiter: string | null | undefined
  for (let isOver = false; !isOver;) {
    const { done, value } = await reader.read()
    isOver = done
    const lines = (rest + decoder.decode(value, { stream: !done })).split(/\r\n|\r(?!$)|\n/)
    rest = isOver ? '' : lines.pop()!
    if (delimiter === undefined && lines.length > 0) delimiter = delimiterOf(lines.slice(0, HEAD))
    yield lines.map((line): Row => ({ number: ++number, cells: cellsOf(line, delimiter ?? null) }))
  }
}

async function* chunksOf(batches: AsyncIterable<Row[]>): AsyncGenerator<Cells> {
  let column: ReturnType<typeof numberColumn> | null = null
  const waiting: Row[] = []
  const take = (): Cells => {
    const part = waiting.splice(0, DO_NOT_CALL_CHUNK)
    return { firstRow: part[0]!.number, rows: part.map(({ cells }) => (cells[column!.index] ?? '').slice(0, 200)) }
  }
  for await (const rows of batches) {
    waiting.push(...rows)
    if (!column && waiting.length >= HEAD) {
      column = numberColumn(waiting.slice(0, HEAD).map(({ cells }) => cells))
      waiting.splice(0, column.headers)
    }
    while (column && waiting.length >= DO_NOT_CALL_CHUNK) yield take()
  }
  if (!column) {
    column = numberColumn(waiting.slice(0, HEAD).map(({ cells }) => cells))
    waiting.splice(0, column.headers)
  }
  if (waiting.some(({ cells }) => cells.some((cell) => cell.trim() !== ''))) yield take()
}
