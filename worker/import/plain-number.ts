import { Metadata, type CountryCode } from 'libphonenumber-js/max'
import type { ReadNumber } from '#shared/domain/import/phone'

type Ranges = { lengths: readonly number[]; pattern: RegExp }
/** `abroad`: what is dialled before another country's code; `trunk`: what may stand before a national number. */
type Plan = { plus: string; abroad: RegExp; trunk: RegExp | null; whole: Ranges; lines: Ranges[] }

/** A number and nothing beside it: no letters, no extension, a plus only in front. */
const PLAIN = /^[+\d(][\d ()-]*\d$/
const LONGEST = 40
const SIGNS = /[ ()-]+/g
const plans = new Map<string, Plan | null>()

/**
 * IMP-3: a fixed or mobile number of the country itself, given out and written plainly: with plus and calling code, with the
 * trunk prefix, or without. Null: libphonenumber has to read it. Most cells of most lists are such, and are read in a tenth of its time.
 * It takes libphonenumber's own patterns and its steps, and only where these leave one reading; a test compares the two in every country.
 */
export function readPlain(text: string, country: string): ReadNumber | null {
  if (text.length > LONGEST || !PLAIN.test(text)) return null
  let plan = plans.get(country)
  if (plan === undefined) plans.set(country, (plan = planOf(country)))
  if (plan === null) return null
  const national = nationalOf(text.replace(SIGNS, ''), plan)
  if (national === null || !isIn(national, plan.whole)) return null
  if (!plan.lines.some((ranges) => isIn(national, ranges))) return null
  return { e164: `${plan.plus}${national}`, possible: true, assigned: true }
}

/** null: it is another country's, dialled as from abroad, or its prefix says more than that it is national. */
function nationalOf(digits: string, { plus, abroad, trunk }: Plan): string | null {
  if (digits.startsWith('+')) {
    const national = digits.slice(plus.length)
    return digits.startsWith(plus) && !trunk?.test(national) ? national : null
  }
  if (abroad.test(digits)) return null
  const prefix = trunk?.exec(digits)
  if (!prefix) return digits
  return prefix.slice(1).some((group) => group !== undefined) ? null : digits.slice(prefix[0].length)
}

const isIn = (national: string, { lengths, pattern }: Ranges) =>
  lengths.includes(national.length) && pattern.test(national)

/** What the package keeps of a plan; its types leave most of it out. */
type Kept = {
  callingCode: () => string
  IDDPrefix: () => string
  nationalNumberPattern: () => string
  possibleLengths: () => number[]
  nationalPrefixForParsing: () => string | undefined
  leadingDigits: () => string | undefined
  type: (name: string) => { pattern: () => string; possibleLengths: () => number[] | undefined } | undefined
}
type Codes = { getCountryCodesForCallingCode: (code: string) => string[] | undefined }

/** null: of several countries with one calling code this is not the first that a number is looked for in. */
function planOf(country: string): Plan | null {
  const metadata = new Metadata()
  metadata.selectNumberingPlan(country as CountryCode)
  const kept = metadata.numberingPlan as unknown as Kept
  const countries = (metadata as unknown as Codes).getCountryCodesForCallingCode(kept.callingCode())
  if (countries?.[0] !== country || kept.leadingDigits()) return null
  const trunk = kept.nationalPrefixForParsing()
  const whole = { lengths: kept.possibleLengths(), pattern: entirely(kept.nationalNumberPattern()) }
  const lines = ['MOBILE', 'FIXED_LINE'].flatMap((name): Ranges[] => {
    const type = kept.type(name)
    if (!type?.pattern()) return []
    return [{ lengths: type.possibleLengths() ?? whole.lengths, pattern: entirely(type.pattern()) }]
  })
  return {
    plus: `+${kept.callingCode()}`,
    abroad: new RegExp(`^(?:${kept.IDDPrefix()})`),
    trunk: trunk ? new RegExp(`^(?:${trunk})`) : null,
    whole,
    lines,
  }
}

const entirely = (pattern: string) => new RegExp(`^(?:${pattern})$`)
