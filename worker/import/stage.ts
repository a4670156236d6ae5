import type { ExtractedRow } from '#shared/domain/import/extract'
import { packRow } from '#shared/domain/import/packed-row'
import { columnsOf } from '#shared/domain/import/part-columns'
import { readRow } from '#shared/domain/import/row'
import type { StagedRow, ValidRow } from '#shared/domain/import/staged'
import { foldHeader } from '#shared/domain/import/text'
import type { Env } from '../env'
import type { StagedPart } from '../rooms/pool/import-parts'
import { customerIdOf } from './customer-id'
import { numbering } from './numbering'

/** Rows of one part: what a room reads, judges or commits in one go while pulls wait, about 5 ms of work. */
const PART_ROWS = 500
/** A room keeps a part as one value of at most 2 MB; a character is at most three bytes. */
const PART_LENGTH = 600_000

/** Rows of a list, however they came, as a PoolRoom stages them. Both ways in pass here, so both give the same verdicts. */
export function stageRow(env: Pick<Env, 'NUMBER_KEY'>, list: ListContext, given: ExtractedRow): StagedRow {
  const read = readRow(given, list.country, numbering, list.timeZone)
  if (read.fault) return read
  // assigned, not spread: a copy of a row takes longer than its number
  const staged: ValidRow = Object.assign(read, { customerId: customerIdOf(env, read.phone) })
  return staged.past?.owner === undefined ? staged : owned(staged, staged.past.owner, list.owners)
}

/** What the rows of a list are read with: the pool's country and clock, and who its owners are by name. */
export type ListContext = { country: string; timeZone: string; owners: ReadonlyMap<string, string> }

function owned(row: ValidRow, owner: string, owners: ListContext['owners']): ValidRow {
  const ownerId = owners.get(foldHeader(owner))
  if (ownerId === undefined) return { ...row, warnings: [...row.warnings, 'owner-unknown'] }
  return { ...row, past: { ...row.past, ownerId } }
}

const USERS = 'SELECT id, username, name FROM users WHERE disabled_at IS NULL LIMIT 10000'
/** Users by user name and by name; a name that two have is nobody's. Asked only for a list that names owners. */
export async function ownersFor(env: Pick<Env, 'DB'>, rows: readonly ExtractedRow[]): Promise<Map<string, string>> {
  const owners = new Map<string, string>()
  if (!rows.some(({ owner }) => owner !== undefined)) return owners
  const { results } = await env.DB.prepare(USERS).all<{ id: string; username: string; name: string }>()
  const twice = new Set<string>()
  for (const { id, name } of results) {
    const folded = foldHeader(name)
    if (owners.has(folded)) twice.add(folded)
    owners.set(folded, id)
  }
  for (const name of twice) owners.delete(name)
  for (const { id, username } of results) owners.set(foldHeader(username), id)
  return owners
}

/** What travels to the room: some hundred rows each. */
export function* partsOf(rows: Iterable<StagedRow>): Generator<StagedPart> {
  let some: StagedRow[] = []
  for (const row of rows) {
    some.push(row)
    if (some.length < PART_ROWS) continue
    yield* withinLength(some)
    some = []
  }
  if (some.length > 0) yield* withinLength(some)
}

function* withinLength(rows: readonly StagedRow[]): Generator<StagedPart> {
  const text = JSON.stringify(rows.map(packRow))
  if (text.length <= PART_LENGTH || rows.length === 1) yield { text, columns: JSON.stringify(columnsOf(rows)) }
  else {
    const half = rows.length >> 1
    yield* withinLength(rows.slice(0, half))
    yield* withinLength(rows.slice(half))
  }
}
