import { personOf } from '#shared/domain/import/person'
import type { ListedFields, StagedRow, ValidRow } from '#shared/domain/import/staged'
import { findingFor, type Found } from '#shared/domain/import/verdict'
import type { Card } from './card-store'
import type { StoredEntry } from './entry-row'
import type { InList } from './import-standing'
import type { PoolStore } from './pool-store'

export type Known = { stored: StoredEntry; card: Card }
/** What the pool knows of the numbers of some rows: who has each, in order of arrival. */
export type Around = { people: Map<string, Known[]>; barred: Set<string> }

/** Two questions for all numbers together, not one a row. `settled`: of these it is known that nobody has them here. */
export function around(store: PoolStore, phones: readonly string[], settled: readonly string[] = []): Around {
  const here = phones.length > 0 ? store.entries.byPhones(phones) : new Map<string, StoredEntry[]>()
  const ids = [...here.values()].flatMap((some) => some.map(({ entry }) => entry.id))
  const cards = ids.length > 0 ? store.cards.getMany(ids) : new Map<number, Card>()
  const people = new Map(
    [...here].map(([phone, some]) => [phone, some.map((stored) => ({ stored, card: cards.get(stored.entry.id)! }))]),
  )
  return { people, barred: store.doNotCall.among([...phones, ...settled]) }
}

/** Of the people who have its number, the one a row speaks of. */
export function spokenOf({ people }: Around, { phone, fields }: ValidRow): Known | null {
  const named = (people.get(phone) ?? []).map((known) => ({ known, fields: known.card }))
  return personOf(named, fields.userCode)?.known ?? null
}

/** IMP-4: how a row stands now. `inList`: behind which rows of its list. */
export function judge(store: PoolStore, staged: StagedRow, inList: InList, { people, barred }: Around): Found {
  if (staged.fault) return findingFor(staged, { ...inList, people: [], onDoNotCall: false })
  const here = people.get(staged.phone) ?? []
  return findingFor(staged, {
    ...inList,
    people: here.map(({ stored, card }) => ({
      state: stored.entry.state,
      fields: listed(card),
      priority: stored.entry.priority,
      numbers: () => store.phones.numbersOf(stored),
      edited: () => store.edits.edited(stored.entry.id),
    })),
    onDoNotCall: barred.has(staged.phone),
  })
}

export const listed = ({ phoneGiven: _given, createdAt: _made, updatedAt: _changed, ...fields }: Card): ListedFields =>
  fields

export const isValid = (row: StagedRow): row is ValidRow => row.fault === null
