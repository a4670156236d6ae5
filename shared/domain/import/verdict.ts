import { mergeListed } from './merge'
import type { FieldName, ListedFields, RowReason, RowWarning, StagedRow } from './staged'

export type Verdict = 'new' | 'update' | 'unchanged' | 'duplicate' | 'invalid' | 'do-not-call' | 'closed'
export type Policy = 'merge' | 'skip' | 'error'
type EntryState = 'pending' | 'leased' | 'completed' | 'unreachable' | 'do-not-call' | 'paused'

/** How a row's number stands in this import and in this pool, as its room knows it. */
export type Standing = {
  /** The lowest row of this import with the same number (it may be this row itself). */
  first: { row: number; userCode: string | null }
  /** The entry this pool has for the number, with what is known of its customer. */
  known: { state: EntryState; fields: ListedFields; priority: number } | null
  onDoNotCall: boolean
}

export type RowVerdict = {
  row: number
  verdict: Verdict
  column: FieldName | null
  value: string | null
  reason: RowReason | null
  /** For `repeats-row` and `same-number`: the row that is kept. */
  of: number | null
  phone: string | null
  name: string | null
  warnings: RowWarning[]
}

/**
 * IMP-4: what committing this row would do. The first of: it cannot be read; its number stands earlier in the file (first
 * wins); do-not-call (POOL-16); closed here and not reopened; the policy for a number that is known; new.
 * Pure: the dry run and the commit ask the same question, each with the standing of its moment.
 */
export function verdictFor(row: StagedRow, standing: Standing, policy: Policy): RowVerdict {
  if (row.fault)
    return { row: row.row, verdict: 'invalid', ...row.fault, of: null, phone: row.phone, name: row.name, warnings: [] }
  const says = (verdict: Verdict, reason: RowReason | null = null, of: number | null = null): RowVerdict => ({
    row: row.row,
    verdict,
    column: reason ? 'phone' : null,
    value: reason ? row.phoneGiven : null,
    reason,
    of,
    phone: row.phone,
    name: row.name,
    warnings: row.warnings,
  })
  const { first, known } = standing
  if (first.row < row.row) {
    const other = first.userCode !== null && row.fields.userCode !== null && first.userCode !== row.fields.userCode
    return says('duplicate', other ? 'same-number' : 'repeats-row', first.row)
  }
  if (standing.onDoNotCall || known?.state === 'do-not-call') return says('do-not-call', 'on-do-not-call')
  if (!known) return says('new')
  if (known.state === 'completed') return says('closed', 'already-completed')
  if (known.state === 'unreachable') return says('closed', 'already-unreachable')
  if (policy === 'error') return says('invalid', 'exists')
  if (policy === 'skip') return says('unchanged')
  const merged = mergeListed(known.fields, row.fields)
  const raised = row.priority !== null && row.priority !== known.priority
  return says(merged.changed.length > 0 || raised ? 'update' : 'unchanged')
}
