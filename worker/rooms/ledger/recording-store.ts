import type { Chunk, Progress } from '#shared/domain/recording/chunks'
import type { RecordingRow } from '../../db/recordings'

export type RecordingFile = { row: RecordingRow; progress: Progress; lastAt: number }
type ChunkRow = Chunk & { peaks: string }

/** The recordings that a LedgerRoom follows, one row each and one a chunk. A finished one leaves no row. */
export class RecordingStore {
  constructor(private readonly sql: SqlStorage) {
    sql.exec(`
      CREATE TABLE IF NOT EXISTS recording (id TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS recording_chunk (
        id TEXT NOT NULL, n INTEGER NOT NULL, hash TEXT NOT NULL, bytes INTEGER NOT NULL, ms INTEGER NOT NULL,
        peaks TEXT NOT NULL, PRIMARY KEY (id, n)
      ) WITHOUT ROWID;
    `)
  }

  load(id: string): RecordingFile | null {
    const row = this.sql.exec<{ json: string }>('SELECT json FROM recording WHERE id=?', id).toArray()[0]
    return row ? (JSON.parse(row.json) as RecordingFile) : null
  }

  save(file: RecordingFile): void {
    this.sql.exec('INSERT OR REPLACE INTO recording (id, json) VALUES (?,?)', file.row.id, JSON.stringify(file))
  }

  chunk(id: string, n: number): { hash: string } | null {
    return (
      this.sql.exec<{ hash: string }>('SELECT hash FROM recording_chunk WHERE id=? AND n=?', id, n).toArray()[0] ?? null
    )
  }

  addChunk(id: string, { n, hash, bytes, ms, peaks }: ChunkRow): void {
    this.sql.exec(
      'INSERT INTO recording_chunk (id, n, hash, bytes, ms, peaks) VALUES (?,?,?,?,?,?)',
      id,
      n,
      hash,
      bytes,
      ms,
      peaks,
    )
  }

  /** In order. */
  chunks(id: string): ChunkRow[] {
    return this.sql
      .exec<ChunkRow>('SELECT n, hash, bytes, ms, peaks FROM recording_chunk WHERE id=? ORDER BY n', id)
      .toArray()
  }

  forget(id: string): void {
    this.sql.exec('DELETE FROM recording_chunk WHERE id=?', id)
    this.sql.exec('DELETE FROM recording WHERE id=?', id)
  }
}
