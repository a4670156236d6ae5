import { rowsOfPart } from '#shared/domain/import/packed-row'
import type { StagedRow } from '#shared/domain/import/staged'
import type { Finding, Found } from '#shared/domain/import/verdict'
import type { ImportMemory, ImportView } from '#shared/protocol/imports'
import { packed, tallyOf, unpacked, type PartDone, type Tally } from './import-findings'
import { ImportPeople } from './import-people'
import { openImportTables } from './import-tables'

/** What an import is opened with; only its choices change, and only before it is committed. */
export type ImportHead = Pick<
  ImportView,
  'fileName' | 'sha256' | 'policy' | 'reopenUnreachable' | 'columns' | 'rowCount' | 'by'
> &
  Partial<Pick<ImportView, 'sharedNumbers'>>
export type ImportState = {
  state: ImportView['state']
  received: number
  warnings: number
  findings: Partial<Record<Finding, number>>
  committedRows: number
  /** When all rows are committed: behind which row the lists in D1 are still to be told. */
  toldTo?: number
  undone: ImportView['undone']
  createdAt: number
  committedAt: number | null
}
export type StoredImport = ImportState & { no: number; id: string; head: ImportHead }

/** Some hundred rows of a list as they were judged: row by row a finding, `findings` by their place where it is not plainly new. */
export type Part = { id: number; rows: StagedRow[]; found: Found[] }
type PartRow = { id: number; first_row: number; last_row: number; findings: string; done: string | null }
/** Imports and their rows, kept until a week after the commit so that what was held back can be downloaded. */
export class ImportStore {
  readonly people: ImportPeople

  constructor(private readonly sql: SqlStorage) {
    openImportTables(sql)
    this.people = new ImportPeople(sql)
  }

  get(id: string): StoredImport | null {
    const row = this.sql
      .exec<{ no: number; head: string; body: string }>('SELECT no, head, body FROM import_run WHERE id=?', id)
      .toArray()[0]
    if (!row) return null
    return {
      no: row.no,
      id,
      head: JSON.parse(row.head) as ImportHead,
      ...(JSON.parse(row.body) as ImportState),
    }
  }

  open(id: string, head: ImportHead, state: ImportState): StoredImport {
    const { no } = this.sql
      .exec<{ no: number }>(
        'INSERT INTO import_run (id, head, body) VALUES (?,?,?) RETURNING no',
        id,
        JSON.stringify(head),
        JSON.stringify(state),
      )
      .one()
    return { no, id, head, ...state }
  }

  /** How far it is; `settledAt`: from then on its rows may be forgotten in a week. */
  put({ no, id: _id, head: _head, ...state }: StoredImport): void {
    this.sql.exec('UPDATE import_run SET body=?, settled_at=? WHERE no=?', JSON.stringify(state), state.committedAt, no)
  }

  choose({ no, head }: StoredImport): void {
    this.sql.exec('UPDATE import_run SET head=? WHERE no=?', JSON.stringify(head), no)
  }

  pieceHash(no: number, n: number): string | null {
    const row = this.sql.exec<{ hash: string }>('SELECT hash FROM import_piece WHERE no=? AND n=?', no, n).toArray()[0]
    return row?.hash ?? null
  }

  /** The numbers of the chunks that came, lowest first. */
  pieces(no: number): number[] {
    const rows = this.sql.exec<{ n: number }>('SELECT n FROM import_piece WHERE no=? ORDER BY n', no).toArray()
    return rows.map((row) => row.n)
  }

  addPiece(no: number, n: number, hash: string): void {
    this.sql.exec('INSERT INTO import_piece (no, n, hash) VALUES (?,?,?)', no, n, hash)
  }

  /** Whether one of these rows of the sheet came before; parts are ranges, and seldom overlap. */
  hasRow(no: number, rows: readonly number[]): boolean {
    if (rows.length === 0) return false
    const [first, last] = [Math.min(...rows), Math.max(...rows)]
    const overlapping = this.sql
      .exec<{ id: number }>('SELECT id FROM import_part WHERE no=? AND first_row<=? AND last_row>=?', no, last, first)
      .toArray()
    const asked = new Set(rows)
    return overlapping.some(({ id }) => this.bodyOf(id).some((staged) => asked.has(staged.row)))
  }

  addPart(no: number, body: string, rows: readonly StagedRow[], found: readonly Found[]): number {
    const numbers = rows.map((staged) => staged.row)
    const { id } = this.sql
      .exec<{ id: number }>(
        'INSERT INTO import_part (no, first_row, last_row, rows, findings, tally) VALUES (?,?,?,?,?,?) RETURNING id',
        no,
        Math.min(...numbers),
        Math.max(...numbers),
        rows.length,
        packed(found),
        JSON.stringify(tallyOf(rows, found)),
      )
      .one()
    const phones = JSON.stringify(rows.flatMap(({ phone }) => phone ?? []))
    this.sql.exec('INSERT INTO import_body (part, body, phones) VALUES (?,?,?)', id, body, phones)
    return id
  }

  part(id: number): Part {
    const row = this.sql.exec<PartRow>('SELECT * FROM import_part WHERE id=?', id).one()
    const rows = this.bodyOf(id)
    return { id, rows, found: unpacked(row.findings, rows.length) }
  }

  setFound({ id, rows, found }: Part): void {
    const tally = JSON.stringify(tallyOf(rows, found))
    this.sql.exec('UPDATE import_part SET findings=?, tally=? WHERE id=?', packed(found), tally, id)
  }

  /** The first part, in the order of the sheet, that is not committed. */
  nextToCommit(no: number): number | null {
    const query = 'SELECT id FROM import_part WHERE no=? AND done IS NULL ORDER BY first_row, id LIMIT 1'
    return this.sql.exec<{ id: number }>(query, no).toArray()[0]?.id ?? null
  }

  /**
   * POOL-1: the next parts to be committed, of so many rows, beginning with the first part that starts behind `after`; `to`: where
   * the last of them starts. Null: the parts up to there were given before.
   */
  partsAhead(no: number, after: number, limit: number): { parts: number[]; to: number } | null {
    const next = this.sql
      .exec<{ first_row: number }>(
        'SELECT first_row FROM import_part WHERE no=? AND done IS NULL ORDER BY first_row, id LIMIT 1',
        no,
      )
      .toArray()[0]
    if (!next || next.first_row <= after) return null
    // read to its end: a cursor that stays open keeps the log from being written back
    const open = this.sql
      .exec<{ id: number; first_row: number; rows: number }>(
        'SELECT id, first_row, rows FROM import_part WHERE no=? AND done IS NULL ORDER BY first_row, id LIMIT ?',
        no,
        limit,
      )
      .toArray()
    const parts: number[] = []
    let [rows, to] = [0, after]
    for (const part of open) {
      if (rows >= limit) break
      parts.push(part.id)
      rows += part.rows
      to = part.first_row
    }
    return parts.length > 0 ? { parts, to } : null
  }

  /** POOL-1: the numbers of these parts that are not in the pool yet. */
  newNumbers(parts: readonly number[]): string[] {
    const rows = this.sql.exec<{ number: string }>(
      `SELECT phone.value AS number FROM json_each(?) next JOIN import_body ON part=next.value, json_each(phones) phone
         WHERE NOT EXISTS (SELECT 1 FROM entry WHERE entry.phone=phone.value)`,
      JSON.stringify(parts),
    )
    return Array.from(rows, ({ number }) => number)
  }

  setDone(part: number, done: PartDone): void {
    this.sql.exec('UPDATE import_part SET done=? WHERE id=?', JSON.stringify(done), part)
  }

  /** What the commit did, in the order of the sheet, from the part that starts behind `after` until so many rows. */
  *doneParts(no: number, after: number, limit: number): Generator<{ firstRow: number; rows: number; done: PartDone }> {
    const query =
      'SELECT first_row, rows, done FROM import_part WHERE no=? AND first_row>? AND done IS NOT NULL ORDER BY first_row, id LIMIT 1'
    for (let [rows, from] = [0, after]; rows < limit;) {
      const part = this.sql.exec<{ first_row: number; rows: number; done: string }>(query, no, from).toArray()[0]
      if (!part) return
      yield { firstRow: part.first_row, rows: part.rows, done: JSON.parse(part.done) as PartDone }
      rows += part.rows
      from = part.first_row
    }
  }

  /** The first part whose commit is not undone. */
  nextToUndo(no: number): { id: number; done: PartDone } | null {
    const row = this.sql
      .exec<{ id: number; done: string }>(
        'SELECT id, done FROM import_part WHERE no=? AND done IS NOT NULL AND undone=0 ORDER BY first_row, id LIMIT 1',
        no,
      )
      .toArray()[0]
    return row ? { id: row.id, done: JSON.parse(row.done) as PartDone } : null
  }

  setUndone(part: number): void {
    this.sql.exec('UPDATE import_part SET undone=1 WHERE id=?', part)
  }

  /** Parts that have a row beyond `after` and one of these findings (none: any), in the order of the sheet. */
  *partsWith(no: number, findings: readonly Finding[], warned: boolean, after: number): Generator<Part> {
    const tallies = this.sql
      .exec<{ id: number; tally: string }>(
        'SELECT id, tally FROM import_part WHERE no=? AND last_row>? ORDER BY first_row, id',
        no,
        after,
      )
      .toArray()
    for (const { id, tally } of tallies) {
      const counts = JSON.parse(tally) as Tally
      const isAsked = findings.length === 0 || findings.some((finding) => counts[finding])
      if (isAsked && (!warned || counts.warned)) yield this.part(id)
    }
  }

  /** The lowest rows that these numbers have in this import so far. */
  firsts(no: number, phones: readonly string[]): Map<string, FirstRow> {
    const rows = this.sql
      .exec<{ phone: number; row: number; part: number; code: string | null }>(
        'SELECT p.phone, p.row, p.part, p.code FROM json_each(?2) j CROSS JOIN import_phone p WHERE p.no=?1 AND p.phone=j.value',
        no,
        JSON.stringify(phones.map(digitsOf)),
      )
      .toArray()
    return new Map(rows.map(({ phone, row, part, code }) => [`+${phone}`, { row, part, userCode: code }]))
  }

  setFirsts(
    no: number,
    part: number,
    firsts: readonly (readonly [string, { row: number; userCode: string | null }])[],
  ) {
    this.sql.exec(
      `INSERT OR FAIL INTO import_phone (no, phone, row, part, code) SELECT ?1, value->>0, value->>1, ?2, value->>2 FROM json_each(?3) WHERE true
         ON CONFLICT(no, phone) DO UPDATE SET row=excluded.row, part=excluded.part, code=excluded.code`,
      no,
      part,
      JSON.stringify(firsts.map(([phone, { row, userCode }]) => [digitsOf(phone), row, userCode])),
    )
  }

  /** A list whose columns were matched by hand is matched the same way next time: mine first, else anyone's of this pool. */
  memory({ userId, sha256, signature }: { userId: string; sha256: string; signature: string }): ImportMemory {
    const mapping = 'SELECT columns FROM import_mapping WHERE signature=? ORDER BY user_id=? DESC, at DESC LIMIT 1'
    const mapped = this.sql.exec<{ columns: string }>(mapping, signature, userId).toArray()[0]
    const same = `SELECT id FROM import_run WHERE settled_at IS NULL AND head->>'sha256'=? AND head->>'$.by.id'=? ORDER BY no DESC LIMIT 1`
    const row = this.sql.exec<{ id: string }>(same, sha256, userId).toArray()[0]
    const open = row && this.get(row.id)
    const columns = mapped ? (JSON.parse(mapped.columns) as ImportView['columns']) : null
    if (!open || (open.state !== 'receiving' && open.state !== 'checked' && open.state !== 'committing'))
      return { columns, open: null }
    const { id, state, head, no } = open
    return { columns, open: { id, state, columns: head.columns, rowCount: head.rowCount, chunks: this.pieces(no) } }
  }

  setMapping(signature: string, userId: string, columns: ImportView['columns'], at: number): void {
    this.sql.exec(
      'INSERT OR REPLACE INTO import_mapping (signature, user_id, columns, at) VALUES (?,?,?,?)',
      signature,
      userId,
      JSON.stringify(columns),
      at,
    )
  }

  /** What no one asks for any more goes, a little at a time. True: there is more of it. */
  forget(settledBefore: number): boolean {
    const firsts =
      'SELECT r.no FROM import_run r WHERE r.settled_at IS NOT NULL AND EXISTS (SELECT 1 FROM import_phone p WHERE p.no=r.no) LIMIT 1'
    const decided = this.sql.exec<{ no: number }>(firsts).toArray()[0]?.no
    if (decided !== undefined) {
      const some = 'SELECT phone FROM import_phone WHERE no=?1 LIMIT 1000'
      this.sql.exec(`DELETE FROM import_phone WHERE no=?1 AND phone IN (${some})`, decided)
      this.people.forget(decided)
      return true
    }
    const parts = `SELECT p.id FROM import_run r JOIN import_part p ON p.no=r.no WHERE r.settled_at<? LIMIT 10`
    const old = this.sql.exec<{ id: number }>(parts, settledBefore).toArray()
    const ids = JSON.stringify(old.map(({ id }) => id))
    this.sql.exec('DELETE FROM import_body WHERE part IN (SELECT value FROM json_each(?))', ids)
    this.sql.exec('DELETE FROM import_part WHERE id IN (SELECT value FROM json_each(?))', ids)
    return old.length > 0
  }

  /** An import that was left half-sent for so long is not coming back: its rows may go. */
  giveUp(openedBefore: number): void {
    this.sql.exec(
      `UPDATE import_run SET settled_at=?1, body=json_set(body, '$.state', 'cancelled') WHERE settled_at IS NULL AND body->>'createdAt'<?1`,
      openedBefore,
    )
  }

  private bodyOf(part: number): StagedRow[] {
    const { body } = this.sql.exec<{ body: string }>('SELECT body FROM import_body WHERE part=?', part).one()
    return rowsOfPart(body)
  }
}

export type FirstRow = { row: number; part: number; userCode: string | null }
/** E.164 is at most 15 digits: a whole number that loses nothing, and a shorter key than its text. */
const digitsOf = (phone: string) => Number(phone.slice(1))
