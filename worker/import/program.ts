import { readList } from '#shared/spreadsheet/list'
import type { FileLimits } from '#shared/spreadsheet/refusal'
import type { ImportView } from '#shared/protocol/imports'
import type { Env } from '../env'
import { RefusalError } from '../refusals'
import { poolRoom } from '../rooms/doors'
import type { Actor } from '../rooms/ports'
import { commitImport, granted, openImport, poolOf, putRows } from './run'
import { CHUNKED_WAY, UPLOAD_LIMIT, type Upload } from './upload'

/** What 128 MB of memory and a stranger's file allow. */
export const EDGE_LIMITS: FileLimits = {
  bytes: UPLOAD_LIMIT,
  unzippedBytes: 30_000_000,
  rows: 20_000,
}
/** A program's whole file: read, checked, and committed when asked. A file that cannot be taken changes nothing (IMP-6). */
export async function importUpload(
  env: Env,
  base: { id: string; by: Actor; at: number },
  upload: Upload,
): Promise<ImportView> {
  const room = poolRoom(env, poolOf(base.id))
  const pool = await room.settings()
  if (!pool) throw new RefusalError('unknown-pool')
  const list = await readList(upload.bytes, { name: upload.name, country: pool.country }, EDGE_LIMITS)
  if (!list.ok) throw new RefusalError(list.refusal, list.refusal === 'file-too-large' ? CHUNKED_WAY : undefined)
  const { rows, columns } = list.value
  const digest = await crypto.subtle.digest('SHA-256', upload.bytes as Uint8Array<ArrayBuffer>)
  const sha256 = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
  await openImport(env, {
    ...base,
    fileName: upload.name,
    sha256,
    rowCount: rows.length,
    policy: upload.policy,
    sharedNumbers: upload.sharedNumbers,
    columns: columns.map(({ header, field }) => ({ header, field })),
  })
  await putRows(env, base.id, rows)
  return upload.commit ? commitImport(env, base.id, Date.now) : granted(await room.importView(base.id))
}
