import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Miniflare } from 'miniflare'
import { root } from '../build/root.mjs'

type Database = Awaited<ReturnType<Miniflare['getD1Database']>>

/** Applies what is not applied yet, in the order and table of `wrangler d1 migrations apply`, so both agree on one state. */
export async function migrate(database: Database): Promise<number> {
  await database.exec(
    'CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL);',
  )
  const applied = new Set(
    (await database.prepare('SELECT name FROM d1_migrations').all<{ name: string }>()).results.map((row) => row.name),
  )
  const files = readdirSync(path.join(root, 'migrations'))
    .filter((file) => file.endsWith('.sql') && !applied.has(file))
    .sort()
  for (const file of files) {
    const statements = readFileSync(path.join(root, 'migrations', file), 'utf8')
      .split('--> statement-breakpoint')
      .map((statement) => statement.trim())
      .filter(Boolean)
    await database.batch([
      ...statements.map((statement) => database.prepare(statement)),
      database.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(file),
    ])
  }
  return files.length
}
