import type { Env } from '../../env'
import { boundTo, chunkName, fromBase64, keyOf, putPeaks, sealedSize, vaultOf, wholeName } from '../../recording/vault'
import type { RecordingRow } from '../../db/recordings'

type ChunkRow = { n: number; hash: string; bytes: number; peaks: string }
/** Bytes of sound by number, 0 where a chunk is missing. */
export function sizesOf(chunks: Pick<ChunkRow, 'n' | 'bytes'>[]): number[] {
  const sizes = Array.from({ length: (chunks.at(-1)?.n ?? -1) + 1 }, () => 0)
  for (const { n, bytes } of chunks) sizes[n] = bytes
  return sizes
}

/** R2 takes no more keys in one order. */
const DELETED_AT_ONCE = 1_000

/**
 * Puts the sealed chunks one behind another into one object, without opening them, chunk by chunk: memory holds one. Idempotent;
 * the chunks go only when the whole is at rest. Answers the bytes of sound by number, 0 where a chunk was lost.
 */
export async function joinChunks(env: Env, row: RecordingRow, chunks: ChunkRow[]): Promise<number[]> {
  const vault = vaultOf(env)
  if (!vault) throw new Error('recordings are not set up')
  const sizes = sizesOf(chunks)
  const names = chunks.map(({ n, hash }) => chunkName(row.id, n, hash))
  const length = sizes.reduce((sum, bytes) => sum + sealedSize(bytes), 0)
  const { readable, writable } = new FixedLengthStream(length)
  const kept = vault.bucket.put(wholeName(row.id), readable)
  const filled = fill(vault.bucket, names, writable)
  // both are awaited: what breaks the one breaks the other
  await Promise.all([kept, filled])
  const key = await keyOf(vault, row)
  const peaks = fromBase64OfAll(chunks)
  if (key && peaks.length > 0) await putPeaks(vault.bucket, key, boundTo(row), peaks)
  return sizes
}

export async function dropChunks(env: Env, row: RecordingRow, chunks: ChunkRow[]): Promise<void> {
  const names = chunks.map(({ n, hash }) => chunkName(row.id, n, hash))
  for (let at = 0; at < names.length; at += DELETED_AT_ONCE)
    await env.RECORDINGS?.delete(names.slice(at, at + DELETED_AT_ONCE))
}

async function fill(bucket: R2Bucket, names: string[], to: WritableStream<Uint8Array>): Promise<void> {
  try {
    for (const name of names) {
      const object = await bucket.get(name)
      if (!object) throw new Error('a chunk of a recording is gone')
      await object.body.pipeTo(to, { preventClose: true })
    }
    await to.close()
  } catch (fault) {
    await to.abort(fault).catch(() => undefined)
    throw fault
  }
}

function fromBase64OfAll(chunks: ChunkRow[]): Uint8Array<ArrayBuffer> {
  const parts = chunks.map(({ peaks }) => fromBase64(peaks))
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
