import type { GivenFields, ListedFields, StagedRow, ValidRow } from './staged'

type Derived = Pick<ValidRow, 'name' | 'phoneGiven' | 'priority' | 'warnings'>
/** A row that could be read, without what its own cells say already. */
type PackedRow = Omit<ValidRow, keyof Derived | 'fault' | 'fields'> &
  Partial<Derived> & { fields?: Partial<ListedFields> }
/** A row as it travels to its room and is kept there. Rows that could not be read are as they are. */
export type KeptRow = PackedRow | StagedRow

/**
 * What is understood of a cell is mostly what stands in it: only the differences are kept, which halves a list on its way and
 * in its room. `unpackRow` gives back the same row.
 */
export function packRow(row: StagedRow): KeptRow {
  if (row.fault) return row
  const { fault: _none, name, phoneGiven, fields, priority, warnings, ...rest } = row
  const { given } = row
  const packed: PackedRow = rest
  if (name !== nameIn(given)) packed.name = name
  if (phoneGiven !== (given.phone ?? '')) packed.phoneGiven = phoneGiven
  if (priority !== null) packed.priority = priority
  if (warnings.length > 0) packed.warnings = warnings
  const differing = differencesOf(fields, name, given)
  if (differing) packed.fields = differing
  return packed
}

/**
 * Parts that an older release kept have all of their rows. Field by field: spreading a row into another costs six times the
 * reading of its text.
 */
export function unpackRow(packed: KeptRow): StagedRow {
  if ('fault' in packed) return packed
  const { row, given, phone, customerId, phones, past } = packed
  const name = packed.name === undefined ? nameIn(given) : packed.name
  const unpacked: ValidRow = {
    row,
    given,
    name,
    fault: null,
    phone,
    phoneGiven: packed.phoneGiven ?? given.phone ?? '',
    customerId,
    fields: plainFields(name, given),
    priority: packed.priority ?? null,
    warnings: packed.warnings ?? [],
  }
  if (packed.fields) Object.assign(unpacked.fields, packed.fields)
  if (phones) unpacked.phones = phones
  if (past) unpacked.past = past
  return unpacked
}
type Taken = 'row' | 'given' | 'phone' | 'customerId' | 'phones' | 'past'
/** A field that rows get and that is not unpacked is an error here. */
true satisfies Exclude<keyof PackedRow, Taken | keyof Derived | 'fields'> extends never ? true : never

/** The rows of a part, as `import_body` keeps it. */
export const rowsOfPart = (body: string): StagedRow[] => (JSON.parse(body) as KeptRow[]).map(unpackRow)

/** As the cells have it, were there nothing to clean. */
function nameIn({ name, firstName, lastName }: GivenFields): string | null {
  if (name !== undefined) return name
  if (firstName === undefined || lastName === undefined) return firstName ?? lastName ?? null
  return `${firstName} ${lastName}`
}

const plainFields = (name: string | null, given: GivenFields): ListedFields => ({
  name,
  userCode: given.userCode ?? null,
  email: given.email ?? null,
  notes: given.notes ?? null,
  language: given.language ?? null,
  timeZone: given.timeZone ?? null,
  tags: [],
  custom: given.custom ?? {},
})

const TEXTS = ['userCode', 'email', 'notes', 'language', 'timeZone'] as const
function differencesOf(fields: ListedFields, name: string | null, given: GivenFields): Partial<ListedFields> | null {
  let differing: Partial<ListedFields> | null = null
  if (fields.name !== name) differing = { name: fields.name }
  for (const field of TEXTS) {
    if (fields[field] !== (given[field] ?? null)) (differing ??= {})[field] = fields[field]
  }
  if (fields.tags.length > 0) (differing ??= {}).tags = fields.tags
  if (!isSame(fields.custom, given.custom)) (differing ??= {}).custom = fields.custom
  return differing
}

function isSame(one: Record<string, string>, other: Record<string, string> | undefined): boolean {
  let keys = 0
  for (const key in one) {
    if (other?.[key] !== one[key]) return false
    keys += 1
  }
  for (const _key in other) keys -= 1
  return keys === 0
}
