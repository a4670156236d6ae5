import type { Attempt } from '#shared/protocol/attempts'
import { csvParts } from '#shared/spreadsheet/csv-writer'
import { xlsxStream, type OutCell } from '#shared/spreadsheet/xlsx-writer'
import type { Reply, Trouble } from '$lib/api/client'
import { answersWord, answerWord } from '$lib/desk/words'
import { m } from '$lib/paraglide/messages'
import { receiptCells, receiptHeader, RECEIPT_WIDTHS } from '$lib/receipt/receipt-words'
import type { AttemptPage } from './attempt-api'
import { localSerial } from './day'

export type Format = 'xlsx' | 'csv'
export type Shown = {
  /** On whose clock times are written. */
  zone: string
  rightToLeft: boolean
  disposition: (attempt: Attempt) => string
  /** POOL-28: of the pool chosen, a column a question; empty: all answers in one column. */
  form: readonly { id: string; label: string }[]
}
type Ask = (cursor: string | null, limit: number) => Promise<Reply<AttemptPage>>
const PAGE = 500
const TYPES = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv;charset=utf-8',
}

/** The asking failed in the middle: there is no file, rather than half of one. */
export class ExportStopped extends Error {
  constructor(readonly problem: Trouble) {
    super(problem.code)
  }
}

/**
 * IMP-7: all attempts of the filters as a file, as the screen shows them: same words, same clock. Page after page goes
 * into the file; a phone number stays one, and no text becomes a formula.
 */
export async function exportAttempts(
  ask: Ask,
  format: Format,
  shown: Shown,
  onCount: (count: number) => void,
): Promise<Blob> {
  const header = [
    ...[
      m.attempts_when(),
      m.attempts_who(),
      m.attempts_whom(),
      m.attempts_phone(),
      m.attempts_pool(),
      m.attempts_number(),
    ],
    ...[
      m.attempts_talk(),
      m.attempts_disposition(),
      m.attempts_note(),
      m.attempts_by(),
      m.attempts_late(),
      m.attempts_corrected(),
    ],
    ...[m.outcome_tags(), ...shown.form.map(({ label }) => label), m.outcome_form()],
    ...receiptHeader(),
  ]
  const rows = rowsOf(ask, shown, onCount)
  const parts: BlobPart[] = []
  if (format === 'csv') for await (const part of csvParts(header, rows)) parts.push(part)
  else {
    const widths = [
      20,
      20,
      24,
      18,
      24,
      8,
      10,
      20,
      48,
      14,
      8,
      10,
      20,
      ...shown.form.map(() => 20),
      40,
      ...RECEIPT_WIDTHS,
    ]
    const reader = xlsxStream({
      name: m.attempts_title(),
      header,
      rows,
      widths,
      rightToLeft: shown.rightToLeft,
    }).getReader()
    for (let read = await reader.read(); !read.done; read = await reader.read())
      parts.push(read.value as Uint8Array<ArrayBuffer>)
  }
  return new Blob(parts, { type: TYPES[format] })
}

async function* rowsOf(ask: Ask, shown: Shown, onCount: (count: number) => void): AsyncGenerator<OutCell[]> {
  let cursor: string | null = null
  let count = 0
  do {
    const reply: Reply<AttemptPage> = await ask(cursor, PAGE)
    if (!reply.ok) throw new ExportStopped(reply.problem)
    for (const attempt of reply.value.items) yield rowOf(attempt, shown)
    onCount((count += reply.value.items.length))
    cursor = reply.value.nextCursor
  } while (cursor !== null)
}

function rowOf(attempt: Attempt, { zone, disposition, form }: Shown): OutCell[] {
  // what the form does not ask any more is not lost
  const others = attempt.answers.filter(({ field }) => !form.some(({ id }) => id === field))
  return [
    { localSerial: localSerial(attempt.at, zone) },
    attempt.agentName,
    attempt.customerName,
    attempt.phone,
    attempt.poolName,
    attempt.attempt,
    attempt.talkMs === null ? null : { durationMs: attempt.talkMs },
    disposition(attempt),
    attempt.note,
    attempt.byHandset ? m.attempts_by_handset() : m.attempts_by_browser(),
    attempt.late ? m.attempts_late() : null,
    attempt.correctedAt === null ? null : { localSerial: localSerial(attempt.correctedAt, zone) },
    attempt.tags.length > 0 ? attempt.tags.join(', ') : null,
    ...form.map(({ id }) => answerCell(attempt, id)),
    others.length > 0 ? answersWord(others) : null,
    ...receiptCells(attempt),
  ]
}

/** A number stays one; the rest is written as it is shown. */
function answerCell({ answers }: Attempt, id: string): OutCell {
  const value = answers.find(({ field }) => field === id)?.value
  if (value === undefined) return null
  return typeof value === 'number' ? value : answerWord(value)
}
