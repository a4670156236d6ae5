/** How numbers travel on a trunk (SIP-9): carriers differ in the form they take, and in the form they give. */
export type DialledForm = 'plus' | 'digits' | 'zeros'

/** What is dialled into the trunk for an E.164 number: +44…, 44…, or 0044…, behind the prefix the SBC asks for. */
export function dialledAs(number: string, form: DialledForm, prefix: string): string {
  const digits = number.slice(1)
  return prefix + (form === 'plus' ? number : form === 'zeros' ? `00${digits}` : digits)
}

/** A number as an SBC gives it, in E.164 where it can be told: +44…, 0044…, or 44… with at least 8 digits. Null: it cannot. */
export function givenNumber(user: string): string | null {
  const bare = user.replace(/[-.() ]/g, '')
  const international = bare.startsWith('+') ? bare : bare.startsWith('00') ? `+${bare.slice(2)}` : `+${bare}`
  return /^\+[1-9]\d{7,14}$/.test(international) ? international : null
}

/** Fewer could be anybody's. */
const SHORTEST_ENDING = 6

/**
 * Which of the trunk's numbers (E.164) was dialled: the same digits, or, where the SBC gives the number without its country
 * or area, the one number that ends so. Candidates in the order of trust. Null: none of them.
 */
export function numberDialled(numbers: readonly string[], candidates: readonly string[]): string | null {
  for (const candidate of candidates) {
    const digits = candidate.replace(/\D/g, '').replace(/^00/, '')
    const exact = numbers.find((number) => number.slice(1) === digits)
    if (exact) return exact
    const national = digits.replace(/^0/, '')
    if (national.length < SHORTEST_ENDING) continue
    const ending = numbers.filter((number) => number.endsWith(national))
    if (ending.length === 1) return ending[0]!
  }
  return null
}
