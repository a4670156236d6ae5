import { CHUNK_MS } from '#shared/domain/recording/chunks'
import {
  close,
  isPaused,
  pause,
  resume,
  RUNNING,
  type Gap,
  type Pausing,
  type PauseReason,
} from '#shared/domain/recording/pausing'
import type { KeptChunk, KeptRecording } from './recording-db'

/** The part of the browser's MediaRecorder that is used. */
export type Recorder = Pick<MediaRecorder, 'start' | 'pause' | 'resume' | 'stop' | 'requestData' | 'state'> & {
  ondataavailable: ((event: BlobEvent) => void) | null
  onstop: ((event: Event) => void) | null
  onerror: ((event: Event) => void) | null
}
/** Where chunks go: IndexedDB. */
export type ChunkSink = {
  addChunk(chunk: KeptChunk, gaps: Gap[]): Promise<void>
  change(id: string, change: (recording: KeptRecording) => Partial<KeptRecording>): Promise<void>
}
export type RecordedCallDeps = {
  recorder: Recorder
  sink: ChunkSink
  /** The picture of the sound since it was last asked: one byte a channel ten times a second. */
  takePeaks(): Uint8Array
  now(): number
  /** A chunk is stored: it may be sent. */
  stored(): void
  /** The device is full, or the recorder broke: what was stored stays, no more comes. */
  failed(): void
}

/**
 * One recording of one call. Each chunk is stored before the next is looked at (PHONE-11); what waits for that is at most what
 * the browser handed over meanwhile. Paused time is no sound, and leaves a gap.
 */
export class RecordedCall {
  private pausing: Pausing = RUNNING
  private gaps: Gap[] = []
  private next = 0
  /** Ms of sound in chunks so far, and since when the present stretch runs. */
  private recordedMs = 0
  private runningSince: number | null = null
  private writing: Promise<void> = Promise.resolve()
  private hasFailed = false
  private readonly stopped: Promise<void>
  /** Chunks in memory: handed over by the browser, not on the disk yet. */
  waiting = 0

  constructor(
    readonly id: string,
    private readonly deps: RecordedCallDeps,
  ) {
    const { recorder } = deps
    recorder.ondataavailable = ({ data }) => this.take(data)
    recorder.onerror = () => this.fail()
    this.stopped = new Promise((done) => (recorder.onstop = () => done()))
  }

  get pauseReason(): PauseReason | null {
    return this.pausing.first
  }

  start(): void {
    this.deps.recorder.start(CHUNK_MS)
    this.runningSince = this.deps.now()
  }

  pause(why: PauseReason): void {
    const before = isPaused(this.pausing)
    this.pausing = pause(this.pausing, why, this.deps.now(), this.positionMs())
    if (before || this.hasFailed || this.deps.recorder.state !== 'recording') return
    this.settleClock()
    // what was said up to now is safe, however long the pause is
    this.deps.recorder.requestData()
    this.deps.recorder.pause()
  }

  resume(why: PauseReason): void {
    const { state, gap } = resume(this.pausing, why, this.deps.now())
    this.pausing = state
    if (!gap) return
    this.gaps = [...this.gaps, gap]
    if (this.hasFailed || this.deps.recorder.state !== 'paused') return
    this.deps.recorder.resume()
    this.runningSince = this.deps.now()
  }

  /** Resolves when the last chunk is stored and the recording marked as over. */
  async stop(): Promise<void> {
    const endedAt = this.deps.now()
    const last = close(this.pausing, endedAt)
    if (last) this.gaps = [...this.gaps, last]
    this.settleClock()
    if (this.deps.recorder.state !== 'inactive') {
      this.deps.recorder.stop()
      await this.stopped
    }
    await this.writing
    const { gaps, hasFailed } = this
    await this.deps.sink.change(this.id, () => ({ endedAt, gaps, isCut: hasFailed })).catch(() => undefined)
    this.deps.stored()
  }

  private take(data: Blob): void {
    if (data.size === 0 || this.hasFailed) return
    const ms = this.takeMs()
    const n = this.next++
    const peaks = toBase64(this.deps.takePeaks())
    const gaps = this.gaps
    this.waiting++
    this.writing = this.writing.then(async () => {
      try {
        if (this.hasFailed) return
        const sound = await data.arrayBuffer()
        await this.deps.sink.addChunk({ id: this.id, n, ms, hash: await sha256(sound), peaks, sound }, gaps)
        this.deps.stored()
      } catch {
        this.fail()
      } finally {
        this.waiting--
      }
    })
  }

  private fail(): void {
    if (this.hasFailed) return
    this.hasFailed = true
    if (this.deps.recorder.state !== 'inactive') this.deps.recorder.stop()
    this.deps.failed()
  }

  private accountedMs = 0
  /** The sound since the last chunk. */
  private takeMs(): number {
    const position = this.positionMs()
    const ms = position - this.accountedMs
    this.accountedMs = position
    return Math.max(0, Math.round(ms))
  }
  private positionMs(): number {
    return this.recordedMs + (this.runningSince === null ? 0 : Math.max(0, this.deps.now() - this.runningSince))
  }
  private settleClock(): void {
    this.recordedMs = this.positionMs()
    this.runningSince = null
  }
}

async function sha256(sound: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', sound))
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** A chunk's picture is a hundred bytes or so. */
const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes.subarray(-1_000)))
