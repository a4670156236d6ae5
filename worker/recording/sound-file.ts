import { ATTACHABLE, soundKindOf, type SoundKind } from '#shared/domain/recording/sound-kind'
import { ok, refuse, type Result } from '#shared/result'
import type { BoundTo } from './keys'
import { sealPiece } from './seal'
import { sealedSize, wholeName } from './vault'

/** An attached file is sealed in pieces of this; memory holds two of them. */
export const PIECE_BYTES = 1024 * 1024

/** The sizes of the pieces of a file, in order. */
export const piecesFor = (length: number): number[] =>
  Array.from({ length: Math.ceil(length / PIECE_BYTES) }, (_, n) => Math.min(PIECE_BYTES, length - n * PIECE_BYTES))

/**
 * Seals a file as it comes and puts it to rest, if its first bytes are those of sound. `length`: as it was announced; a body of
 * another length is refused. Refuses sound-unreadable, invalid-input, conflict (there is something under this id).
 */
export async function keepFile(
  bucket: R2Bucket,
  key: CryptoKey,
  to: BoundTo,
  body: ReadableStream<Uint8Array>,
  length: number,
): Promise<Result<{ kind: SoundKind; pieces: number[] }, 'sound-unreadable' | 'invalid-input' | 'conflict'>> {
  const pieces = inPieces(body)
  const first = await pieces.next()
  const kind = first.done ? null : soundKindOf(first.value)
  if (first.done || kind === null || !ATTACHABLE.includes(kind)) {
    await body.cancel().catch(() => undefined)
    return refuse('sound-unreadable')
  }
  const sizes = piecesFor(length)
  const { readable, writable } = new FixedLengthStream(sizes.reduce((sum, size) => sum + sealedSize(size), 0))
  // nothing that rests under this id is written over
  const put = bucket.put(wholeName(to.recordingId), readable, { onlyIf: new Headers({ 'if-none-match': '*' }) })
  const filled = fill(writable, async (write) => {
    let n = 0
    let piece: IteratorResult<Uint8Array<ArrayBuffer>> = first
    for (; !piece.done; piece = await pieces.next()) {
      if (piece.value.length !== sizes[n]) throw new Error('not as long as was said')
      await write(await sealPiece(key, to, n++, piece.value))
    }
    if (n !== sizes.length) throw new Error('not as long as was said')
  })
  const [kept, sent] = await Promise.allSettled([put, filled])
  if (kept.status === 'fulfilled' && kept.value === null) return refuse('conflict')
  if (kept.status === 'rejected' && sent.status === 'fulfilled') throw kept.reason
  return sent.status === 'rejected'
    ? refuse('invalid-input', 'the file did not come whole')
    : ok({ kind, pieces: sizes })
}

async function fill(
  writable: WritableStream<Uint8Array>,
  work: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<void> {
  const writer = writable.getWriter()
  try {
    await work((bytes) => writer.write(bytes))
    await writer.close()
  } catch (fault) {
    await writer.abort(fault).catch(() => undefined)
    throw fault
  }
}

/** All of PIECE_BYTES but the last. */
async function* inPieces(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let piece = new Uint8Array(PIECE_BYTES)
  let filled = 0
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    for (let at = 0; at < value.length;) {
      const part = value.subarray(at, at + PIECE_BYTES - filled)
      piece.set(part, filled)
      filled += part.length
      at += part.length
      if (filled < PIECE_BYTES) continue
      yield piece
      piece = new Uint8Array(PIECE_BYTES)
      filled = 0
    }
  }
  if (filled > 0) yield piece.subarray(0, filled) as Uint8Array<ArrayBuffer>
}
