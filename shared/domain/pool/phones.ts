/** POOL-27: one number of a customer, with what became of it in this pool. */
export type Phone = { number: string; given: string; attempts: number; isWrong: boolean }
/** What the books say of one attempt: on which number, and with which flags. */
export type TriedNumber = { number: string; flags: readonly string[] }

/** The numbers of a customer in the order of the list, each with its attempts; a wrong one stays so until corrected. */
export function phonesOf(
  numbers: readonly { number: string; given: string }[],
  tried: readonly TriedNumber[],
): Phone[] {
  return numbers.map(({ number, given }) => {
    const mine = tried.filter((one) => one.number === number)
    return { number, given, attempts: mine.length, isWrong: mine.some((one) => one.flags.includes('wrong-number')) }
  })
}

/** Numbers that may be tried: those not found wrong. Of a customer without a right one, all: a person decided to try again. */
export function callable(phones: readonly Phone[]): Phone[] {
  const right = phones.filter((phone) => !phone.isWrong)
  return right.length > 0 ? right : [...phones]
}

/**
 * POOL-27: which number is next: the least tried of those not wrong, in the order of the list. A promised call goes to the
 * number it was promised on.
 */
export function nextPhone(phones: readonly Phone[], promisedOn: string | null): Phone {
  const may = callable(phones)
  const promised = may.find((phone) => phone.number === promisedOn)
  return promised ?? may.reduce((least, phone) => (phone.attempts < least.attempts ? phone : least))
}

/** Whether another number is left once this one is found wrong: else the customer is unreachable (POOL-10). */
export const hasAnother = (phones: readonly Phone[], wrong: string): boolean =>
  phones.some((phone) => phone.number !== wrong && !phone.isWrong)
