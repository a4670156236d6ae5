/** Records of the whole deployment, one row each; its version guards against two who write at once. */
export async function readSetting<T>(db: D1Database, name: string): Promise<{ body: T; version: number } | null> {
  const row = await db
    .prepare('SELECT body, version FROM settings WHERE name=?')
    .bind(name)
    .first<{ body: string; version: number }>()
  return row ? { body: JSON.parse(row.body) as T, version: row.version } : null
}

const WRITE = `
  INSERT INTO settings (name, body, version, updated_at) SELECT ?1, ?2, 1, ?4 WHERE ?3 = 0
  ON CONFLICT (name) DO NOTHING`
const REWRITE = 'UPDATE settings SET body=?2, version=version+1, updated_at=?4 WHERE name=?1 AND version=?3'

/** `version`: the one it was read with, 0 when there was none. Answers the new one; null: it was changed meanwhile. */
export async function writeSetting(
  db: D1Database,
  name: string,
  body: unknown,
  version: number,
  now: number,
): Promise<number | null> {
  const statement = version === 0 ? WRITE : REWRITE
  const { meta } = await db.prepare(statement).bind(name, JSON.stringify(body), version, now).run()
  return meta.changes === 1 ? version + 1 : null
}
