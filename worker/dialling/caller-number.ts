import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { givenNumber } from '#shared/domain/trunk/dialling'

/**
 * The number of a caller as an SBC gives it, in E.164: with + or 00 as it stands, else as it is dialled where our own number
 * (E.164) is: `0532…`, `532…` and `90532…` are one customer of a Turkish number. Null: it cannot be told, so no customer is
 * held by it (POOL-1).
 */
export function callerNumber(given: string, ours: string): string | null {
  const bare = given.replace(/[-.() ]/g, '')
  if (/^(\+|00)/.test(bare)) return givenNumber(bare)
  if (!/^\d+$/.test(bare)) return null
  const home = parsePhoneNumberFromString(ours)
  const here = home && parsePhoneNumberFromString(bare, { defaultCallingCode: home.countryCallingCode })
  if (here?.isValid()) return here.number
  const abroad = parsePhoneNumberFromString(`+${bare}`)
  if (abroad?.isValid()) return abroad.number
  return here?.isPossible() ? here.number : givenNumber(bare)
}
