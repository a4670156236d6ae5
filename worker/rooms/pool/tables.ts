/**
 * The rows of one pool. `entry_order` is POOL-2 as an index: inside a lane its first row is the one to pull, whatever the
 * size of the pool. `entry_wake` finds what time alone has moved; `entry_holder` the one desk lease an agent has here.
 */
export function openPoolTables(sql: SqlStorage): void {
  sql.exec(`
    CREATE TABLE IF NOT EXISTS setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

    CREATE TABLE IF NOT EXISTS entry (
      id INTEGER PRIMARY KEY,
      phone TEXT NOT NULL,
      customer_id TEXT NOT NULL,
      state TEXT NOT NULL,
      priority INTEGER NOT NULL,
      owner TEXT,
      attempts INTEGER NOT NULL,
      earlier INTEGER NOT NULL,
      due_at INTEGER,
      callback_at INTEGER,
      callback_for TEXT,
      callback_note TEXT,
      holder TEXT,
      granted_at INTEGER,
      expires_at INTEGER,
      token INTEGER NOT NULL,
      missing TEXT,
      last_disposition TEXT,
      lane TEXT NOT NULL,
      retry INTEGER NOT NULL,
      wake_at INTEGER
    );
    CREATE INDEX IF NOT EXISTS entry_order ON entry(lane, priority DESC, retry DESC, id);
    CREATE INDEX IF NOT EXISTS entry_wake ON entry(wake_at) WHERE wake_at IS NOT NULL;
    CREATE INDEX IF NOT EXISTS entry_holder ON entry(holder) WHERE holder IS NOT NULL;
    CREATE INDEX IF NOT EXISTS entry_callback ON entry(callback_at) WHERE callback_at IS NOT NULL;

    CREATE TABLE IF NOT EXISTS card (
      id INTEGER PRIMARY KEY,
      name TEXT,
      phone_given TEXT NOT NULL,
      user_code TEXT,
      email TEXT,
      notes TEXT,
      language TEXT,
      time_zone TEXT,
      tags TEXT NOT NULL,
      custom TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL
    );

    CREATE TABLE IF NOT EXISTS lease_grant (
      entry_id INTEGER NOT NULL,
      token INTEGER NOT NULL,
      agent_id TEXT NOT NULL,
      agent_name TEXT NOT NULL,
      granted_at INTEGER NOT NULL,
      attempt_id TEXT,
      ended TEXT,
      PRIMARY KEY (entry_id, token)
    ) WITHOUT ROWID;

    CREATE TABLE IF NOT EXISTS attempt (id TEXT PRIMARY KEY, entry_id INTEGER NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS attempt_entry ON attempt(entry_id, at);

    CREATE TABLE IF NOT EXISTS lane_count (lane TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS disposition_count (code TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS day_figure (
      day TEXT NOT NULL,
      agent_id TEXT NOT NULL,
      attempts INTEGER NOT NULL DEFAULT 0,
      reached INTEGER NOT NULL DEFAULT 0,
      positive INTEGER NOT NULL DEFAULT 0,
      talk_ms INTEGER NOT NULL DEFAULT 0,
      skips INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (day, agent_id)
    ) WITHOUT ROWID;

    CREATE TABLE IF NOT EXISTS rest (
      agent_id TEXT NOT NULL, entry_id INTEGER NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (agent_id, entry_id)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS do_not_call (number TEXT PRIMARY KEY, at INTEGER NOT NULL, by TEXT NOT NULL) WITHOUT ROWID;

    CREATE TABLE IF NOT EXISTS import (
      id TEXT PRIMARY KEY,
      head TEXT NOT NULL,
      state TEXT NOT NULL,
      received INTEGER NOT NULL,
      warnings INTEGER NOT NULL,
      committed_rows INTEGER NOT NULL,
      committed_to INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      committed_at INTEGER
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS import_count (import_id TEXT NOT NULL, verdict TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (import_id, verdict)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS import_chunk (import_id TEXT NOT NULL, n INTEGER NOT NULL, hash TEXT NOT NULL, rows INTEGER NOT NULL, PRIMARY KEY (import_id, n)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS staged (
      import_id TEXT NOT NULL,
      row INTEGER NOT NULL,
      phone TEXT,
      verdict TEXT NOT NULL,
      reason TEXT,
      of INTEGER,
      body TEXT NOT NULL,
      PRIMARY KEY (import_id, row)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS staged_phone ON staged(import_id, phone, row) WHERE phone IS NOT NULL;
    CREATE INDEX IF NOT EXISTS staged_verdict ON staged(import_id, verdict, row);
  `)
  addColumn(sql, 'entry', 'callback_by', 'TEXT')
  addColumn(sql, 'entry', 'parked', 'TEXT')
  addColumn(sql, 'entry', 'parked_until', 'INTEGER')
  openSecondPersons(sql)
}

/**
 * Decision 0145: one customer has a number to themselves, `second` 0; others who share it have their own arrival number
 * there. Pools made before had one entry a number.
 */
function openSecondPersons(sql: SqlStorage): void {
  addColumn(sql, 'entry', 'second', 'INTEGER NOT NULL DEFAULT 0')
  sql.exec(`
    DROP INDEX IF EXISTS entry_phone;
    CREATE UNIQUE INDEX IF NOT EXISTS entry_number ON entry(phone, second);
    CREATE INDEX IF NOT EXISTS entry_second ON entry(second) WHERE second<>0;
  `)
}

/** Rooms that were made before a column came get it when they open. True: it came just now. */
export function addColumn(sql: SqlStorage, table: string, column: string, type: string): boolean {
  const has = sql.exec('SELECT 1 FROM pragma_table_info(?) WHERE name=?', table, column).toArray().length > 0
  if (!has) sql.exec(`ALTER TABLE ${table} ADD COLUMN ${column} ${type}`)
  return !has
}
