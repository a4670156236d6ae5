import { callable, hasAnother, nextPhone, phonesOf, type Phone } from '#shared/domain/pool/phones'
import type { StoredEntry } from './entry-store'
import type { PoolStore } from './pool-store'

/** POOL-27: every number of a customer with its attempts here. */
export function phonesOfEntry(store: PoolStore, stored: StoredEntry): Phone[] {
  const { entry, phone } = stored
  const given = store.cards.get(entry.id).phoneGiven
  const numbers = [{ number: phone, given }, ...store.phones.aliasesOf(entry.id)]
  return phonesOf(numbers, store.attempts.triedNumbers(entry.id, phone))
}

/** The numbers an attempt may be made on. */
export function callableNumbers(store: PoolStore, stored: StoredEntry): string[] {
  if (store.phones.aliasesOf(stored.entry.id).length === 0) return [stored.phone]
  return callable(phonesOfEntry(store, stored)).map(({ number }) => number)
}

/** Which number is next. */
export function nextNumber(store: PoolStore, stored: StoredEntry): string {
  const phones = phonesOfEntry(store, stored)
  const promisedOn = stored.entry.callback ? store.attempts.lastNumber(stored.entry.id, stored.phone) : null
  return nextPhone(phones, promisedOn).number
}

/** The number an agent says they tried, where it is one of the customer's; else the one that was next. */
export function triedNumber(store: PoolStore, stored: StoredEntry, said: string | undefined): string {
  const numbers = store.phones.numbersOf(stored)
  return said !== undefined && numbers.includes(said) ? said : nextNumber(store, stored)
}

export const isAnotherLeft = (store: PoolStore, stored: StoredEntry, wrong: string): boolean =>
  store.phones.aliasesOf(stored.entry.id).length > 0 && hasAnother(phonesOfEntry(store, stored), wrong)
