import type { Gap } from '#shared/domain/recording/pausing'
import type { KeptChunk, KeptRecording, RecordingDb } from './recording-db'

type Beginning = Pick<KeptRecording, 'id' | 'callId' | 'startedAt' | 'mimeType' | 'consent'>

/** PHONE-11: recordings and their chunks in IndexedDB, until the edge has them. A chunk and its count change together. */
export class RecordingStore {
  constructor(private readonly db: RecordingDb) {}

  async begin(beginning: Beginning): Promise<void> {
    const rest = { chunks: 0, gaps: [], endedAt: null, isCut: false, isOpened: false, refusedAt: null }
    await this.db.put('recordings', { ...beginning, ...rest })
  }

  /** `gaps`: all so far, so that a browser that is killed leaves them too. */
  async addChunk(chunk: KeptChunk, gaps: Gap[]): Promise<void> {
    const transaction = this.db.transaction(['recordings', 'chunks'], 'readwrite', { durability: 'strict' })
    const recording = await transaction.objectStore('recordings').get(chunk.id)
    if (recording) {
      const chunks = Math.max(recording.chunks, chunk.n + 1)
      await transaction.objectStore('recordings').put({ ...recording, chunks, gaps })
      await transaction.objectStore('chunks').put(chunk)
    }
    await transaction.done
  }

  /** The first chunk that waits; the others stay on the disk. */
  async firstChunk(id: string): Promise<KeptChunk | null> {
    const cursor = await this.db.transaction('chunks').store.openCursor(IDBKeyRange.bound([id, 0], [id, Infinity]))
    return cursor?.value ?? null
  }

  async dropChunk({ id, n }: Pick<KeptChunk, 'id' | 'n'>): Promise<void> {
    await this.db.delete('chunks', [id, n])
  }

  /** Changes it as it stands now; one that is gone stays gone. */
  async change(id: string, change: (recording: KeptRecording) => Partial<KeptRecording>): Promise<void> {
    const transaction = this.db.transaction('recordings', 'readwrite', { durability: 'strict' })
    const recording = await transaction.store.get(id)
    if (recording) await transaction.store.put({ ...recording, ...change(recording) })
    await transaction.done
  }

  get(id: string): Promise<KeptRecording | undefined> {
    return this.db.get('recordings', id)
  }

  /** Oldest first. */
  async list(): Promise<KeptRecording[]> {
    return (await this.db.getAll('recordings')).sort((a, b) => a.startedAt - b.startedAt)
  }

  async forget(id: string): Promise<void> {
    const transaction = this.db.transaction(['recordings', 'chunks'], 'readwrite')
    await transaction.objectStore('chunks').delete(IDBKeyRange.bound([id, 0], [id, Infinity]))
    await transaction.objectStore('recordings').delete(id)
    await transaction.done
  }
}
