import { ok, refuse, type Result } from '../../result'

/** PHONE-11: how much sound a chunk has; and the most that one recording may have (23 hours of them). */
export const CHUNK_MS = 5_000
export const MOST_CHUNKS = 16_560
/** A chunk is some 40 kB; what is larger is no chunk of ours. */
export const LARGEST_CHUNK = 1024 * 1024

/** `hash`: SHA-256 of its bytes, hex. `ms`: how much sound it adds. */
export type Chunk = { n: number; hash: string; bytes: number; ms: number }
/** `expected`: how many there are, once the recording is over; null while it goes on. */
export type Progress = { count: number; ms: number; bytes: number; expected: number | null; isFinished: boolean }

export type ChunkRefusal = 'chunk-mismatch' | 'recording-ended'

/**
 * Takes one chunk. The same chunk again is known, and adds nothing; another under its number is refused; so is one that
 * comes after the recording was finished, or behind its end.
 */
export function takeChunk(
  progress: Progress,
  known: Pick<Chunk, 'hash'> | null,
  chunk: Chunk,
): Result<{ progress: Progress; isNew: boolean }, ChunkRefusal> {
  if (known) return known.hash === chunk.hash ? ok({ progress, isNew: false }) : refuse('chunk-mismatch')
  if (progress.isFinished || (progress.expected !== null && chunk.n >= progress.expected))
    return refuse('recording-ended')
  const { count, ms, bytes } = progress
  return ok({
    progress: { ...progress, count: count + 1, ms: ms + chunk.ms, bytes: bytes + chunk.bytes },
    isNew: true,
  })
}

/** The numbers below `expected` that never came, the first `most` of them. `have` is in order. */
export function missingOf(have: readonly number[], expected: number, most = 100): number[] {
  const missing: number[] = []
  let at = 0
  for (let n = 0; n < expected && missing.length < most; n++) {
    while (at < have.length && have[at]! < n) at++
    if (have[at] !== n) missing.push(n)
  }
  return missing
}
