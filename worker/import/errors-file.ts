import type { GivenFields } from '#shared/domain/import/staged'
import type { Language } from '#shared/protocol/common'
import type { ImportView, RowVerdict } from '#shared/protocol/imports'
import { xlsxStream, type OutCell } from '#shared/spreadsheet/xlsx-writer'
import type { Env } from '../env'
import { poolRoom } from '../rooms/doors'
import { REASON_WORDS } from './reason-words'
import { granted, poolOf } from './run'

const HELD_BACK = ['invalid', 'duplicate', 'shared', 'do-not-call', 'closed']
const PAGE = 1_000
/** Where a program sent rows without saying its columns. */
const DEFAULT_COLUMNS = ['name', 'userCode', 'phone', 'email', 'notes'].map((field) => ({ header: field, field }))

/**
 * IMP-5: the rows held back as a spreadsheet of the same shape as the list, with its row number and reason behind the
 * list's own columns: mend it and drop it in again.
 */
export function errorsFile(env: Env, view: ImportView, language: Language): ReadableStream<Uint8Array> {
  const words = REASON_WORDS[language]
  const columns = view.columns.length > 0 ? view.columns : DEFAULT_COLUMNS
  return xlsxStream({
    name: words.sheet,
    header: [...columns.map((column) => column.header), words.row, words.reason],
    rows: heldBack(env, view.id, columns, language),
    rightToLeft: language === 'ar',
    widths: [...columns.map(() => 20), 8, 60],
  })
}

async function* heldBack(
  env: Env,
  importId: string,
  columns: ImportView['columns'],
  language: Language,
): AsyncGenerator<OutCell[]> {
  const room = poolRoom(env, poolOf(importId))
  let cursor: number | undefined
  do {
    const page = granted(await room.importRows(importId, { verdicts: HELD_BACK, warned: false, cursor, limit: PAGE }))
    for (const row of page.items) {
      yield [...columns.map((column) => cellOf(row.given, column)), row.row, sentenceOf(row, language)]
    }
    cursor = page.nextCursor === null ? undefined : Number(page.nextCursor)
  } while (cursor !== undefined)
}

function cellOf(given: GivenFields, column: { header: string; field: string }): OutCell {
  if (column.field === 'custom') return given.custom?.[column.header] ?? null
  const value = given[column.field as keyof GivenFields]
  return typeof value === 'string' ? value : null
}

function sentenceOf(row: RowVerdict, language: Language): string {
  return row.reason ? REASON_WORDS[language][row.reason].replace('{of}', String(row.of ?? '')) : ''
}
