import { createHash } from 'node:crypto'
import { mergeListed } from '#shared/domain/import/merge'
import type { GivenFields, ListedFields, StagedRow, ValidRow } from '#shared/domain/import/staged'
import { verdictFor, type RowVerdict, type Standing } from '#shared/domain/import/verdict'
import { newEntry } from '#shared/domain/pool/entry'
import { VERDICTS, type ImportView } from '#shared/protocol/imports'
import type { Card } from './card-store'
import type { ImportHead, Judged, StoredImport } from './import-store'
import type { PoolStore } from './pool-store'
import { Refused } from './refused'

/** Rows one transaction commits; more would keep pulls waiting. */
export const SLICE_ROWS = 2_000
const KEEP_ROWS_MS = 7 * 24 * 3600_000

type Opening = Omit<ImportHead, 'columns'> & { columns?: ImportHead['columns']; id: string; at: number }

export function openImport(store: PoolStore, input: Opening, now: number): ImportView {
  if (!store.pool) throw new Refused('unknown-pool')
  store.imports.forgetRowsBefore(now - KEEP_ROWS_MS)
  const { id, at, columns = [], ...given } = input
  const head: ImportHead = { ...given, columns }
  const state = head.rowCount === 0 ? ('checked' as const) : ('receiving' as const)
  const opened = {
    id,
    head,
    state,
    received: 0,
    warnings: 0,
    committedRows: 0,
    committedTo: 0,
    createdAt: at,
    committedAt: null,
  }
  store.imports.put(opened)
  store.journal({ kind: 'import-changed', importId: id })
  return viewOf(store, opened)
}

export function importOf(store: PoolStore, id: string): StoredImport {
  const found = store.imports.get(id)
  if (!found) throw new Refused('unknown-import')
  return found
}

/**
 * IMP-5: a chunk again with the same rows is answered again, with others refused. Each row gets the verdict of the dry run
 * (IMP-4) as it arrives; the last row makes the import `checked`.
 */
export function putChunk(store: PoolStore, importId: string, n: number, rows: StagedRow[]): { received: number } {
  const found = importOf(store, importId)
  const hash = createHash('sha256').update(JSON.stringify(rows)).digest('base64')
  const known = store.imports.chunkHash(importId, n)
  if (known !== null) {
    if (known !== hash) throw new Refused('chunk-mismatch')
    return { received: found.received }
  }
  if (found.state !== 'receiving') throw new Refused('import-state')
  const received = found.received + rows.length
  if (received > found.head.rowCount) throw new Refused('chunk-mismatch')
  let warnings = found.warnings
  for (const staged of rows) {
    if (store.imports.hasRow(importId, staged.row)) throw new Refused('chunk-mismatch')
    const verdict = judge(store, found, staged)
    store.imports.stage(importId, { staged, verdict })
    if (verdict.warnings.length > 0) warnings += 1
    if (staged.phone !== null && verdict.verdict !== 'duplicate') demoteLater(store, found, staged.row, staged.phone)
  }
  store.imports.addChunk(importId, n, hash, rows.length)
  const state = received === found.head.rowCount ? ('checked' as const) : found.state
  store.imports.put({ ...found, received, warnings, state })
  return { received }
}

/** Chunks may come in any order, and the first in the sheet wins: rows judged before an earlier one came are judged anew. */
function demoteLater(store: PoolStore, found: StoredImport, row: number, phone: string): void {
  for (const later of store.imports.withPhone(found.id, phone, 1_000)) {
    if (later.staged.row > row) store.imports.rejudge(found.id, later, judge(store, found, later.staged))
  }
}

function judge(store: PoolStore, found: StoredImport, staged: StagedRow): RowVerdict {
  if (staged.fault)
    return verdictFor(
      staged,
      { first: { row: staged.row, userCode: null }, known: null, onDoNotCall: false },
      found.head.policy,
    )
  return verdictFor(staged, standingOf(store, found.id, staged), found.head.policy)
}

function standingOf(store: PoolStore, importId: string, staged: ValidRow): Standing {
  const earliest = store.imports.withPhone(importId, staged.phone, 1)[0]?.staged
  const first = earliest && !earliest.fault && earliest.row < staged.row ? earliest : staged
  const stored = store.entries.byPhone(staged.phone)
  return {
    first: { row: first.row, userCode: first.fields.userCode },
    known: stored && {
      state: stored.entry.state,
      fields: listed(store.cards.get(stored.entry.id)),
      priority: stored.entry.priority,
    },
    onDoNotCall: store.doNotCall.has(staged.phone),
  }
}

/**
 * IMP-4, 9: the next rows, in one transaction; each is judged anew, for the pool may have changed since the dry run. What
 * is committed can be pulled at once. After the last slice the import is `committed`; asking again changes nothing.
 */
export function commitSlice(store: PoolStore, importId: string, now: number): ImportView {
  const found = importOf(store, importId)
  if (found.state === 'committed') return viewOf(store, found)
  if (found.state !== 'checked' && found.state !== 'committing') throw new Refused('import-state')
  const rows = store.imports.after(importId, found.committedTo, SLICE_ROWS)
  const changed: number[] = []
  for (const judged of rows) {
    const verdict = judge(store, found, judged.staged)
    if (verdict.verdict !== judged.verdict.verdict) store.imports.rejudge(importId, judged, verdict)
    const entryId = take(store, judged, verdict, now)
    const listedId = entryId ?? store.entries.byPhone(judged.staged.phone ?? '')?.entry.id ?? null
    const isNewThere = listedId !== null && store.lists.put(listedId, importId)
    if (entryId !== null || isNewThere) changed.push(listedId!)
  }
  const committedRows = found.committedRows + rows.length
  const done = committedRows >= found.received
  const next: StoredImport = {
    ...found,
    committedRows,
    committedTo: rows.at(-1)?.staged.row ?? found.committedTo,
    state: done ? 'committed' : 'committing',
    committedAt: done ? now : null,
  }
  store.imports.put(next)
  if (changed.length > 0) store.journal({ kind: 'changed', entries: changed, cards: true })
  const seq = store.journal({ kind: 'import-changed', importId })
  return { ...viewOf(store, next), projection: { room: `pool:${store.poolId}`, seq } }
}

/** Puts one row into the pool; null: it changes nothing. */
function take(store: PoolStore, { staged }: Judged, { verdict }: RowVerdict, now: number): number | null {
  if (staged.fault) return null
  if (verdict === 'new') {
    const { entry } = store.entries.insert(
      newEntry(0, staged.priority ?? 0),
      staged.phone,
      staged.customerId,
      store.rules,
      now,
      staged.fields.timeZone,
    )
    store.cards.put(entry.id, { ...staged.fields, phoneGiven: staged.phoneGiven, createdAt: now, updatedAt: now })
    return entry.id
  }
  if (verdict !== 'update') return null
  const stored = store.entries.byPhone(staged.phone)!
  const card = store.cards.get(stored.entry.id)
  const { fields } = mergeListed(listed(card), staged.fields)
  store.cards.put(stored.entry.id, { ...card, ...fields, updatedAt: now })
  if (staged.priority !== null) store.save(stored, { ...stored.entry, priority: staged.priority }, now)
  return stored.entry.id
}

const listed = ({ phoneGiven: _given, createdAt: _made, updatedAt: _changed, ...fields }: Card): ListedFields => fields

export function viewOf(store: PoolStore, { id, head, committedTo: _to, ...rest }: StoredImport): ImportView {
  const counts = store.imports.counts(id)
  const pool = store.pool!
  return {
    id,
    poolId: pool.id,
    poolName: pool.name,
    country: pool.country,
    ...head,
    ...rest,
    counts: Object.fromEntries(VERDICTS.map((verdict) => [verdict, counts[verdict] ?? 0])) as ImportView['counts'],
  }
}

export type ImportRowsPage = { items: (RowVerdict & { given: GivenFields })[]; nextCursor: string | null }
type RowsQuery = { verdicts: string[]; warned: boolean; cursor?: number; limit: number }

/** The rows of the dry run with the cells as given, for the screen and for the file of rows held back. */
export function importRows(
  store: PoolStore,
  importId: string,
  { verdicts, warned, cursor = 0, limit }: RowsQuery,
): ImportRowsPage {
  importOf(store, importId)
  const rows =
    verdicts.length > 0 || warned
      ? store.imports.matching(importId, verdicts, warned, cursor, limit)
      : store.imports.after(importId, cursor, limit)
  const last = rows.at(-1)?.staged.row
  return {
    items: rows.map(({ staged, verdict: judged }) => ({ ...judged, given: staged.given })),
    nextCursor: rows.length === limit && last !== undefined ? String(last) : null,
  }
}
