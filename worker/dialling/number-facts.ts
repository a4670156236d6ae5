import { parsePhoneNumberFromString, type PhoneNumberType } from 'libphonenumber-js/max'
import { kindOfCallingCode, type NumberFacts, type NumberKind } from '#shared/domain/dialling/number-kind'

const KINDS: Record<PhoneNumberType, NumberKind> = {
  FIXED_LINE: 'fixed',
  MOBILE: 'mobile',
  FIXED_LINE_OR_MOBILE: 'mobile',
  TOLL_FREE: 'toll-free',
  PREMIUM_RATE: 'premium-rate',
  SHARED_COST: 'shared-cost',
  VOIP: 'voip',
  PERSONAL_NUMBER: 'personal',
  PAGER: 'pager',
  UAN: 'uan',
  VOICEMAIL: 'voicemail',
}
/** Networks drop what is dialled beyond a number's end: digits behind a premium number would hide it. */
const MOST_EXTRA = 5

/** SIP-7: country and kind of a number (E.164), by libphonenumber's full metadata. */
export function factsOf(number: string): NumberFacts {
  const whole = read(number)
  if (whole.kind !== 'unknown') return whole
  for (let cut = 1; cut <= MOST_EXTRA && number.length - cut >= 8; cut++) {
    const shorter = read(number.slice(0, -cut))
    if (shorter.kind !== 'unknown') return shorter
  }
  return whole
}

function read(number: string): NumberFacts {
  const parsed = parsePhoneNumberFromString(number)
  if (!parsed) return { country: null, kind: 'unknown' }
  const type = parsed.getType()
  const kind = kindOfCallingCode(parsed.countryCallingCode) ?? (type ? KINDS[type] : 'unknown')
  return { country: parsed.country ?? null, kind }
}
