import { piecesOf, type Span } from '#shared/domain/recording/pieces'
import type { Env } from '../env'
import { keyRingOf, openDataKey, type BoundTo, type KeyRing, type WrappedKey } from './keys'
import { openPiece, PEAKS_PIECE, SEAL_BYTES, sealPiece } from './seal'

/**
 * Where sealed sound rests (decision 0185):
 *   recordings/ID/00000017-HASH   a chunk, while the recording goes on
 *   recordings/ID/whole           all of them, one behind another, when it is over; and files that were attached
 *   recordings/ID/peaks           its picture
 */
export type Vault = { bucket: R2Bucket; ring: KeyRing }

/** Null: this deployment has no bucket, or no keys: nothing is recorded. */
export function vaultOf(env: Env): Vault | null {
  const ring = keyRingOf(env.RECORDING_KEYS)
  return env.RECORDINGS && ring ? { bucket: env.RECORDINGS, ring } : null
}

/** All of a recording. */
export const folderName = (id: string) => `recordings/${id}/`
/** `hash` is in the name: another chunk under the same number never overwrites the one that was taken. */
export const chunkName = (id: string, n: number, hash: string) =>
  `${folderName(id)}${String(n).padStart(8, '0')}-${hash.slice(0, 16)}`
export const wholeName = (id: string) => `${folderName(id)}whole`
const peaksName = (id: string) => `${folderName(id)}peaks`

/** What a recording's key and pieces are bound to: its call, or the attempt it was attached to. */
export const boundTo = (row: { id: string; callId: string | null; attemptId: string | null }): BoundTo => ({
  recordingId: row.id,
  callId: row.callId ?? row.attemptId ?? '',
})

type Keyed = { id: string; callId: string | null; attemptId: string | null; keyVersion: number; wrappedKey: string }
export const wrappedOf = ({ keyVersion, wrappedKey }: Keyed): WrappedKey => ({
  version: keyVersion,
  wrapped: wrappedKey,
})
export const keyOf = ({ ring }: Vault, row: Keyed) => openDataKey(ring, boundTo(row), wrappedOf(row))

export const sealedSize = (bytes: number): number => (bytes === 0 ? 0 : bytes + SEAL_BYTES)
/** Read from R2 at once: a request each costs more than its bytes. */
const READ_AT_ONCE = 2 * 1024 * 1024

/** One thing to read and the pieces in it, in order. */
type Read = {
  name: string
  range?: { offset: number; length: number }
  pieces: { n: number; from: number; to: number }[]
}

/**
 * The sound of a span, opened piece by piece as it is read: memory holds two megabytes of it whatever its length. `chunks`:
 * the names of its chunks, while it is not joined. A piece that does not open breaks the stream: nobody hears altered sound.
 */
export function soundStream(
  bucket: R2Bucket,
  key: CryptoKey,
  to: BoundTo,
  sound: { sizes: readonly number[]; chunks: readonly (string | null)[] | null },
  span: Span,
): ReadableStream<Uint8Array> {
  const reads = readsOf(to.recordingId, sound, span)
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const read = reads.shift()
        if (!read) return controller.close()
        const object = await bucket.get(read.name, read.range ? { range: read.range } : {})
        if (!object) throw new Error('a piece of a recording is gone')
        const sealed = new Uint8Array(await object.arrayBuffer())
        let at = 0
        for (const { n, from, to: end } of read.pieces) {
          const length = sealedSize(sound.sizes[n]!)
          const piece = await openPiece(key, to, n, sealed.subarray(at, at + length))
          if (!piece) throw new Error('a piece of a recording does not open')
          controller.enqueue(piece.subarray(from, end))
          at += length
        }
      },
    },
    { highWaterMark: 0 },
  )
}

function readsOf(
  id: string,
  { sizes, chunks }: { sizes: readonly number[]; chunks: readonly (string | null)[] | null },
  span: Span,
): Read[] {
  const reads: Read[] = []
  const offsets: number[] = []
  sizes.reduce((offset, size, n) => {
    offsets[n] = offset
    return offset + sealedSize(size)
  }, 0)
  for (const piece of piecesOf(sizes, span)) {
    const length = sealedSize(sizes[piece.n]!)
    if (chunks) {
      reads.push({ name: chunks[piece.n]!, pieces: [piece] })
      continue
    }
    const last = reads.at(-1)
    if (last?.range && last.range.length + length <= READ_AT_ONCE) {
      last.range.length += length
      last.pieces.push(piece)
    } else reads.push({ name: wholeName(id), range: { offset: offsets[piece.n]!, length }, pieces: [piece] })
  }
  return reads
}

export async function putPeaks(bucket: R2Bucket, key: CryptoKey, to: BoundTo, peaks: Uint8Array<ArrayBuffer>) {
  await bucket.put(peaksName(to.recordingId), await sealPiece(key, to, PEAKS_PIECE, peaks))
}

export async function getPeaks(bucket: R2Bucket, key: CryptoKey, to: BoundTo): Promise<Uint8Array | null> {
  const object = await bucket.get(peaksName(to.recordingId))
  return object && openPiece(key, to, PEAKS_PIECE, new Uint8Array(await object.arrayBuffer()))
}

export const toBase64 = (data: Uint8Array): string => {
  let text = ''
  for (let at = 0; at < data.length; at += 8192) text += String.fromCharCode(...data.subarray(at, at + 8192))
  return btoa(text)
}
export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
