import type { ListedFields, StagedRow, ValidRow } from '#shared/domain/import/staged'
import { findingFor, type Found, type Standing } from '#shared/domain/import/verdict'
import type { Card } from './card-store'
import type { StoredEntry } from './entry-store'
import type { PoolStore } from './pool-store'

export type Known = { stored: StoredEntry; card: Card }
/** What the pool knows of the numbers of some rows. */
export type Around = { known: Map<string, Known>; barred: Set<string> }

/** Two questions for all rows together, not one a row. */
export function around(store: PoolStore, rows: readonly StagedRow[]): Around {
  const phones = rows.flatMap(({ phone }) => phone ?? [])
  const entries = store.entries.byPhones(phones)
  const cards = entries.size > 0 ? store.cards.getMany([...entries.values()].map(({ entry }) => entry.id)) : new Map()
  const known = new Map([...entries].map(([phone, stored]) => [phone, { stored, card: cards.get(stored.entry.id)! }]))
  return { known, barred: store.doNotCall.among(phones) }
}

/** IMP-4: how a row stands now. `first`: the row of this list that the number stands in first. */
export function judge(store: PoolStore, staged: StagedRow, first: Standing['first'], { known, barred }: Around): Found {
  if (staged.fault) return findingFor(staged, { first, known: null, onDoNotCall: false })
  const here = known.get(staged.phone)
  return findingFor(staged, {
    first,
    known: here
      ? {
          state: here.stored.entry.state,
          fields: listed(here.card),
          priority: here.stored.entry.priority,
          numbers: () => store.phones.numbersOf(here.stored),
          edited: () => store.edits.edited(here.stored.entry.id),
        }
      : null,
    onDoNotCall: barred.has(staged.phone),
  })
}

export const listed = ({ phoneGiven: _given, createdAt: _made, updatedAt: _changed, ...fields }: Card): ListedFields =>
  fields

export const isValid = (row: StagedRow): row is ValidRow => row.fault === null
