import type { BulkAction } from '#shared/domain/pool/bulk'
import type { BulkRow, BulkView } from '#shared/protocol/bulk'
import { refusalCode } from '#shared/protocol/problem'
import { wordsFor } from '$lib/api/words'
import { pagedRows, type Table } from '$lib/export/table-file'
import { m } from '$lib/paraglide/messages'
import { bulkRows } from './entry-api'

/** What a person chooses; `assign` to nobody is a choice of its own. */
export type Choice = Exclude<BulkAction['kind'], 'hand-over'> | 'unassign'

export const CHOICES: readonly { choice: Choice; word: () => string; words?: () => string; first?: true }[] = [
  { choice: 'assign', word: m.entries_bulk_assign, words: m.entries_bulk_words_assign, first: true },
  { choice: 'prioritise', word: m.entries_bulk_prioritise, first: true },
  { choice: 'pause', word: m.entries_bulk_pause, words: m.entries_bulk_words_pause, first: true },
  { choice: 'resume', word: m.entries_bulk_resume },
  { choice: 'tag', word: m.entries_bulk_tag },
  { choice: 'untag', word: m.entries_bulk_untag },
  { choice: 'unassign', word: m.entries_bulk_unassign },
  { choice: 'recycle', word: m.entries_bulk_recycle, words: m.entries_bulk_words_recycle },
  { choice: 'reopen', word: m.entries_bulk_reopen, words: m.entries_bulk_words_reopen },
  { choice: 'transfer', word: m.entries_bulk_transfer, words: m.entries_bulk_words_transfer },
]
export const choiceOf = (choice: Choice) => CHOICES.find((one) => one.choice === choice)!

export function actionWord(action: BulkAction): string {
  if (action.kind === 'hand-over') return m.entries_bulk_hand_over()
  return choiceOf(action.kind === 'assign' && action.to === null ? 'unassign' : action.kind).word()
}

export function outcomeWord(outcome: string | null): string {
  if (outcome === null) return m.entries_bulk_row_left()
  if (outcome === 'done') return m.entries_bulk_row_done()
  if (outcome === 'unchanged') return m.entries_bulk_row_unchanged()
  const code = refusalCode.safeParse(outcome)
  return code.success ? wordsFor({ code: code.data }) : outcome
}

/** A row for each customer of the bulk action, in the reader's words. */
export function reportTable(bulk: BulkView, rightToLeft: boolean, onCount: (n: number) => void): Table {
  const columns = [
    { title: m.entries_col_number(), width: 10 },
    { title: m.entries_col_name(), width: 24 },
    { title: m.entries_col_phone(), width: 18 },
    { title: m.entries_col_code(), width: 14 },
    { title: m.entries_col_outcome(), width: 44 },
  ]
  const rowOf = ({ entryId, name, phone, userCode, outcome }: BulkRow) => [
    Number(entryId),
    name,
    phone,
    userCode,
    outcomeWord(outcome),
  ]
  const ask = (cursor: string | null) => bulkRows(bulk.poolId, bulk.id, cursor, 1_000)
  return { name: actionWord(bulk.action), columns, rows: pagedRows(ask, rowOf, onCount), rightToLeft }
}
