import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max'
import type { Numbering } from '#shared/domain/import/phone'
import { readPlain } from './plain-number'

/**
 * libphonenumber with its full metadata. Only the edge reads numbers of a list (docs/decisions/0030): a browser sends the
 * cells and shows the verdicts, so the two can never disagree.
 */
export const numbering: Numbering = (text, country) => readPlain(text, country) ?? readAny(text, country)

/** Whatever is written, by libphonenumber alone. */
export const readAny: Numbering = (text, country) => {
  const read = parsePhoneNumberFromString(text, { defaultCountry: country as CountryCode })
  if (!read) return null
  const assigned = read.isValid()
  // a trunk 0 that stayed on (`0532 123`, half a number) has the length of another kind of number; Italy's real 0 is assigned
  const possible = read.isPossible() && (assigned || !read.nationalNumber.startsWith('0'))
  return { e164: read.number, possible, assigned }
}
