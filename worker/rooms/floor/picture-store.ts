import type { AgentPicture, CallPicture, FloorPicture, PoolPicture } from '#shared/protocol/live'

export type Picture =
  | { kind: 'agent'; picture: AgentPicture }
  | { kind: 'call'; picture: CallPicture }
  | { kind: 'pool'; picture: PoolPicture }
export type Kind = Picture['kind']

/** The pictures' rows: what a FloorRoom that slept or fell starts from. One row a subject; no history. */
export class PictureStore {
  constructor(private readonly sql: SqlStorage) {
    sql.exec(
      'CREATE TABLE IF NOT EXISTS picture (kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID',
    )
  }

  load(): FloorPicture {
    return {
      agents: this.all<AgentPicture>('agent'),
      calls: this.all<CallPicture>('call'),
      pools: this.all<PoolPicture>('pool'),
    }
  }

  /** `body` null: forgotten. */
  save(kind: Kind, id: string, body: unknown): void {
    if (body === null) this.sql.exec('DELETE FROM picture WHERE kind=? AND id=?', kind, id)
    else this.sql.exec('INSERT OR REPLACE INTO picture (kind, id, body) VALUES (?,?,?)', kind, id, JSON.stringify(body))
  }

  private all<T>(kind: Kind): T[] {
    return this.sql
      .exec<{ body: string }>('SELECT body FROM picture WHERE kind=? ORDER BY id', kind)
      .toArray()
      .map((row) => JSON.parse(row.body) as T)
  }
}
