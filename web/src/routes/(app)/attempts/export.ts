import type { Attempt } from '#shared/protocol/attempts'
import type { Reply } from '$lib/api/client'
import { answersWord, answerWord } from '$lib/desk/words'
import { pagedRows, type OutCell, type Table } from '$lib/export/table-file'
import { m } from '$lib/paraglide/messages'
import { receiptCells, receiptHeader, RECEIPT_WIDTHS } from '$lib/receipt/receipt-words'
import type { BookPage } from '$lib/books/book-list.svelte'
import { localSerial } from '$lib/books/day'

export type Shown = {
  /** On whose clock times are written. */
  zone: string
  rightToLeft: boolean
  disposition: (attempt: Attempt) => string
  /** POOL-28: of the pool chosen, a column a question; empty: all answers in one column. */
  form: readonly { id: string; label: string }[]
}

/** IMP-7: all attempts of the filters as a file, as the screen shows them: same words, same clock. */
export function attemptTable(
  ask: (cursor: string | null) => Promise<Reply<BookPage<Attempt>>>,
  shown: Shown,
  onCount: (count: number) => void,
): Table {
  const columns = [
    { title: m.attempts_when(), width: 20 },
    { title: m.attempts_who(), width: 20 },
    { title: m.attempts_whom(), width: 24 },
    { title: m.attempts_phone(), width: 18 },
    { title: m.attempts_pool(), width: 24 },
    { title: m.attempts_number(), width: 8 },
    { title: m.attempts_talk(), width: 10 },
    { title: m.attempts_disposition(), width: 20 },
    { title: m.attempts_note(), width: 48 },
    { title: m.attempts_by(), width: 14 },
    { title: m.attempts_late(), width: 8 },
    { title: m.attempts_corrected(), width: 10 },
    { title: m.outcome_tags(), width: 20 },
    ...shown.form.map(({ label }) => ({ title: label, width: 20 })),
    { title: m.outcome_form(), width: 40 },
    ...receiptHeader().map((title, n) => ({ title, width: RECEIPT_WIDTHS[n] ?? 20 })),
  ]
  const rows = pagedRows(ask, (attempt) => rowOf(attempt, shown), onCount)
  return { name: m.attempts_title(), columns, rows, rightToLeft: shown.rightToLeft }
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
