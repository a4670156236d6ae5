import type { ListedFields } from '#shared/domain/import/staged'
import { CUSTOM, type FieldChange, type FieldValue } from '#shared/domain/pool/card-edit'

/** A customer's fields as a form holds them: all text, custom fields in the order they stand on the screen. */
export type CardForm = {
  name: string
  email: string
  notes: string
  language: string
  timeZone: string
  tags: string
  custom: { key: string; value: string }[]
}
type Fields = Omit<ListedFields, 'userCode'> & { userCode?: string | null }

export function formOf(card: Fields): CardForm {
  return {
    name: card.name ?? '',
    email: card.email ?? '',
    notes: card.notes ?? '',
    language: card.language ?? '',
    timeZone: card.timeZone ?? '',
    tags: card.tags.join(', '),
    custom: Object.entries(card.custom).map(([key, value]) => ({ key, value })),
  }
}

const textOf = (text: string): string | null => (text.trim() === '' ? null : text.trim())

/** What the form says; a custom field without a name says nothing. */
export function fieldsOf(form: CardForm, userCode: string | null): ListedFields {
  const custom = form.custom.flatMap(({ key, value }) =>
    key.trim() === '' || value.trim() === '' ? [] : [[key.trim(), value.trim()] as const],
  )
  return {
    name: textOf(form.name),
    userCode,
    email: textOf(form.email),
    notes: textOf(form.notes),
    language: textOf(form.language),
    timeZone: textOf(form.timeZone),
    tags: [
      ...new Set(
        form.tags
          .split(/[,;،؛]/)
          .map((tag) => tag.trim())
          .filter(Boolean),
      ),
    ],
    custom: Object.fromEntries(custom),
  }
}

/** Puts one field of a card into the form: what somebody else has just changed and this person has not. */
export function withField(form: CardForm, field: string, value: FieldValue): CardForm {
  const text = Array.isArray(value) ? value.join(', ') : (value ?? '')
  if (!field.startsWith(CUSTOM)) return { ...form, [field]: text }
  const key = field.slice(CUSTOM.length)
  const others = form.custom.filter((one) => one.key !== key)
  return { ...form, custom: value === null ? others : [...others, { key, value: text }] }
}

/** Fields this person changed, and what others did to the same ones meanwhile. */
export function rebased(
  form: CardForm,
  mine: readonly FieldChange[],
  theirs: readonly FieldChange[],
): { form: CardForm; both: FieldChange[] } {
  const touched = new Set(mine.map(({ field }) => field))
  const both = theirs.filter(({ field }) => touched.has(field) && field !== 'tags')
  let next = form
  for (const { field, to } of theirs) if (!touched.has(field)) next = withField(next, field, to)
  return { form: next, both }
}
