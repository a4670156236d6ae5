import type { Sheet } from '../domain/import/cell'
import { ok, refuse, type Result } from '../result'
import type { ListSource, Stage } from './list'
import type { FileLimits, FileRefusal } from './refusal'
import { decodeText, sheetOfText } from './text-file'
import { sheetsOfBytes, sheetsOfMarkup } from './workbook'
import { openXlsx, Unusual, type OpenSheet } from './xlsx-reader'
import type { RowBatch } from './xlsx-rows'
import { checkDirectory, checkZip, PastBound } from './zip'

export type { OpenSheet, RowBatch }

const COMPOUND = [0xd0, 0xcf, 0x11, 0xe0]
/** A bare BIFF stream (Excel 2 to 4, and some old exports). */
const isBiff = (bytes: Uint8Array) => bytes[0] === 0x09 && bytes[1]! <= 0x08 && bytes[2]! >= 0x04 && bytes[3] === 0
const BATCH_ROWS = 1_000

/**
 * The visible sheets of a file, whatever kind it is. An .xlsx is read row by row by our own reader; what that does not know, and
 * every other workbook, is checked whole and read by SheetJS.
 */
export async function openSheets(
  bytes: Uint8Array,
  file: ListSource,
  limits: FileLimits,
  onStage: (stage: Stage) => void,
): Promise<Result<OpenSheet[], FileRefusal>> {
  onStage('checking')
  if (bytes.length > limits.bytes) return refuse('file-too-large')
  if (bytes.length === 0) return refuse('file-empty')
  try {
    const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b
    if (isZip) return await openZip(bytes, limits, onStage)
    onStage('reading')
    if (COMPOUND.every((byte, index) => bytes[index] === byte) || isBiff(bytes)) return ok(whole(sheetsOfBytes(bytes)))
    if (/\.(?:xlsx|xlsm|xlsb|ods)$/i.test(file.name)) return refuse('file-unreadable')
    const text = decodeText(bytes, file.country)
    if (text === null) return refuse('file-unreadable')
    const isMarkup = /\.xls$/i.test(file.name) && /^\s*</.test(text)
    return ok(whole(isMarkup ? sheetsOfMarkup(text) : [sheetOfText(text, file.name)]))
  } catch (fault) {
    return refuse(refusalOf(fault))
  }
}

async function openZip(
  bytes: Uint8Array,
  limits: FileLimits,
  onStage: (stage: Stage) => void,
): Promise<Result<OpenSheet[], FileRefusal>> {
  const members = await checkDirectory(bytes, limits)
  if (!members.ok) return members
  onStage('reading')
  try {
    return ok(await openXlsx(bytes, members.value, limits))
  } catch (fault) {
    if (!(fault instanceof Unusual)) throw fault
  }
  const checked = await checkZip(bytes, limits)
  return checked.ok ? ok(whole(sheetsOfBytes(bytes))) : checked
}

/** What reading threw, as what is said of the file. */
export function refusalOf(fault: unknown): FileRefusal {
  if (fault instanceof PastBound) return 'file-too-large'
  return /password|encrypt/i.test(String(fault)) ? 'file-encrypted' : 'file-unreadable'
}

/** Sheets that are read already, handed out as if they were not. */
function whole(sheets: Sheet[]): OpenSheet[] {
  return sheets.map(({ name, firstRow, rows }) => ({
    name,
    async *batches(): AsyncGenerator<RowBatch> {
      for (let from = 0; from < rows.length; from += BATCH_ROWS) {
        const batch = rows.slice(from, from + BATCH_ROWS)
        yield { rows: batch, numbers: batch.map((_, index) => firstRow + from + index) }
      }
    },
  }))
}
