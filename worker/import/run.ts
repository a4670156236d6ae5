import type { ExtractedRow } from '#shared/domain/import/extract'
import type { StagedRow } from '#shared/domain/import/staged'
import type { ImportView } from '#shared/protocol/imports'
import type { Env } from '../env'
import { RefusalError } from '../refusals'
import { poolRoom } from '../rooms/doors'
import { isRefusal, type Actor, type Asked } from '../rooms/ports'
import { checkedAgainstLists } from './do-not-call-check'
import type { StagedPart } from '../rooms/pool/import-parts'
import { ownersFor, partsOf, stageRow } from './stage'

/** An import names its pool, so that every later request finds the room without a look-up: `poolId.uuid`. */
export const importIdOf = (poolId: string, uuid: string) => `${poolId}.${uuid}`
export const poolOf = (importId: string): string => {
  const dot = importId.lastIndexOf('.')
  if (dot < 1) throw new RefusalError('unknown-import')
  return importId.slice(0, dot)
}

/** A room's refusal becomes the request's. */
export function granted<T>(reply: Asked<T>): T {
  if (isRefusal(reply)) throw new RefusalError(reply.refused, reply.detail)
  return reply as T
}

export const CHUNK_ROWS = 1_000
/** Rows read in one turn, some 2 ms. */
const READ_TOGETHER = 200
/** How long one request keeps committing: well inside the browser's patience; the caller asks again for the rest. */
const COMMIT_MS = 8_000

type Opening = {
  id: string
  fileName: string
  sha256: string
  rowCount: number | null
  policy: ImportView['policy']
  reopenUnreachable?: boolean
  sharedNumbers?: ImportView['sharedNumbers']
  signature?: string | undefined
  columns: ImportView['columns']
  by: Actor
  at: number
}

export async function openImport(env: Env, { by, ...opening }: Opening): Promise<ImportView> {
  return granted(
    await poolRoom(env, poolOf(opening.id)).openImport({ ...opening, by: { id: by.userId, name: by.name } }),
  )
}

/** Reads one chunk's rows and stages them in the pool's room. Refuses unknown-import, import-state, chunk-mismatch. */
export async function putChunk(
  env: Env,
  importId: string,
  n: number,
  rows: ExtractedRow[],
): Promise<{ received: number }> {
  const room = poolRoom(env, poolOf(importId))
  const pool = await room.settings()
  if (!pool) throw new RefusalError('unknown-import')
  const list = { country: pool.country, timeZone: pool.timeZone, owners: await ownersFor(env, rows) }
  const staged: StagedRow[] = []
  for (const row of rows) {
    staged.push(stageRow(env, list, row))
    // pulls of the same isolate go first
    if (staged.length % READ_TOGETHER === 0) await scheduler.wait(0)
  }
  const phones = staged.flatMap(({ phone, fault }) => (fault ? [] : phone))
  const parts: StagedPart[] = []
  for (const part of partsOf(staged)) {
    parts.push(part)
    await scheduler.wait(0)
  }
  return granted(await checkedAgainstLists(env, pool.id, phones, (check) => room.putChunk(importId, n, parts, check)))
}

/** All rows of a list, in chunks, as a program's file brings them. */
export async function putRows(env: Env, importId: string, rows: ExtractedRow[]): Promise<void> {
  for (let n = 0; n * CHUNK_ROWS < rows.length; n += 1)
    await putChunk(env, importId, n, rows.slice(n * CHUNK_ROWS, (n + 1) * CHUNK_ROWS))
}

/** As a commit, backwards. */
export async function undoImport(env: Env, by: Actor, importId: string, clock: () => number): Promise<ImportView> {
  const room = poolRoom(env, poolOf(importId))
  const until = clock() + COMMIT_MS
  for (;;) {
    const view = granted(await room.undoSlice({ userId: by.userId, name: by.name }, importId))
    if (view.state === 'undone' || clock() >= until) return view
  }
}

/** Slice by slice, pulls in between (IMP-9), until all is committed or the time is up; then `state` is still committing. */
export async function commitImport(env: Env, importId: string, clock: () => number): Promise<ImportView> {
  const room = poolRoom(env, poolOf(importId))
  const until = clock() + COMMIT_MS
  for (;;) {
    const view = granted(await room.commitSlice(importId))
    if (view.state === 'committed' || clock() >= until) return view
  }
}
