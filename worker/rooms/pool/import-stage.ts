import { rowsOfPart } from '#shared/domain/import/packed-row'
import { e164Of, lineOf, linesOf, type PartColumns } from '#shared/domain/import/part-columns'
import type { Finding, Found } from '#shared/domain/import/verdict'
import { tallyIn } from './import-findings'
import { around, judge, type Around } from './import-judge'
import type { StagedPart } from './import-parts'
import { arrivingIn, standingIn, type Demoted } from './import-standing'
import type { StoredImport } from './import-store'
import type { PoolStore } from './pool-store'
import { Refused } from './refused'

/** IMP-6. */
const MOST_ROWS = 500_000

/**
 * IMP-4: judges a part for the dry run and keeps it; `run` is brought up to date. Answers the part's id. Only rows in which there is
 * something to be seen are read: most are the first of their number in the list, and nobody here has it.
 */
export function stagePart(store: PoolStore, run: StoredImport, part: StagedPart): number {
  const columns = JSON.parse(part.columns) as PartColumns
  const { phones } = columns
  const lines = linesOf(columns)
  run.received += lines.length
  const isTwice = columns.rows !== undefined && new Set(lines).size < lines.length
  if (
    run.received > (run.head.rowCount ?? MOST_ROWS) ||
    lines.length === 0 ||
    isTwice ||
    store.imports.parts.hasRow(run.no, lines)
  )
    throw new Refused('chunk-mismatch')
  const here = around(
    store,
    phones.flatMap((digits) => (digits === 0 ? [] : e164Of(digits))),
  )
  const numbers = store.imports.numbers(run.no)
  const repeated = numbers.repeatedAmong(phones)
  const notable = new Map<number, Found>()
  const told = phones.flatMap((digits, index) => (isToldOf(digits, repeated, here) ? index : []))
  const rows = told.length > 0 ? rowsOfPart(part.text) : []
  const list = arrivingIn(
    store,
    run.no,
    told.map((index) => rows[index]!),
  )
  for (const index of told) {
    const is = judge(store, rows[index]!, list.of(rows[index]!), here)
    if (is.finding !== 'new') notable.set(index, is)
  }
  const tally = tallyIn(notable, lines.length, columns.warned)
  const id = store.imports.parts.add({ no: run.no, part, columns, notable, tally })
  phones.forEach((digits, index) => {
    if (digits !== 0 && !repeated.has(digits)) numbers.put(digits, lineOf(columns, index))
  })
  list.keep(id)
  for (const earlier of list.demoted) demote(store, run, earlier)
  const { warned = 0, ...counts } = tally
  run.warnings += warned
  for (const [finding, count] of Object.entries(counts) as [Finding, number][])
    run.findings[finding] = (run.findings[finding] ?? 0) + count
  return id
}

/** Whether there may be more to say of a row than that it is new. */
function isToldOf(digits: number, repeated: ReadonlySet<number>, { people, barred }: Around): boolean {
  if (digits === 0 || repeated.has(digits)) return true
  if (people.size === 0 && barred.size === 0) return false
  const phone = e164Of(digits)
  return people.has(phone) || barred.has(phone)
}

/** A row that was the first of its number, or of its person, is not any more. */
function demote(store: PoolStore, run: StoredImport, { part: id, row }: Demoted): void {
  const part = store.imports.parts.get(id)
  const index = part.rows.findIndex((staged) => staged.row === row)
  const staged = part.rows[index]
  if (!staged || staged.fault) return
  const was = part.found[index]!
  const is: Found = judge(store, staged, standingIn(store, run.no, [staged])(staged), around(store, [staged.phone]))
  part.found[index] = is
  store.imports.parts.setFound(part)
  run.findings[was.finding] = (run.findings[was.finding] ?? 1) - 1
  run.findings[is.finding] = (run.findings[is.finding] ?? 0) + 1
}
