import { CHUNK_MS } from '#shared/domain/recording/chunks'
import type { Reply } from '../../../web/src/lib/api/reply'
import type { KeptChunk, KeptRecording } from '../../../web/src/lib/recording/recording-db'
import type { RecordingEdge } from '../../../web/src/lib/recording/recording-api'
import type { Recorder } from '../../../web/src/lib/recording/recorded-call'

/** A recorder that hands over what the test says was spoken. */
export class FakeRecorder implements Recorder {
  state: RecordingState = 'inactive'
  ondataavailable: ((event: BlobEvent) => void) | null = null
  onstop: ((event: Event) => void) | null = null
  onerror: ((event: Event) => void) | null = null
  private spoken: number[] = []
  constructor(private readonly clock: { now: number }) {}
  start() {
    this.state = 'recording'
  }
  pause() {
    this.state = 'paused'
  }
  resume() {
    this.state = 'recording'
  }
  requestData() {
    const data = new Blob([new Uint8Array(this.spoken)])
    this.spoken = []
    this.ondataavailable?.({ data } as BlobEvent)
  }
  stop() {
    this.state = 'inactive'
    this.requestData()
    this.onstop?.(new Event('stop'))
  }
  speak(...bytes: number[]) {
    if (this.state === 'recording') this.spoken.push(...bytes)
  }
  /** The browser's timeslice. */
  tick(bytes: number[] = [1, 2, 3]) {
    this.clock.now += CHUNK_MS
    this.speak(...bytes)
    if (this.state === 'recording') this.requestData()
  }
}

/** The edge as the uploader sees it. */
export class FakeEdge implements RecordingEdge {
  readonly opened = new Map<string, KeptRecording>()
  readonly chunks = new Map<string, Map<number, KeptChunk>>()
  readonly ended = new Map<string, KeptRecording>()
  refuses: string | null = null
  /** Answers to be lost on the way: the edge did what it was asked. */
  loses = 0
  private reply<T>(value: T): Reply<T> {
    if (this.loses > 0) {
      this.loses--
      return { ok: false, problem: { code: 'offline', status: 0 } }
    }
    return { ok: true, value }
  }
  private refused(): Reply<never> | null {
    return this.refuses === null ? null : { ok: false, problem: { code: this.refuses as 'offline', status: 400 } }
  }
  async open(recording: KeptRecording) {
    const refused = this.refused()
    if (refused) return refused
    this.opened.set(recording.id, recording)
    return this.reply(null)
  }
  async put(chunk: KeptChunk) {
    const refused = this.refused()
    if (refused) return refused
    const known = this.chunks.get(chunk.id) ?? new Map<number, KeptChunk>()
    this.chunks.set(chunk.id, known.set(chunk.n, chunk))
    return this.reply(null)
  }
  async end(recording: KeptRecording, isAll: boolean) {
    const refused = this.refused()
    if (refused) return refused
    const have = this.chunks.get(recording.id) ?? new Map<number, KeptChunk>()
    const missing = isAll ? [] : Array.from({ length: recording.chunks }, (_, n) => n).filter((n) => !have.has(n))
    if (missing.length === 0) this.ended.set(recording.id, recording)
    return this.reply({ missing })
  }
  soundOf(id: string): number[] {
    const chunks = [...(this.chunks.get(id)?.values() ?? [])].sort((a, b) => a.n - b.n)
    return chunks.flatMap(({ sound }) => [...new Uint8Array(sound)])
  }
}
