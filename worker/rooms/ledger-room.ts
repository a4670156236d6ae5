import { bookCalls } from '../db/calls'
import { bookLegs, type LegRow } from '../db/call-quality'
import { bookRecordings, type RecordingRow } from '../db/recordings'
import type { Env } from '../env'
import { log } from '../log'
import { DROP, GIVE_UP, JOIN, RecordingBook } from './ledger/recording-book'
import { dropChunks, joinChunks, sizesOf } from './ledger/recording-joiner'
import type { RecordingPort } from './ledger/recording-port'
import { RecordingStore } from './ledger/recording-store'
import { nextDeletion } from '#shared/domain/recording/retention'
import { deleteDue } from '../recording/retention'
import { retentionRoom } from './doors'
import type { CallRow, LedgerPort } from './ports'
import { Room, type JournalRow } from './room'
import type { Timer } from './shell-store'

/** What R2 refused is tried again. */
const AGAIN_MS = 60_000
const DELETE_DAILY = 'delete-daily:'

/**
 * One of eight shards that write calls to D1 for many CallRooms: a CallRoom lives for one call and would cost a D1 write
 * each. `book` answers once the rows are on this room's disk; the journal carries them on, ≤ 500 rows per 200 ms, retried
 * by alarm until they land. The newest `rev` of a call wins, so a repeated or late row changes nothing.
 */
export class LedgerRoom extends Room implements LedgerPort, RecordingPort {
  protected override readonly gatherMs = 200
  protected override readonly journalBatch = 500
  private readonly recordings: RecordingStore
  private readonly recordingBook: RecordingBook
  private isDeletionAsked = false

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.recordings = new RecordingStore(this.sql)
    this.recordingBook = new RecordingBook(this.recordings, this.shell)
  }

  book(rows: CallRow[]): Promise<void> {
    return this.inGroup(null, () => {
      for (const row of rows) this.shell.append(`${row.callId}:${row.rev}`, row)
    })
  }

  bookLeg(row: LegRow): Promise<void> {
    return this.inGroup(null, () => void this.shell.append(`leg:${row.callId}:${row.userId}`, { leg: row }))
  }

  // ---- recordings (PHONE-11) -------------------------------------------------------------------------------------

  openRecording(row: RecordingRow): Promise<RecordingRow> {
    this.askForDeletion()
    return this.inGroup(null, () => this.recordingBook.open(row, Date.now()))
  }

  deleteDaily(): Promise<void> {
    return this.inGroup(null, () => {
      if (this.shell.timerAt(DELETE_DAILY) === null) this.shell.setTimer(DELETE_DAILY, nextDeletion(Date.now()))
    })
  }

  /** Where recordings are made, some will have to go one day; a room that does not answer is asked by the next recording. */
  private askForDeletion(): void {
    if (this.isDeletionAsked) return
    this.isDeletionAsked = true
    const asked = retentionRoom(this.env).deleteDaily()
    this.ctx.waitUntil(asked.catch(() => void (this.isDeletionAsked = false)))
  }

  async recordingOf(id: string): Promise<RecordingRow | null> {
    return this.recordings.load(id)?.row ?? null
  }

  noteChunk(...[id, userId, chunk]: Parameters<RecordingPort['noteChunk']>): ReturnType<RecordingPort['noteChunk']> {
    return this.inGroup(null, () => this.recordingBook.take(id, userId, chunk, Date.now()))
  }

  endRecording(
    ...[id, userId, end]: Parameters<RecordingPort['endRecording']>
  ): ReturnType<RecordingPort['endRecording']> {
    return this.inGroup(null, () => this.recordingBook.end(id, userId, end, Date.now()))
  }

  async piecesSoFar(id: string): ReturnType<RecordingPort['piecesSoFar']> {
    const row = this.recordings.load(id)?.row
    if (!row || row.state === 'finished') return null
    const chunks = this.recordings.chunks(id)
    const sizes = sizesOf(chunks)
    const hashes = sizes.map((): string | null => null)
    for (const { n, hash } of chunks) hashes[n] = hash
    return { sizes, hashes, peaks: chunks.map(({ peaks }) => peaks) }
  }

  protected override onTimer({ name }: Timer, now: number): void {
    const [what, id] = [name.slice(0, name.indexOf(':') + 1), name.slice(name.indexOf(':') + 1)]
    if (what === DELETE_DAILY) return this.deleteNow(now)
    if (what === GIVE_UP) return this.recordingBook.giveUp(id, now)
    // set again until it is done
    this.shell.setTimer(name, now + AGAIN_MS)
    const work = what === JOIN ? this.join(id) : what === DROP ? this.drop(id) : Promise.resolve()
    this.ctx.waitUntil(work.catch((fault: unknown) => log.warn('recording waits', { what, recordingId: id, fault })))
  }

  private deleteNow(now: number): void {
    this.shell.setTimer(DELETE_DAILY, nextDeletion(now))
    // what is left, or failed, is there tomorrow
    const work = deleteDue(this.env, now)
    this.ctx.waitUntil(work.catch((fault: unknown) => log.error('recordings not deleted', { fault })))
  }

  private async join(id: string): Promise<void> {
    const file = this.recordings.load(id)
    if (!file) return this.inGroup(null, () => this.shell.clearTimer(JOIN + id))
    const sizes = await joinChunks(this.env, file.row, this.recordings.chunks(id))
    await this.inGroup(null, () => this.recordingBook.finish(id, sizes, Date.now()))
  }

  private async drop(id: string): Promise<void> {
    const file = this.recordings.load(id)
    if (file) await dropChunks(this.env, file.row, this.recordings.chunks(id))
    await this.inGroup(null, () => this.recordingBook.forget(id))
  }

  protected override async drain(rows: JournalRow[]): Promise<void> {
    const events = rows.map(({ event }) => JSON.parse(event) as CallRow | { leg: LegRow } | { recording: RecordingRow })
    const calls = events.filter((event): event is CallRow => !('leg' in event || 'recording' in event))
    const recordings = events.flatMap((event) => ('recording' in event ? [event.recording] : []))
    const legs = events.flatMap((event) => ('leg' in event ? [event.leg] : []))
    if (calls.length > 0) await bookCalls(this.env.DB, calls)
    if (legs.length > 0) await bookLegs(this.env.DB, longestOf(legs))
    if (recordings.length > 0) await bookRecordings(this.env.DB, recordings)
  }
}

/** One statement touches a row once only. */
function longestOf(legs: LegRow[]): LegRow[] {
  const longest = new Map<string, LegRow>()
  for (const leg of legs) {
    const key = `${leg.callId}:${leg.userId}`
    if (leg.seconds >= (longest.get(key)?.seconds ?? 0)) longest.set(key, leg)
  }
  return [...longest.values()]
}
