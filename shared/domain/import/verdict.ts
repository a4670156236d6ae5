import { mergeListed, type FieldChange } from './merge'
import { isOther, personOf } from './person'
import type { FieldName, ListedFields, RowReason, RowWarning, StagedRow, ValidRow } from './staged'

/** How a row stands, whatever is chosen about it. */
export type Finding =
  'new' | 'update' | 'unchanged' | 'duplicate' | 'shared' | 'invalid' | 'do-not-call' | 'completed' | 'unreachable'
/** What committing does with it: its finding under the choices of the import. */
export type Verdict =
  'new' | 'second' | 'update' | 'unchanged' | 'duplicate' | 'shared' | 'invalid' | 'do-not-call' | 'closed' | 'reopen'
export type Policy = 'merge' | 'skip' | 'error'
/** What becomes of a number that stands in the list or the pool with another user code. */
export type SharedNumbers = 'hold-back' | 'second-person'
/** Chosen in the dry run (IMP-4). */
export type Choices = { policy: Policy; reopenUnreachable: boolean; sharedNumbers?: SharedNumbers }
type EntryState = 'pending' | 'leased' | 'completed' | 'unreachable' | 'do-not-call' | 'paused'

/** Somebody this pool has under the number, with what is known of them and what a person edited. */
export type Person = {
  state: EntryState
  fields: ListedFields
  priority: number
  /** Every number of the customer (POOL-27). */
  numbers?: () => readonly string[]
  edited?: () => ReadonlySet<string>
}

/** How a row's number stands in this import and in this pool, as its room knows it. */
export type Standing = {
  /** The lowest row of this import with the same number (it may be this row itself). */
  first: { row: number; userCode: string | null }
  /** The lowest row with the same number and the same user code; not given: this one. */
  own?: number
  /** Who has the number here, in order of arrival: more than one where people share it. */
  people: readonly Person[]
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
 * IMP-4: how this row stands. The first of: it cannot be read; the same person stands earlier in the file (first wins);
 * do-not-call (POOL-16), which bars everybody on the number; a person who is known here: closed, or to be updated; the number
 * is another person's, of this file or of this pool; new. Pure: the dry run and the commit ask the same question, each with
 * the standing of its moment.
 */
export function findingFor(row: StagedRow, standing: Standing): Found {
  if (row.fault) return found('invalid', row.fault.reason)
  const { first, own = row.row, people } = standing
  const { userCode } = row.fields
  const isEarlier = first.row < row.row
  if (isEarlier && !isOther(first.userCode, userCode)) return found('duplicate', 'repeats-row', first.row)
  if (own < row.row) return found('duplicate', 'repeats-row', own)
  if (standing.onDoNotCall || people.some(({ state }) => state === 'do-not-call'))
    return found('do-not-call', 'on-do-not-call')
  // somebody without a code is whom the earlier row speaks of
  const known = personOf(isEarlier ? people.filter(({ fields }) => fields.userCode !== null) : people, userCode)
  if (known) return findingOf(row, known)
  if (isEarlier) return found('shared', 'same-number', first.row)
  return people.length > 0 ? found('shared', 'same-number-known') : NEW
}

function findingOf(row: ValidRow, known: Person): Found {
  if (known.state === 'completed') return found('completed', 'already-completed')
  const { changes: fields, kept } = mergeListed(known.fields, row.fields, known.edited)
  const changes = [...fields, ...furtherNumbers(row, known.numbers)]
  if (known.state === 'unreachable') return { ...found('unreachable', 'already-unreachable'), changes, kept }
  const isRaised = row.priority !== null && row.priority !== known.priority
  return { finding: changes.length > 0 || isRaised ? 'update' : 'unchanged', reason: null, of: null, changes, kept }
}

function furtherNumbers({ phones }: ValidRow, numbersOf: () => readonly string[] = () => []): FieldChange[] {
  if (!phones) return []
  const from = [...numbersOf()]
  const added = phones.map(({ number }) => number).filter((number) => !from.includes(number))
  return added.length > 0 ? [{ field: 'phones', from, to: [...from, ...added] }] : []
}

/** What the choices make of a finding. */
export function verdictOf(finding: Finding, { policy, reopenUnreachable, sharedNumbers }: Choices): Verdict {
  switch (finding) {
    case 'update':
    case 'unchanged':
      if (policy === 'error') return 'invalid'
      return policy === 'skip' ? 'unchanged' : finding
    case 'unreachable':
      return reopenUnreachable ? 'reopen' : 'closed'
    case 'completed':
      return 'closed'
    case 'shared':
      return sharedNumbers === 'second-person' ? 'second' : 'shared'
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
    verdict === 'reopen' || verdict === 'second'
      ? null
      : finding !== 'invalid' && verdict === 'invalid'
        ? ('exists' as const)
        : reason
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
