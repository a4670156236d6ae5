import { addColumn } from './tables'

/**
 * The rows of a pool's imports. A list is kept in parts of some hundred rows, each one text, so that staging 100,000 rows
 * writes some hundred rows here: `import_body` what the edge read, never changed; `import_part` what was found of it and what
 * the commit did; `import_part_open` finds the next part of many. The first row of every number is in memory (`ImportNumbers`).
 */
export function openImportTables(sql: SqlStorage): void {
  sql.exec(`
    CREATE TABLE IF NOT EXISTS import_run (
      no INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      head TEXT NOT NULL,
      body TEXT NOT NULL,
      settled_at INTEGER
    );
    CREATE TABLE IF NOT EXISTS import_piece (no INTEGER NOT NULL, n INTEGER NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (no, n)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS import_part (
      id INTEGER PRIMARY KEY,
      no INTEGER NOT NULL,
      first_row INTEGER NOT NULL,
      last_row INTEGER NOT NULL,
      rows INTEGER NOT NULL,
      findings TEXT NOT NULL,
      tally TEXT NOT NULL,
      done TEXT,
      undone INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX IF NOT EXISTS import_part_order ON import_part(no, first_row, id);
    CREATE INDEX IF NOT EXISTS import_part_open ON import_part(no, first_row, id) WHERE done IS NULL;
    CREATE TABLE IF NOT EXISTS import_body (part INTEGER PRIMARY KEY, body TEXT NOT NULL, columns TEXT);
    DROP TABLE IF EXISTS import_phone;
    CREATE TABLE IF NOT EXISTS import_mapping (
      signature TEXT NOT NULL, user_id TEXT NOT NULL, columns TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (signature, user_id)
    ) WITHOUT ROWID;
  `)
  addColumn(sql, 'import_body', 'columns', 'TEXT')
}
