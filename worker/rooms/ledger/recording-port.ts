import type { Chunk } from '#shared/domain/recording/chunks'
import type { RecordingEnd } from '#shared/protocol/recordings'
import type { RecordingRow } from '../../db/recordings'
import type { Asked } from '../ports'

/** PHONE-11: recordings that still come, in the LedgerRoom of their id; finished ones are rows of D1 alone. */
export interface RecordingPort {
  /** What was opened before under its id is answered again. */
  openRecording(row: RecordingRow): Promise<RecordingRow>
  /** Who makes it and its key; null: there is none here (any more). */
  recordingOf(id: string): Promise<RecordingRow | null>
  /** The sealed chunk is at rest already. Refuses unknown-recording, chunk-mismatch, recording-ended. */
  noteChunk(id: string, userId: string, chunk: Chunk & { peaks: string }): Promise<Asked<{ isNew: boolean }>>
  /** `missing` none: it is over here, and being joined. Refuses unknown-recording. */
  endRecording(id: string, userId: string, end: RecordingEnd): Promise<Asked<{ missing: number[] }>>
  /** Every day from now on recordings whose days are over are deleted. Asked twice it is once. */
  deleteDaily(): Promise<void>
  /** As far as it has come, by number, 0 and null where a chunk is missing; null: it is joined. */
  piecesSoFar(id: string): Promise<{ sizes: number[]; hashes: (string | null)[]; peaks: string[] } | null>
}
