import { digitsOf } from '#shared/domain/import/part-columns'
import type { Finding } from '#shared/domain/import/verdict'
import type { ImportMemory, ImportView } from '#shared/protocol/imports'
import { ImportNumbers } from './import-numbers'
import { ImportParts, type FirstRow } from './import-parts'
import { ImportPeople } from './import-people'
import { openImportTables } from './import-tables'

/** What an import is opened with; only its choices change, and only before it is committed. */
export type ImportHead = Pick<ImportView, 'fileName' | 'sha256' | 'policy' | 'reopenUnreachable' | 'columns' | 'by'> & {
  /** null: the file is still being read. */
  rowCount: number | null
} & Partial<Pick<ImportView, 'sharedNumbers'>>
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

/** Numbers of so many imports are kept in memory at a time. */
const IN_MEMORY = 2

/** Imports, kept until a week after the commit so that what was held back can be downloaded. */
export class ImportStore {
  readonly people: ImportPeople
  readonly parts: ImportParts
  private readonly known = new Map<number, ImportNumbers>()
  /** The import whose rows come in right now: of these it need not be told. */
  private committing: number | null = null

  constructor(private readonly sql: SqlStorage) {
    openImportTables(sql)
    this.people = new ImportPeople(sql)
    this.parts = new ImportParts(sql)
  }

  /** Writes were undone. */
  reload(): void {
    this.known.clear()
    this.committing = null
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
    this.keep(no, new ImportNumbers(true))
    return { no, id, head, ...state }
  }

  /** How far it is; `settledAt`: from then on its rows may be forgotten in a week. */
  put({ no, id: _id, head: _head, ...state }: StoredImport): void {
    this.sql.exec('UPDATE import_run SET body=?, settled_at=? WHERE no=?', JSON.stringify(state), state.committedAt, no)
  }

  choose({ no, head }: StoredImport): void {
    this.sql.exec('UPDATE import_run SET head=? WHERE no=?', JSON.stringify(head), no)
  }

  /** A chunk that came: the parts that it became, or by an older release the hash of its rows. Null: it did not come. */
  piece(no: number, n: number): { parts: number[] } | { hash: string } | null {
    const row = this.sql.exec<{ hash: string }>('SELECT hash FROM import_piece WHERE no=? AND n=?', no, n).toArray()[0]
    if (!row) return null
    return row.hash.startsWith('[') ? { parts: JSON.parse(row.hash) as number[] } : row
  }

  /** The numbers of the chunks that came, lowest first. */
  pieces(no: number): number[] {
    const rows = this.sql.exec<{ n: number }>('SELECT n FROM import_piece WHERE no=? ORDER BY n', no).toArray()
    return rows.map((row) => row.n)
  }

  addPiece(no: number, n: number, parts: readonly number[]): void {
    this.sql.exec('INSERT INTO import_piece (no, n, hash) VALUES (?,?,?)', no, n, JSON.stringify(parts))
  }

  /** The first rows of the numbers of this import. */
  numbers(no: number): ImportNumbers {
    return this.known.get(no) ?? this.keep(no, this.parts.numbersOf(no))
  }

  private keep(no: number, numbers: ImportNumbers): ImportNumbers {
    this.known.set(no, numbers)
    for (const oldest of this.known.keys()) {
      if (this.known.size <= IN_MEMORY) break
      this.known.delete(oldest)
    }
    return numbers
  }

  /** The lowest rows that these numbers have in this import so far. */
  firsts(no: number, phones: readonly string[]): Map<string, FirstRow> {
    const numbers = this.numbers(no)
    const firsts = new Map<string, FirstRow>()
    for (const phone of phones) {
      const row = numbers.rowOf(digitsOf(phone))
      if (row !== undefined && !firsts.has(phone)) firsts.set(phone, this.parts.find(no, row))
    }
    return firsts
  }

  setFirsts(no: number, firsts: Iterable<readonly [string, { row: number }]>): void {
    const numbers = this.numbers(no)
    for (const [phone, { row }] of firsts) numbers.put(digitsOf(phone), row)
  }

  /** Customers came in: rows that were new may not be any more. */
  arrived(phones: readonly string[]): void {
    for (const [no, numbers] of this.known) if (no !== this.committing) numbers.arrived(phones)
  }

  /** What comes in meanwhile comes from this import. */
  committingFrom<T>(no: number, work: () => T): T {
    this.committing = no
    try {
      return work()
    } finally {
      this.committing = null
    }
  }

  /** POOL-16: of these numbers those that stand in a list on its way. */
  onTheWay(numbers: readonly string[]): string[] {
    const open = this.sql.exec<{ no: number }>('SELECT no FROM import_run WHERE settled_at IS NULL').toArray()
    return open.flatMap(({ no }) => this.numbers(no).among(numbers))
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
    const decided = 'SELECT no FROM import_run WHERE settled_at IS NOT NULL'
    for (const { no } of this.sql.exec<{ no: number }>(decided).toArray()) this.known.delete(no)
    this.people.forgetDecided()
    return this.parts.forget(settledBefore)
  }

  /** An import that was left half-sent for so long is not coming back: its rows may go. */
  giveUp(openedBefore: number): void {
    this.sql.exec(
      `UPDATE import_run SET settled_at=?1, body=json_set(body, '$.state', 'cancelled') WHERE settled_at IS NULL AND body->>'createdAt'<?1`,
      openedBefore,
    )
  }
}
