import type { Attempt } from '#shared/domain/pool/attempt'
import { callable, hasAnother, nextPhone, phonesOf, type Phone, type TriedNumber } from '#shared/domain/pool/phones'
import type { CustomerPhone } from '#shared/protocol/pulls'
import type { StoredEntry } from './entry-row'
import type { PoolStore } from './pool-store'

const CARRIED = 100

/** POOL-27: every number of a customer with its attempts here. */
export function phonesOfEntry(store: PoolStore, stored: StoredEntry): Phone[] {
  const { entry, phone } = stored
  const given = store.cards.get(entry.id).phoneGiven
  const numbers = [{ number: phone, given }, ...store.phones.aliasesOf(entry.id)]
  return phonesOf(numbers, triedNumbers(store, stored))
}

/** On which number each attempt was made, oldest first; of the pools the customer came from, too (POOL-24). */
const triedNumbers = (store: PoolStore, { entry, phone }: StoredEntry): TriedNumber[] => [
  ...store.carried.tried(entry.id, CARRIED),
  ...store.attempts.triedNumbers(entry.id, phone),
]

/** The numbers an attempt may be made on. One that is on a do-not-call list by itself is left out (POOL-16). */
export function callableNumbers(store: PoolStore, stored: StoredEntry): string[] {
  if (store.phones.aliasesOf(stored.entry.id).length === 0) return [stored.phone]
  return callable(allowed(store, stored)).map(({ number }) => number)
}

function allowed(store: PoolStore, stored: StoredEntry): Phone[] {
  const phones = phonesOfEntry(store, stored)
  const free = phones.filter(({ number }) => !store.doNotCall.has(number))
  return free.length > 0 ? free : phones
}

/** Which number is next. */
export function nextNumber(store: PoolStore, stored: StoredEntry): string {
  const phones = allowed(store, stored)
  const promisedOn = stored.entry.callback ? (triedNumbers(store, stored).at(-1)?.number ?? null) : null
  return nextPhone(phones, promisedOn).number
}

/** As the desk shows them; undefined: the customer has one number. */
export function shownPhones(store: PoolStore, stored: StoredEntry): CustomerPhone[] | undefined {
  if (store.phones.aliasesOf(stored.entry.id).length === 0) return undefined
  const next = nextNumber(store, stored)
  return phonesOfEntry(store, stored).map((phone) => ({ ...phone, isNext: phone.number === next }))
}

/** The number an agent says they tried, where it is one of the customer's; else the one that was next. */
export function triedNumber(store: PoolStore, stored: StoredEntry, said: string | undefined): string {
  const numbers = store.phones.numbersOf(stored)
  return said !== undefined && numbers.includes(said) ? said : nextNumber(store, stored)
}

export const isAnotherLeft = (store: PoolStore, stored: StoredEntry, wrong: string): boolean =>
  store.phones.aliasesOf(stored.entry.id).length > 0 && hasAnother(allowed(store, stored), wrong)

/** The attempt with the number it was made on, where there are several to tell apart. */
export const onNumber = (store: PoolStore, { entry }: StoredEntry, attempt: Attempt, number: string): Attempt =>
  store.phones.aliasesOf(entry.id).length > 0 ? { ...attempt, phone: number } : attempt

/** Further numbers of a customer, from a list or by hand: those known already stay where they are. */
export function addPhones(
  store: PoolStore,
  stored: StoredEntry,
  more: readonly { number: string; given: string }[],
): void {
  const known = new Set(store.phones.numbersOf(stored))
  const fresh = more.filter(({ number }) => !known.has(number))
  if (fresh.length === 0) return
  store.phones.add(stored.entry.id, stored.phone, fresh)
  store.numbers.arrived(
    fresh.map(({ number }) => number),
    store.ahead,
  )
}
