import type { FieldChange } from '#shared/domain/import/merge'
import type { RowReason, StagedRow } from '#shared/domain/import/staged'
import { NEW, type Finding, type Found } from '#shared/domain/import/verdict'
import type { Entry } from '#shared/domain/pool/entry'
import type { Card } from './card-store'

/** How an entry that an import changed stood before (undo), and when the import wrote it. */
export type Before = { entryId: number; card: Card; entry: Entry | null; at: number }
/** What the commit of a part did: entries it made, and how those it changed stood before; `others`: it named them and nothing changed. */
export type PartDone = { made: number[]; before: Before[]; others?: number[] }

/** How many rows of a part stand how; `warned`: taken with a remark. */
export type Tally = Partial<Record<Finding | 'warned', number>>

type Tuple = [Finding, RowReason | null, number | null, FieldChange[]?, FieldChange[]?]

export function tallyOf(rows: readonly StagedRow[], found: readonly Found[]): Tally {
  const tally: Tally = {}
  found.forEach(({ finding }, index) => {
    tally[finding] = (tally[finding] ?? 0) + 1
    const staged = rows[index]!
    if (!staged.fault && staged.warnings.length > 0) tally.warned = (tally.warned ?? 0) + 1
  })
  return tally
}

/** Of a part of so many rows, of which all but the notable ones are plainly new. */
export function tallyIn(notable: ReadonlyMap<number, Found>, rows: number, warned: number): Tally {
  const tally: Tally = {}
  if (rows > notable.size) tally.new = rows - notable.size
  for (const { finding } of notable.values()) tally[finding] = (tally[finding] ?? 0) + 1
  if (warned > 0) tally.warned = warned
  return tally
}

/** `{"3":["duplicate","repeats-row",5]}`: what is plainly new is not written. */
export function notableIn(found: ReadonlyMap<number, Found>): string {
  const notable: Record<string, Tuple> = {}
  for (const [index, { finding, reason, of, changes, kept }] of found)
    notable[index] =
      changes.length > 0 || kept.length > 0 ? [finding, reason, of, changes, kept] : [finding, reason, of]
  return JSON.stringify(notable)
}

export const packed = (found: readonly Found[]): string =>
  notableIn(new Map([...found.entries()].filter(([, { finding }]) => finding !== 'new')))

export function unpacked(text: string, length: number): Found[] {
  const notable = JSON.parse(text) as Record<string, Tuple>
  return Array.from({ length }, (_, index) => {
    const tuple = notable[index]
    if (!tuple) return NEW
    const [finding, reason, of, changes = [], kept = []] = tuple
    return { finding, reason, of, changes, kept }
  })
}
