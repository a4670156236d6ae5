import { createHash } from 'node:crypto'
import type { GivenFields } from '#shared/domain/import/staged'
import { rowVerdict, verdictOf, type Choices, type Finding, type RowVerdict } from '#shared/domain/import/verdict'
import { VERDICTS, type ImportView } from '#shared/protocol/imports'
import type { StagedPart } from './import-parts'
import { stagePart } from './import-stage'
import type { ImportHead, StoredImport } from './import-store'
import type { PoolStore } from './pool-store'
import { Refused } from './refused'

export const KEEP_ROWS_MS = 7 * 24 * 3600_000

type Opening = Pick<ImportHead, 'fileName' | 'sha256' | 'policy' | 'rowCount' | 'by'> & {
  columns?: ImportHead['columns']
  reopenUnreachable?: boolean
  sharedNumbers?: Choices['sharedNumbers']
  signature?: string | undefined
  id: string
  at: number
}

export function openImport(store: PoolStore, input: Opening, now: number): ImportView {
  if (!store.pool) throw new Refused('unknown-pool')
  store.imports.giveUp(now - KEEP_ROWS_MS)
  store.forgetImportsSoon(now)
  const { id, at, columns = [], reopenUnreachable = false, signature, ...given } = input
  if (signature !== undefined) store.imports.setMapping(signature, input.by.id, columns, now)
  const opened = store.imports.open(
    id,
    { ...given, columns, reopenUnreachable },
    {
      state: given.rowCount === 0 ? 'checked' : 'receiving',
      received: 0,
      warnings: 0,
      findings: {},
      committedRows: 0,
      undone: null,
      createdAt: at,
      committedAt: null,
    },
  )
  store.journal({ kind: 'import-changed', importId: id })
  return viewOf(store, opened)
}

export function importOf(store: PoolStore, id: string): StoredImport {
  const found = store.imports.get(id)
  if (!found) throw new Refused('unknown-import')
  return found
}

/**
 * IMP-5: a chunk again with the same rows is answered again, with others refused. Each row is judged for the dry run (IMP-4) as
 * it arrives; the last row makes the import `checked`.
 */
export function putChunk(store: PoolStore, importId: string, n: number, parts: StagedPart[]): { received: number } {
  const found = importOf(store, importId)
  const known = store.imports.piece(found.no, n)
  if (known !== null) {
    const isSame = 'parts' in known ? store.imports.parts.areAsKept(known.parts, parts) : known.hash === hashOf(parts)
    if (!isSame) throw new Refused('chunk-mismatch')
    return { received: found.received }
  }
  if (found.state !== 'receiving') throw new Refused('import-state')
  const next = { ...found, findings: { ...found.findings } }
  const ids = parts.map((part) => stagePart(store, next, part))
  store.imports.addPiece(found.no, n, ids)
  if (next.received === found.head.rowCount) next.state = 'checked'
  store.imports.put(next)
  return { received: next.received }
}

/** Of chunks that an older release staged a hash was kept. */
function hashOf(parts: readonly StagedPart[]): string {
  const hash = createHash('sha256')
  for (const { text } of parts) hash.update(text)
  return hash.digest('base64')
}

/** The file was read to its end. */
function endAt(run: StoredImport, rowCount: number): void {
  if (run.received > rowCount || (run.head.rowCount ?? rowCount) !== rowCount) throw new Refused('chunk-mismatch')
  run.head.rowCount = rowCount
  if (run.received === rowCount) run.state = 'checked'
}

/** IMP-4: what is chosen in the dry run; only before it is committed. */
export function choose(
  store: PoolStore,
  importId: string,
  { rowCount, ...choices }: Partial<Choices> & { rowCount?: number },
): ImportView {
  const found = importOf(store, importId)
  if (found.state !== 'receiving' && found.state !== 'checked') throw new Refused('import-state')
  const next = { ...found, head: { ...found.head, ...choices } }
  if (rowCount !== undefined) endAt(next, rowCount)
  store.imports.choose(next)
  store.imports.put(next)
  return viewOf(store, next)
}

export function viewOf(
  store: PoolStore,
  { id, no: _no, toldTo: _told, head, findings, ...rest }: StoredImport,
): ImportView {
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as ImportView['counts']
  for (const [finding, count] of Object.entries(findings) as [Finding, number][])
    counts[verdictOf(finding, head)] += count
  const pool = store.pool!
  const choices = {
    ...head,
    rowCount: head.rowCount ?? rest.received,
    sharedNumbers: head.sharedNumbers ?? ('hold-back' as const),
  }
  return { id, poolId: pool.id, poolName: pool.name, country: pool.country, ...choices, ...rest, counts }
}

export type ImportRowsPage = { items: (RowVerdict & { given: GivenFields })[]; nextCursor: string | null }
type RowsQuery = { verdicts: string[]; warned: boolean; cursor?: number; limit: number }

const FINDINGS: Finding[] = [
  'new',
  'update',
  'unchanged',
  'duplicate',
  'shared',
  'invalid',
  'do-not-call',
  'completed',
  'unreachable',
]

/** The rows of the dry run with the cells as given, for the screen and for the file of rows held back. */
export function importRows(
  store: PoolStore,
  importId: string,
  { verdicts, warned, cursor = 0, limit }: RowsQuery,
): ImportRowsPage {
  const { no, head } = importOf(store, importId)
  const findings = verdicts.length > 0 ? FINDINGS.filter((one) => verdicts.includes(verdictOf(one, head))) : []
  const items: ImportRowsPage['items'] = []
  if (verdicts.length > 0 && findings.length === 0) return { items, nextCursor: null }
  for (const { rows, found } of store.imports.parts.with(no, findings, warned, cursor)) {
    for (const [index, staged] of rows.entries()) {
      const is = found[index]!
      if (staged.row <= cursor || (findings.length > 0 && !findings.includes(is.finding))) continue
      if (warned && (staged.fault || staged.warnings.length === 0)) continue
      items.push({ ...rowVerdict(staged, is, head), given: staged.given })
      if (items.length === limit) return { items, nextCursor: String(staged.row) }
    }
  }
  return { items, nextCursor: null }
}
