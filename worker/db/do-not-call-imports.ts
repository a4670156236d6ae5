import type { DoNotCallImport } from '#shared/protocol/do-not-call'
import { isPrefix, RAISE_VERSION } from './do-not-call'

export type Fault = { row: number; value: string; reason: string }
const MOST_FAULTS = 1_000

type Opening = { list: string; fileName: string; country: string; reason: string | null; byId: string; at: number }
export async function openDoNotCallImport(db: D1Database, opening: Opening): Promise<number> {
  const { list, fileName, country, reason, byId, at } = opening
  const row = await db
    .prepare(
      'INSERT INTO do_not_call_imports (list, file_name, country, reason, by_id, created_at) VALUES (?,?,?,?,?,?) RETURNING id',
    )
    .bind(list, fileName, country, reason, byId, at)
    .first<{ id: number }>()
  return row!.id
}

export type OpenImport = { id: number; list: string; country: string; finishedAt: number | null; byId: string }
export async function doNotCallImportOf(db: D1Database, id: number): Promise<OpenImport | null> {
  const query = 'SELECT id, list, country, finished_at AS finishedAt, by_id AS byId FROM do_not_call_imports WHERE id=?'
  return db.prepare(query).bind(id).first<OpenImport>()
}

/**
 * One chunk onto its list, in one transaction with its counts and the lists' new version. The same chunk again adds nothing
 * and counts nothing. Numbers go in sorted: the index is written page by page.
 */
export async function putDoNotCallChunk(
  db: D1Database,
  { id, list, byId }: OpenImport,
  chunk: { n: number; rows: number; values: string[]; faults: Fault[]; at: number },
): Promise<{ version: number }> {
  const { n, rows, values, faults, at } = chunk
  const numbers = values.filter((value) => !isPrefix(value)).sort()
  const prefixes = values.filter(isPrefix).map((value) => value.slice(0, -1))
  const results = await db.batch([
    db
      .prepare(
        'INSERT OR IGNORE INTO do_not_call_prefixes (list, prefix, at, by_id) SELECT ?1, value, ?2, ?3 FROM json_each(?4)',
      )
      .bind(list, at, byId, JSON.stringify(prefixes)),
    db
      .prepare(
        'INSERT OR IGNORE INTO do_not_call_numbers (list, number, at, import_id) SELECT ?1, value, ?2, ?3 FROM json_each(?4)',
      )
      .bind(list, at, id, JSON.stringify(numbers)),
    // of the statement just before: only a chunk that is new counts
    db
      .prepare(
        `INSERT OR IGNORE INTO do_not_call_chunks (import_id, n, rows, added, known, invalid, faults)
         VALUES (?1, ?2, ?3, changes() + ?4, ?5 - changes(), ?6, ?7)`,
      )
      .bind(id, n, rows, prefixes.length, numbers.length, faults.length, JSON.stringify(faults.slice(0, MOST_FAULTS))),
    db.prepare(RAISE_VERSION),
    db.prepare('SELECT version FROM do_not_call_version WHERE id=1'),
  ])
  return { version: (results.at(-1)!.results[0] as { version: number }).version }
}

export async function finishDoNotCallImport(db: D1Database, id: number, at: number): Promise<void> {
  await db
    .prepare('UPDATE do_not_call_imports SET finished_at=coalesce(finished_at, ?2) WHERE id=?1')
    .bind(id, at)
    .run()
}

const IMPORTS = `SELECT i.id, i.list, i.file_name AS fileName, u.name AS byName, i.created_at AS createdAt, i.finished_at AS finishedAt,
  coalesce(sum(c.rows), 0) AS rows, coalesce(sum(c.added), 0) AS added, coalesce(sum(c.known), 0) AS known, coalesce(sum(c.invalid), 0) AS invalid
  FROM do_not_call_imports i LEFT JOIN do_not_call_chunks c ON c.import_id=i.id LEFT JOIN users u ON u.id=i.by_id`
type Row = Omit<DoNotCallImport, 'id'> & { id: number }
const shown = (row: Row): DoNotCallImport => ({ ...row, id: String(row.id) })

export async function doNotCallImportView(db: D1Database, id: number): Promise<DoNotCallImport> {
  const row = await db.prepare(`${IMPORTS} WHERE i.id=? GROUP BY i.id`).bind(id).first<Row>()
  return shown(row!)
}

/** Newest first. */
export async function doNotCallImports(db: D1Database, list: string, limit: number): Promise<DoNotCallImport[]> {
  const query = `${IMPORTS} WHERE i.list=? GROUP BY i.id ORDER BY i.id DESC LIMIT ?`
  return (await db.prepare(query).bind(list, limit).all<Row>()).results.map(shown)
}

export async function doNotCallFaults(db: D1Database, id: number): Promise<Fault[]> {
  const query = "SELECT faults FROM do_not_call_chunks WHERE import_id=? AND faults<>'[]' ORDER BY n LIMIT 200"
  const { results } = await db.prepare(query).bind(id).all<{ faults: string }>()
  return results.flatMap(({ faults }) => JSON.parse(faults) as Fault[]).slice(0, MOST_FAULTS)
}
