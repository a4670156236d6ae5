import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max'
import type { Numbering } from '#shared/domain/import/phone'

/**
 * libphonenumber with its full metadata. Only the edge reads numbers of a list (docs/decisions/0030): a browser sends the
 * cells and shows the verdicts, so the two can never disagree.
 */
export const numbering: Numbering = (text, country) => {
  const read = parsePhoneNumberFromString(text, { defaultCountry: country as CountryCode })
  return read ? { e164: read.number, possible: read.isPossible(), assigned: read.isValid() } : null
}
