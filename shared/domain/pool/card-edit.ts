import { ok, refuse, type Result } from '../../result'
import { readEmail, readLanguage, readTimeZone } from '../import/fields'
import { NAME_LIMIT, NOTES_LIMIT } from '../import/row'
import type { ListedFields } from '../import/staged'
import { cleanLine, cleanText } from '../import/text'

/** A value as history keeps it: text, tags, or nothing. */
export type FieldValue = string | string[] | null
/** One change of one field, as the person saw it and as they want it; a custom field is named `custom.KEY`. */
export type FieldChange = { field: string; from: FieldValue; to: FieldValue }

export const CUSTOM = 'custom.'
export const CUSTOM_KEY_LIMIT = 60
export const CUSTOM_VALUE_LIMIT = 500
const MOST_TAGS = 20
const TAG_LIMIT = 60

type Edited = { fields: ListedFields; changes: FieldChange[] }

/**
 * POOL-23: a person's changes on a card as it stands now. The version that is checked is each field's own: a field that
 * still is as the person saw it is changed, one that is so already stays, and one that became something else meanwhile
 * refuses the whole edit as `conflict`, naming the fields. Tags are added and taken away one by one and never conflict.
 * Refuses `invalid-input`, naming the fields, for what is too long or no such thing (an e-mail address, a zone).
 */
export function editCard(
  card: ListedFields,
  wanted: readonly FieldChange[],
): Result<Edited, 'invalid-input' | 'conflict'> {
  const fields: ListedFields = { ...card, tags: [...card.tags], custom: { ...card.custom } }
  const changes: FieldChange[] = []
  const invalid: string[] = []
  const conflicts: string[] = []
  for (const { field, from, to } of wanted) {
    const is = valueOf(fields, field)
    const clean = is === undefined ? undefined : cleaned(field, to)
    if (is === undefined || clean === undefined) {
      invalid.push(field)
      continue
    }
    const next = field === 'tags' ? mergedTags(is, from, clean) : clean
    if (same(is, next)) continue
    if (field !== 'tags' && !same(is, from)) {
      conflicts.push(field)
      continue
    }
    set(fields, field, next)
    changes.push({ field, from: is, to: next })
  }
  if (invalid.length > 0) return refuse('invalid-input', invalid.join(', '))
  if (conflicts.length > 0) return refuse('conflict', conflicts.join(', '))
  return ok({ fields, changes })
}

/** What differs between a card as it was shown and as a form has it: what an edit says. */
export function changesBetween(was: ListedFields, now: ListedFields): FieldChange[] {
  const names = [...TEXTS, 'tags', ...customKeys(was, now)]
  return names
    .map((field) => ({ field, from: valueOf(was, field) ?? null, to: valueOf(now, field) ?? null }))
    .filter(({ from, to }) => !same(from, to))
}

/** A card with these changes made, whatever stood there: what the desk shows before the edge has answered. */
export function changed<F extends ListedFields>(card: F, changes: readonly FieldChange[]): F {
  const next = { ...card, custom: { ...card.custom } }
  for (const { field, to } of changes) set(next, field, to)
  return next
}

const TEXTS = ['name', 'email', 'notes', 'language', 'timeZone'] as const
type TextField = (typeof TEXTS)[number]
const isText = (field: string): field is TextField => (TEXTS as readonly string[]).includes(field)

function customKeys(was: ListedFields, now: ListedFields): string[] {
  return [...new Set([...Object.keys(was.custom), ...Object.keys(now.custom)])].map((key) => CUSTOM + key)
}

/** undefined: a card has no such field. */
function valueOf(fields: ListedFields, field: string): FieldValue | undefined {
  if (isText(field)) return fields[field]
  if (field === 'tags') return fields.tags
  if (!field.startsWith(CUSTOM)) return undefined
  const key = field.slice(CUSTOM.length)
  if (key === '' || key.length > CUSTOM_KEY_LIMIT || key !== cleanLine(key) || key === '__proto__') return undefined
  return Object.hasOwn(fields.custom, key) ? fields.custom[key]! : null
}

function set(fields: ListedFields, field: string, to: FieldValue): void {
  if (isText(field)) fields[field] = to as string | null
  else if (field === 'tags') fields.tags = (to ?? []) as string[]
  else if (to === null) delete fields.custom[field.slice(CUSTOM.length)]
  else fields.custom[field.slice(CUSTOM.length)] = to as string
}

/** The value in the form it is kept in; undefined: it cannot be kept. */
function cleaned(field: string, to: FieldValue): FieldValue | undefined {
  if (field === 'tags') {
    if (!Array.isArray(to)) return undefined
    const tags = [...new Set(to.map(cleanLine).filter((tag) => tag !== ''))]
    return tags.length <= MOST_TAGS && tags.every((tag) => tag.length <= TAG_LIMIT) ? tags : undefined
  }
  if (Array.isArray(to)) return undefined
  const text = field === 'notes' || field.startsWith(CUSTOM) ? cleanText(to ?? '') : cleanLine(to ?? '')
  if (text === '') return null
  switch (field) {
    case 'name':
      return text.length <= NAME_LIMIT ? text : undefined
    case 'notes':
      return text.length <= NOTES_LIMIT ? text : undefined
    case 'email':
      return readEmail(text) ?? undefined
    case 'language':
      return readLanguage(text) ?? undefined
    case 'timeZone':
      return readTimeZone(text) ?? undefined
    default:
      return text.length <= CUSTOM_VALUE_LIMIT ? text : undefined
  }
}

function mergedTags(is: FieldValue, from: FieldValue, to: FieldValue): string[] {
  const known = (is ?? []) as string[]
  const seen = (from ?? []) as string[]
  const wanted = (to ?? []) as string[]
  const taken = seen.filter((tag) => !wanted.includes(tag))
  const added = wanted.filter((tag) => !seen.includes(tag) && !known.includes(tag))
  return [...known.filter((tag) => !taken.includes(tag)), ...added].slice(0, MOST_TAGS)
}

function same(one: FieldValue, other: FieldValue): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other
  return one.length === other.length && one.every((tag) => other.includes(tag))
}
