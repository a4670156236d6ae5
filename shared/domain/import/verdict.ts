import { mergeListed, type FieldChange } from './merge'
import type { FieldName, ListedFields, RowReason, RowWarning, StagedRow, ValidRow } from './staged'

/** How a row stands, whatever is chosen about it. */
export type Finding =
  'new' | 'update' | 'unchanged' | 'duplicate' | 'shared' | 'invalid' | 'do-not-call' | 'completed' | 'unreachable'
/** What committing does with it: its finding under the choices of the import. */
export type Verdict =
  'new' | 'update' | 'unchanged' | 'duplicate' | 'shared' | 'invalid' | 'do-not-call' | 'closed' | 'reopen'
export type Policy = 'merge' | 'skip' | 'error'
/** Chosen in the dry run (IMP-4). */
export type Choices = { policy: Policy; reopenUnreachable: boolean }
type EntryState = 'pending' | 'leased' | 'completed' | 'unreachable' | 'do-not-call' | 'paused'

/** How a row's number stands in this import and in this pool, as its room knows it. */
export type Standing = {
  /** The lowest row of this import with the same number (it may be this row itself). */
  first: { row: number; userCode: string | null }
  /** The entry this pool has for the number, with what is known of its customer and what a person edited of it. */
  known: {
    state: EntryState
    fields: ListedFields
    priority: number
    /** Every number of the customer (POOL-27). */
    numbers?: () => readonly string[]
    edited?: () => ReadonlySet<string>
  } | null
  onDoNotCall: boolean
}

/** A row's finding; `of`: the row that is kept, for `repeats-row` and `same-number`. */
export type Found = {
  finding: Finding
  reason: RowReason | null
  of: number | null
  changes: FieldChange[]
  kept: FieldChange[]
}

export type RowVerdict = {
  row: number
  verdict: Verdict
  column: FieldName | null
  value: string | null
  reason: RowReason | null
  of: number | null
  phone: string | null
  name: string | null
  warnings: RowWarning[]
  changes: FieldChange[]
  kept: FieldChange[]
}

const found = (finding: Finding, reason: RowReason | null = null, of: number | null = null): Found => ({
  finding,
  reason,
  of,
  changes: [],
  kept: [],
})
export const NEW: Found = found('new')

/**
 * IMP-4: how this row stands. The first of: it cannot be read; its number stands earlier in the file (first wins; with
 * another user code it is a shared number); do-not-call (POOL-16); closed here; a shared number with someone in the pool;
 * known; new. Pure: the dry run and the commit ask the same question, each with the standing of its moment.
 */
export function findingFor(row: StagedRow, standing: Standing): Found {
  if (row.fault) return found('invalid', row.fault.reason)
  const { first, known } = standing
  if (first.row < row.row) {
    return isOther(first.userCode, row)
      ? found('shared', 'same-number', first.row)
      : found('duplicate', 'repeats-row', first.row)
  }
  if (standing.onDoNotCall || known?.state === 'do-not-call') return found('do-not-call', 'on-do-not-call')
  if (!known) return NEW
  if (known.state === 'completed') return found('completed', 'already-completed')
  const isClosed = known.state === 'unreachable'
  if (!isClosed && isOther(known.fields.userCode, row)) return found('shared', 'same-number-known')
  const { changes: fields, kept } = mergeListed(known.fields, row.fields, known.edited)
  const changes = [...fields, ...furtherNumbers(row, known.numbers)]
  if (isClosed) return { ...found('unreachable', 'already-unreachable'), changes, kept }
  const isRaised = row.priority !== null && row.priority !== known.priority
  return { finding: changes.length > 0 || isRaised ? 'update' : 'unchanged', reason: null, of: null, changes, kept }
}

function furtherNumbers({ phones }: ValidRow, numbersOf: () => readonly string[] = () => []): FieldChange[] {
  if (!phones) return []
  const from = [...numbersOf()]
  const added = phones.map(({ number }) => number).filter((number) => !from.includes(number))
  return added.length > 0 ? [{ field: 'phones', from, to: [...from, ...added] }] : []
}

/** Another user code on the same number is another person; where either is silent, the number is the person. */
const isOther = (code: string | null, { fields }: ValidRow) =>
  code !== null && fields.userCode !== null && code !== fields.userCode

/** What the choices make of a finding. */
export function verdictOf(finding: Finding, { policy, reopenUnreachable }: Choices): Verdict {
  switch (finding) {
    case 'update':
    case 'unchanged':
      if (policy === 'error') return 'invalid'
      return policy === 'skip' ? 'unchanged' : finding
    case 'unreachable':
      return reopenUnreachable ? 'reopen' : 'closed'
    case 'completed':
      return 'closed'
    default:
      return finding
  }
}

/** The row as the dry run shows it. */
export function rowVerdict(
  row: StagedRow,
  { finding, reason, of, changes, kept }: Found,
  choices: Choices,
): RowVerdict {
  const verdict = verdictOf(finding, choices)
  const common = { row: row.row, verdict, of, phone: row.phone, name: row.name }
  if (row.fault) return { ...common, ...row.fault, warnings: [], changes: [], kept: [] }
  const merges = choices.policy === 'merge' && (verdict === 'update' || verdict === 'unchanged' || verdict === 'reopen')
  const why =
    verdict === 'reopen' ? null : finding !== 'invalid' && verdict === 'invalid' ? ('exists' as const) : reason
  return {
    ...common,
    column: why ? 'phone' : null,
    value: why ? row.phoneGiven : null,
    reason: why,
    warnings: row.warnings,
    changes: merges ? changes : [],
    kept: merges ? kept : [],
  }
}
