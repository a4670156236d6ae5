import { CUSTOM, type FieldValue } from '#shared/domain/pool/card-edit'
import { locale } from '$lib/i18n/locale.svelte'
import { m } from '$lib/paraglide/messages'

const WORDS: Record<string, () => string> = {
  name: m.customer_field_name,
  userCode: m.customer_field_user_code,
  email: m.customer_field_email,
  notes: m.customer_field_notes,
  language: m.customer_field_language,
  timeZone: m.customer_field_time_zone,
  tags: m.customer_field_tags,
}
/** A field's name in the reader's language; a custom one by its own. */
export const fieldWord = (field: string): string =>
  field.startsWith(CUSTOM) ? field.slice(CUSTOM.length) : (WORDS[field]?.() ?? field)

export function valueWord(field: string, value: FieldValue): string {
  if (value === null || value.length === 0) return m.customer_value_none()
  if (Array.isArray(value)) return value.join(', ')
  return field === 'language' ? languageName(value) : value
}

export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames([locale.tag], { type: 'language' }).of(code) ?? code
  } catch {
    return code
  }
}
