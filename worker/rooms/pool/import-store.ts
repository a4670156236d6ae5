import type { StagedRow } from '#shared/domain/import/staged'
import type { RowVerdict } from '#shared/domain/import/verdict'
import type { ImportView, Verdict } from '#shared/protocol/imports'

/** What an import is opened with; it never changes. */
export type ImportHead = Pick<ImportView, 'fileName' | 'sha256' | 'policy' | 'columns' | 'rowCount' | 'by'>
export type StoredImport = {
  id: string
  head: ImportHead
  state: ImportView['state']
  received: number
  warnings: number
  committedRows: number
  /** The last row of the sheet that the commit reached. */
  committedTo: number
  createdAt: number
  committedAt: number | null
}
/** A staged row with the verdict it has now. */
export type Judged = { staged: StagedRow; verdict: RowVerdict }
type ImportRow = {
  id: string
  head: string
  state: string
  received: number
  warnings: number
  committed_rows: number
  committed_to: number
  created_at: number
  committed_at: number | null
}
type StagedBody = { staged: StagedRow; verdict: RowVerdict }

/** Imports and their rows, kept until a week after the commit so that what was held back can be downloaded. */
export class ImportStore {
  constructor(private readonly sql: SqlStorage) {}

  get(id: string): StoredImport | null {
    const row = this.sql.exec<ImportRow>('SELECT * FROM import WHERE id=?', id).toArray()[0]
    if (!row) return null
    return {
      id: row.id,
      head: JSON.parse(row.head) as ImportHead,
      state: row.state as ImportView['state'],
      received: row.received,
      warnings: row.warnings,
      committedRows: row.committed_rows,
      committedTo: row.committed_to,
      createdAt: row.created_at,
      committedAt: row.committed_at,
    }
  }

  put(one: StoredImport): void {
    this.sql.exec(
      `INSERT OR REPLACE INTO import (id, head, state, received, warnings, committed_rows, committed_to, created_at, committed_at) VALUES (?,?,?,?,?,?,?,?,?)`,
      one.id,
      JSON.stringify(one.head),
      one.state,
      one.received,
      one.warnings,
      one.committedRows,
      one.committedTo,
      one.createdAt,
      one.committedAt,
    )
  }

  counts(importId: string): Partial<Record<Verdict, number>> {
    const rows = this.sql
      .exec<{ verdict: string; n: number }>('SELECT verdict, n FROM import_count WHERE import_id=?', importId)
      .toArray()
    return Object.fromEntries(rows.map((row) => [row.verdict, row.n]))
  }

  chunkHash(importId: string, n: number): string | null {
    const row = this.sql
      .exec<{ hash: string }>('SELECT hash FROM import_chunk WHERE import_id=? AND n=?', importId, n)
      .toArray()[0]
    return row?.hash ?? null
  }

  addChunk(importId: string, n: number, hash: string, rows: number): void {
    this.sql.exec('INSERT INTO import_chunk (import_id, n, hash, rows) VALUES (?,?,?,?)', importId, n, hash, rows)
  }

  hasRow(importId: string, row: number): boolean {
    return this.sql.exec('SELECT 1 FROM staged WHERE import_id=? AND row=?', importId, row).toArray().length > 0
  }

  /** Every staged row of this number, in the order of the sheet. */
  withPhone(importId: string, phone: string, limit: number): Judged[] {
    return this.rows(
      // named, because the planner takes the primary key for its order and walks the whole import
      'SELECT body FROM staged INDEXED BY staged_phone WHERE import_id=? AND phone=? ORDER BY row LIMIT ?',
      importId,
      phone,
      limit,
    )
  }

  after(importId: string, row: number, limit: number): Judged[] {
    return this.rows('SELECT body FROM staged WHERE import_id=? AND row>? ORDER BY row LIMIT ?', importId, row, limit)
  }

  /** Of these verdicts (none: any), and with a warning where asked; walked in the order of the sheet. */
  matching(importId: string, verdicts: string[], warned: boolean, after: number, limit: number): Judged[] {
    const query = `SELECT body FROM staged WHERE import_id=?1 AND row>?2
       AND (json_array_length(?3)=0 OR +verdict IN (SELECT value FROM json_each(?3)))
       AND (?4=0 OR json_array_length(body, '$.verdict.warnings')>0) ORDER BY row LIMIT ?5`
    return this.rows(query, importId, after, JSON.stringify(verdicts), warned ? 1 : 0, limit)
  }

  stage(importId: string, { staged, verdict }: Judged): void {
    this.sql.exec(
      'INSERT INTO staged (import_id, row, phone, verdict, body) VALUES (?,?,?,?,?)',
      importId,
      staged.row,
      staged.phone,
      verdict.verdict,
      JSON.stringify({ staged, verdict } satisfies StagedBody),
    )
    this.count(importId, verdict.verdict, 1)
  }

  rejudge(importId: string, was: Judged, verdict: RowVerdict): void {
    this.sql.exec(
      'UPDATE staged SET verdict=?, body=? WHERE import_id=? AND row=?',
      verdict.verdict,
      JSON.stringify({ staged: was.staged, verdict } satisfies StagedBody),
      importId,
      verdict.row,
    )
    if (was.verdict.verdict === verdict.verdict) return
    this.count(importId, was.verdict.verdict, -1)
    this.count(importId, verdict.verdict, 1)
  }

  /** Bounded work: called when the next import opens. */
  forgetRowsBefore(committedBefore: number): void {
    this.sql.exec(
      `DELETE FROM staged WHERE (import_id, row) IN
         (SELECT s.import_id, s.row FROM import i JOIN staged s ON s.import_id=i.id WHERE i.committed_at<? LIMIT 20000)`,
      committedBefore,
    )
  }

  private count(importId: string, verdict: string, by: number): void {
    this.sql.exec(
      'INSERT INTO import_count (import_id, verdict, n) VALUES (?1,?2,?3) ON CONFLICT(import_id, verdict) DO UPDATE SET n=n+?3',
      importId,
      verdict,
      by,
    )
  }

  private rows(query: string, ...bound: (string | number)[]): Judged[] {
    return this.sql
      .exec<{ body: string }>(query, ...bound)
      .toArray()
      .map((row) => JSON.parse(row.body) as StagedBody)
  }
}
