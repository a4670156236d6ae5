import { drizzle } from 'drizzle-orm/d1'
import type { AuditRow } from './users'
import { audit } from './schema'

/** What a room did in somebody's name, told by its journal: it may come twice, and counts once. */
export type AuditEntry = AuditRow & { id: string; at: number }

export async function bookAudits(db: D1Database, entries: AuditEntry[]): Promise<void> {
  const rows = entries.map(({ detail = {}, ...entry }) => ({ ...entry, detail: JSON.stringify(detail) }))
  await drizzle(db).insert(audit).values(rows).onConflictDoNothing()
}
