import type { ListedFields } from './staged'

/** A value as lists and people give it: text, tags, or nothing. */
export type FieldValue = string | string[] | null
/** One field from → to; a custom field is named `custom.KEY`. */
export type FieldChange = { field: string; from: FieldValue; to: FieldValue }
export type Merged = {
  fields: ListedFields
  /** What the list changes, from → to. */
  changes: FieldChange[]
  /** What the list says otherwise of fields that a person edited: left as they are, from (kept) → to (the list's). */
  kept: FieldChange[]
}

const TEXTS = ['name', 'userCode', 'email', 'notes', 'language', 'timeZone'] as const
const NONE: ReadonlySet<string> = new Set()

/**
 * IMP-4, policy merge: what the list says fills and updates, what it is silent about stays, and so does what a person
 * edited. Tags are joined, custom fields merged by key. Merging the same list twice changes nothing.
 */
export function mergeListed(
  known: ListedFields,
  listed: ListedFields,
  edited: () => ReadonlySet<string> = () => NONE,
): Merged {
  const differs = differencesOf(known, listed)
  if (differs.length === 0) return { fields: known, changes: [], kept: [] }
  const byPerson = edited()
  const kept = differs.filter(({ field }) => byPerson.has(field))
  const changes = kept.length > 0 ? differs.filter(({ field }) => !byPerson.has(field)) : differs
  return { fields: applied(known, changes), changes, kept }
}

function differencesOf(known: ListedFields, listed: ListedFields): FieldChange[] {
  const differs: FieldChange[] = []
  for (const field of TEXTS) {
    const says = listed[field]
    if (says !== null && says !== known[field]) differs.push({ field, from: known[field], to: says })
  }
  const added = listed.tags.filter((tag) => !known.tags.includes(tag))
  if (added.length > 0) differs.push({ field: 'tags', from: known.tags, to: [...known.tags, ...added] })
  for (const [key, says] of Object.entries(listed.custom)) {
    const from = known.custom[key] ?? null
    if (from !== says) differs.push({ field: `custom.${key}`, from, to: says })
  }
  return differs
}

function applied(known: ListedFields, changes: FieldChange[]): ListedFields {
  const fields: ListedFields = { ...known }
  for (const { field, to } of changes) {
    if (field === 'tags') fields.tags = to as string[]
    else if (field.startsWith('custom.')) fields.custom = { ...fields.custom, [field.slice(7)]: to as string }
    else fields[field as (typeof TEXTS)[number]] = to as string
  }
  return fields
}
