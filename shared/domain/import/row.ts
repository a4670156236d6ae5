import type { ExtractedRow } from './extract'
import { readEmail, readLanguage, readPriority, readTags, readTimeZone } from './fields'
import { readPast } from './past'
import { readPhone, type Numbering, type ReadPhone } from './phone'
import type { FieldName, GivenFields, InvalidRow, ListedFields, RowReason, RowWarning, ValidRow } from './staged'
import { cleanLine, cleanText } from './text'

export const NAME_LIMIT = 200
export const NOTES_LIMIT = 2_000
export const USER_CODE_LIMIT = 64
/** Characters of a whole row: past it something was pasted that is no customer. */
export const ROW_LIMIT = 8_000
/** A fault shows at most this much of what stands there. */
const SHOWN = 200
/** POOL-27: further numbers of one customer. */
export const PHONES_LIMIT = 5

/** A row as understood; the edge adds the customer's id to a valid one. */
export type ReadRow = InvalidRow | Omit<ValidRow, 'customerId'>

/**
 * IMP-3: one row of a list, understood or refused for one reason, the first of: a field over its limit, the row over its
 * limit, the phone. Only a phone is required; what else cannot be understood is left out with a warning.
 */
export function readRow(
  { row, ...given }: ExtractedRow,
  country: string,
  numbering: Numbering,
  timeZone = 'UTC',
): ReadRow {
  const name = nameOf(given)
  const invalid = (reason: RowReason, column: FieldName | null, value: string | undefined): InvalidRow => ({
    row,
    given,
    name: name?.slice(0, NAME_LIMIT) ?? null,
    phone: null,
    fault: { reason, column, value: value === undefined ? null : value.slice(0, SHOWN) },
  })
  const tooLong = overLimit(given, name)
  if (tooLong) return invalid(...tooLong)
  const read = readPhone(given.phone ?? '', country, numbering)
  if (!read.ok) return invalid(read.refusal, 'phone', given.phone)
  const warnings: RowWarning[] = []
  if (!read.value.assigned) warnings.push('phone-range-unassigned')
  const phones = furtherPhones(given, read.value, country, numbering, warnings)
  const past = readPast(given, timeZone, warnings)
  const { fields, priority } = understood(given, name, customOf(given), warnings)
  return {
    row,
    given,
    name,
    fault: null,
    phone: read.value.phone,
    phoneGiven: cleanLine(given.phone ?? ''),
    fields,
    priority,
    ...(phones.length > 0 ? { phones } : {}),
    ...(past ? { past } : {}),
    warnings,
  }
}

/** The cell's own second number, then those of the columns for further ones; one that cannot be read is left out, with a remark. */
function furtherPhones(
  given: GivenFields,
  { phone, second }: ReadPhone,
  country: string,
  numbering: Numbering,
  warnings: RowWarning[],
): { number: string; given: string }[] {
  if (second === null && given.phone2 === undefined && given.phone3 === undefined) return []
  const phones = new Map<string, string>()
  if (second !== null) {
    phones.set(second, cleanLine(given.phone ?? ''))
    warnings.push('phone-second-kept')
  }
  for (const text of [given.phone2, given.phone3]) {
    if (text === undefined || cleanLine(text) === '') continue
    const read = readPhone(text, country, numbering)
    if (!read.ok && !warnings.includes('phone-other-ignored')) warnings.push('phone-other-ignored')
    if (!read.ok) continue
    for (const number of [read.value.phone, read.value.second])
      if (number !== null && !phones.has(number)) phones.set(number, cleanLine(text))
  }
  phones.delete(phone)
  return [...phones].slice(0, PHONES_LIMIT).map(([number, text]) => ({ number, given: text }))
}

function nameOf(given: GivenFields): string | null {
  const whole = cleanLine(given.name ?? '')
  const joined = cleanLine(`${given.firstName ?? ''} ${given.lastName ?? ''}`)
  return whole || joined || null
}

function overLimit(given: GivenFields, name: string | null): [RowReason, FieldName | null, string | undefined] | null {
  if (name && name.length > NAME_LIMIT) return ['name-too-long', given.name ? 'name' : 'firstName', name]
  if (cleanText(given.notes ?? '').length > NOTES_LIMIT) return ['notes-too-long', 'notes', given.notes]
  if (cleanLine(given.userCode ?? '').length > USER_CODE_LIMIT)
    return ['user-code-too-long', 'userCode', given.userCode]
  const { custom = {}, ...plain } = given
  const texts = [...Object.values(plain), ...Object.values(custom)] as string[]
  const length = texts.reduce((sum, text) => sum + text.length, 0)
  if (length <= ROW_LIMIT) return null
  return ['row-too-long', null, texts.reduce((longest, text) => (text.length > longest.length ? text : longest), '')]
}

function customOf(given: GivenFields): Record<string, string> {
  if (given.custom === undefined) return {}
  const entries = Object.entries(given.custom ?? {}).map(([key, value]) => [cleanLine(key), cleanText(value)] as const)
  return Object.fromEntries(entries.filter(([key, value]) => key !== '' && value !== ''))
}

function understood(
  given: GivenFields,
  name: string | null,
  custom: Record<string, string>,
  warnings: RowWarning[],
): { fields: ListedFields; priority: number | null } {
  const optional = <T>(text: string | undefined, read: (text: string) => T | null, warning: RowWarning): T | null => {
    if (text === undefined || cleanLine(text) === '') return null
    const value = read(text)
    if (value === null) warnings.push(warning)
    return value
  }
  return {
    fields: {
      name,
      userCode: cleanLine(given.userCode ?? '') || null,
      email: optional(given.email, readEmail, 'email-ignored'),
      notes: cleanText(given.notes ?? '') || null,
      language: optional(given.language, readLanguage, 'language-ignored'),
      timeZone: optional(given.timeZone, readTimeZone, 'time-zone-ignored'),
      tags: readTags(given.tags ?? ''),
      custom,
    },
    priority: optional(given.priority, readPriority, 'priority-ignored'),
  }
}
