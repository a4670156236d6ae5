/**
 * What the edge makes of one row before any pool looks at it: the cells as given, and either what was understood of
 * them or the one reason why not (IMP-3). A PoolRoom keeps staged rows until the import is committed.
 *
 *   cells ──readRow──▶ StagedRow ──verdictFor(standing in the pool)──▶ verdict ──commit──▶ entry and customer
 */
export type RowReason =
  | 'phone-missing'
  | 'phone-invalid'
  | 'phone-rounded'
  | 'phone-short'
  | 'phone-range-unassigned'
  | 'name-too-long'
  | 'notes-too-long'
  | 'user-code-too-long'
  | 'row-too-long'
  | 'email-invalid'
  | 'repeats-row'
  | 'same-number'
  | 'same-number-known'
  | 'exists'
  | 'on-do-not-call'
  | 'already-completed'
  | 'already-unreachable'
export type RowWarning =
  | 'phone-range-unassigned'
  | 'phone-second-kept'
  | 'email-ignored'
  | 'priority-ignored'
  | 'language-ignored'
  | 'time-zone-ignored'
  | 'phone-other-ignored'
  | 'date-ignored'
  | 'attempts-ignored'
  | 'owner-unknown'

/** The cells of one row by field, as text, before anything is understood of them; for the file of rows held back. */
export type GivenFields = {
  name?: string
  firstName?: string
  lastName?: string
  phone?: string
  userCode?: string
  email?: string
  notes?: string
  priority?: string
  language?: string
  timeZone?: string
  tags?: string
  phone2?: string
  phone3?: string
  status?: string
  lastSeenAt?: string
  lastCalledAt?: string
  lastCalledBy?: string
  attempts?: string
  owner?: string
  source?: string
  position?: string
  custom?: Record<string, string>
}
export type FieldName = keyof GivenFields

/** What a list says of a customer; null: the list is silent, which never blanks what is known (IMP-4 merge). */
export type ListedFields = {
  name: string | null
  userCode: string | null
  email: string | null
  notes: string | null
  language: string | null
  timeZone: string | null
  tags: string[]
  custom: Record<string, string>
}

/** Earlier work as a list tells it; what it is silent about is not there. */
export type Past = {
  /** As the list has it; where it is a disposition of the pool, that is the customer's last one. */
  status?: string
  lastSeenAt?: number
  /** Booked before they came here: shown, never counted to the limit. */
  attempts?: number
  /** The agent, by user name or name; `ownerId` once the edge knows who that is. */
  owner?: string
  ownerId?: string
}

/** Why a row cannot be taken: the field it lies in and what stands there (at most 200 characters of it). */
export type Fault = { reason: RowReason; column: FieldName | null; value: string | null }

type Staged = {
  /** Line in the sheet; the header is usually 1. */
  row: number
  given: GivenFields
  name: string | null
}
export type InvalidRow = Staged & { fault: Fault; phone: string | null }
export type ValidRow = Staged & {
  fault: null
  /** E.164. */
  phone: string
  /** As the list had it (IMP-3). */
  phoneGiven: string
  /** Keyed hash of `phone`, the same in any pool; made at the edge. */
  customerId: string
  fields: ListedFields
  /** Further numbers of the customer, E.164, in the order of the list (POOL-27). */
  phones?: { number: string; given: string }[]
  /** What the list says of earlier work with a customer who is new here (IMP-2). */
  past?: Past
  /** −100…100, high first (POOL-2); null: not given. */
  priority: number | null
  warnings: RowWarning[]
}
export type StagedRow = ValidRow | InvalidRow
