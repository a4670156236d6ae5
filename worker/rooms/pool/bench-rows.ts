import { newEntry } from '#shared/domain/pool/entry'
import type { PoolStore } from './pool-store'

/**
 * Customers that a bench needs by the hundred thousand (POOL-29), past the import's reading and judging and untold to the lists; in
 * the pool's rows they are as imported ones are. Their numbers stand nowhere else: nobody is asked about them.
 */
export function addBenchRows(store: PoolStore, from: number, count: number, now: number): number {
  const phones = Array.from({ length: count }, (_, n) => `+905${String(300_000_000 + from + n)}`)
  store.ahead.add(phones, 0)
  const arriving = phones.map((phone, n) => ({
    entry: newEntry(0, 0),
    phone,
    customerId: `bench-${from + n}`,
    timeZone: null,
  }))
  const stored = store.entries.insertMany(arriving, store.rules, now)
  const none = { userCode: null, email: null, notes: null, language: null, timeZone: null }
  store.cards.insertMany(
    stored.map(({ entry, phone }, n) => [
      entry.id,
      {
        ...none,
        name: `Customer ${from + n}`,
        phoneGiven: phone,
        tags: [],
        custom: {},
        createdAt: now,
        updatedAt: now,
      },
    ]),
  )
  return stored.length
}
