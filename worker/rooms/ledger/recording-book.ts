import { missingOf, takeChunk, type Chunk } from '#shared/domain/recording/chunks'
import type { RecordingEnd } from '#shared/protocol/recordings'
import type { RecordingRow } from '../../db/recordings'
import type { Asked } from '../ports'
import type { ShellStore } from '../shell-store'
import type { RecordingFile, RecordingStore } from './recording-store'

/** A device that has sent nothing for so long does not come back: what there is of its recording is kept as it is. */
export const GIVE_UP_MS = 14 * 24 * 3600_000
/** Lists show how long a recording is by now: once a minute is enough. */
const TOLD_EVERY = 12
export const JOIN = 'join:'
export const GIVE_UP = 'give-up:'
export const DROP = 'drop:'
/** Who listens to the chunks while they are joined may go on for so long. */
export const DROP_MS = 60_000

/**
 * The books of recordings that still come (PHONE-11). Called inside a group of its LedgerRoom.
 *
 *   open ─▶ recording ──chunks──▶ … ──end, nothing missing──▶ ended ──joined (recording-joiner)──▶ finished ──1 min─▶ forgotten
 *                └────────── 14 days without a chunk ──────────▶
 */
export class RecordingBook {
  constructor(
    private readonly store: RecordingStore,
    private readonly shell: ShellStore,
  ) {}

  open(row: RecordingRow, now: number): RecordingRow {
    const known = this.store.load(row.id)
    if (known) return known.row
    const progress = { count: 0, ms: 0, bytes: 0, expected: null, isFinished: false }
    this.tell({ row, progress, lastAt: now })
    this.shell.setTimer(GIVE_UP + row.id, now + GIVE_UP_MS)
    return row
  }

  take(id: string, userId: string, chunk: Chunk & { peaks: string }, now: number): Asked<{ isNew: boolean }> {
    const file = this.store.load(id)
    if (!file || file.row.agentId !== userId) return { refused: 'unknown-recording' }
    const taken = takeChunk(file.progress, this.store.chunk(id, chunk.n), chunk)
    if (!taken.ok) return { refused: taken.refusal }
    const { progress, isNew } = taken.value
    if (!isNew) return { isNew }
    this.store.addChunk(id, chunk)
    const row = { ...file.row, durationMs: progress.ms, bytes: progress.bytes }
    const next = { row, progress, lastAt: now }
    if (progress.count % TOLD_EVERY === 1) this.tell(next)
    else this.store.save(next)
    return { isNew }
  }

  end(id: string, userId: string, end: RecordingEnd, now: number): Asked<{ missing: number[] }> {
    const file = this.store.load(id)
    if (!file || file.row.agentId !== userId) return { refused: 'unknown-recording' }
    if (file.row.state !== 'recording') return { missing: [] }
    const { isAll, isCut, gaps, endedAt, chunks } = end
    const have = this.store.chunks(id).map(({ n }) => n)
    const missing = isAll ? [] : missingOf(have, chunks)
    if (missing.length > 0) {
      this.store.save({ ...file, progress: { ...file.progress, expected: chunks } })
      return { missing }
    }
    this.close({ ...file, row: { ...file.row, gaps, endedAt: Math.min(endedAt, now), isCut } }, now)
    return { missing }
  }

  /** A timer of ours came due. */
  giveUp(id: string, now: number): void {
    const file = this.store.load(id)
    if (!file || file.row.state !== 'recording') return
    const due = file.lastAt + GIVE_UP_MS
    if (due > now) return this.shell.setTimer(GIVE_UP + id, due)
    this.close({ ...file, row: { ...file.row, endedAt: file.lastAt, isCut: true } }, now)
  }

  /** It is joined in one. */
  finish(id: string, pieces: number[], now: number): void {
    const file = this.store.load(id)
    if (!file) return
    this.tell({ ...file, row: { ...file.row, state: 'finished', pieces } })
    this.shell.clearTimer(JOIN + id)
    this.shell.setTimer(DROP + id, now + DROP_MS)
  }

  /** Its chunks are gone: D1 alone knows it from now on. */
  forget(id: string): void {
    this.shell.clearTimer(DROP + id)
    this.store.forget(id)
  }

  private close(file: RecordingFile, now: number): void {
    const { progress } = file
    this.tell({ ...file, row: { ...file.row, state: 'ended' }, progress: { ...progress, isFinished: true } })
    this.shell.clearTimer(GIVE_UP + file.row.id)
    this.shell.setTimer(JOIN + file.row.id, now)
  }

  private tell(file: RecordingFile): void {
    const row = { ...file.row, rev: file.row.rev + 1 }
    this.store.save({ ...file, row })
    this.shell.append(`recording:${row.id}:${row.rev}`, { recording: row })
  }
}
