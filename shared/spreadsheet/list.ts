import type { Sheet } from '../domain/import/cell'
import { recognise, type Column } from '../domain/import/columns'
import { extractRows, type ExtractedRow } from '../domain/import/extract'
import { ok, refuse, type Result } from '../result'
import type { FileLimits, FileRefusal } from './refusal'
import { decodeText, sheetOfText } from './text-file'
import { sheetsOfBytes, sheetsOfMarkup } from './workbook'
import { checkZip } from './zip'

/** A file read as a list: the sheet used, its columns and its rows as text. */
export type List = { sheet: string; columns: Column[]; rows: ExtractedRow[] }
/** What is being done now; SheetJS reads in one go, so progress is by stages. */
export type Stage = 'checking' | 'reading' | 'recognising'

/**
 * A spreadsheet's bytes → its rows (IMP-1, 2, 6). By content first, by name where content says nothing: xlsx, ods (zip), xls
 * (compound file, or HTML or text under that name) and csv. The first visible sheet that names a phone column is the list.
 * Browser and edge read by this one function.
 */
export async function readList(
  bytes: Uint8Array,
  file: { name: string; country: string },
  limits: FileLimits,
  onStage: (stage: Stage) => void = () => {},
): Promise<Result<List, FileRefusal>> {
  onStage('checking')
  if (bytes.length > limits.bytes) return refuse('file-too-large')
  if (bytes.length === 0) return refuse('file-empty')
  const zipped = bytes[0] === 0x50 && bytes[1] === 0x4b
  if (zipped) {
    const checked = await checkZip(bytes, limits)
    if (!checked.ok) return checked
  }
  onStage('reading')
  const sheets = readSheets(bytes, file, zipped)
  if (!sheets.ok) return sheets
  onStage('recognising')
  return listOf(sheets.value, limits)
}

const COMPOUND = [0xd0, 0xcf, 0x11, 0xe0]
/** A bare BIFF stream (Excel 2 to 4, and some old exports). */
const isBiff = (bytes: Uint8Array) => bytes[0] === 0x09 && bytes[1]! <= 0x08 && bytes[2]! >= 0x04 && bytes[3] === 0

function readSheets(
  bytes: Uint8Array,
  file: { name: string; country: string },
  zipped: boolean,
): Result<Sheet[], FileRefusal> {
  try {
    if (zipped || COMPOUND.every((byte, index) => bytes[index] === byte) || isBiff(bytes))
      return ok(sheetsOfBytes(bytes))
    if (/\.(?:xlsx|xlsm|xlsb|ods)$/i.test(file.name)) return refuse('file-unreadable')
    const text = decodeText(bytes, file.country)
    if (text === null) return refuse('file-unreadable')
    return ok(/\.xls$/i.test(file.name) && /^\s*</.test(text) ? sheetsOfMarkup(text) : [sheetOfText(text, file.name)])
  } catch (fault) {
    return refuse(/password|encrypt/i.test(String(fault)) ? 'file-encrypted' : 'file-unreadable')
  }
}

function listOf(sheets: Sheet[], limits: FileLimits): Result<List, FileRefusal> {
  const filled = sheets.filter((sheet) => sheet.rows.some((row) => row.some((cell) => cell !== null && cell !== '')))
  if (filled.length === 0) return refuse('file-empty')
  for (const sheet of filled) {
    const recognition = recognise(sheet)
    if (!recognition) continue
    const rows: ExtractedRow[] = []
    for (const row of extractRows(sheet, recognition)) {
      if (rows.length === limits.rows) return refuse('file-too-large')
      rows.push(row)
    }
    if (rows.length === 0) return refuse('file-empty')
    return ok({ sheet: sheet.name, columns: recognition.columns, rows })
  }
  return refuse('no-phone-column')
}
