import { and, asc, count, eq, isNull, ne, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { preferences as preferencesSchema, type Preferences, type Role, type User } from '#shared/protocol/users'
import { audit, poolMembers, pools, users } from './schema'

export type UserRow = typeof users.$inferSelect
export const DEFAULT_PREFERENCES: Preferences = {
  language: null,
  theme: 'system',
  dialWith: 'auto',
  deviceDial: { scheme: 'tel', format: 'e164' },
  shortcuts: true,
  lines: 2,
  autoAnswer: null,
}

export function userOf(row: UserRow): User {
  const { id, username, name, extension, disabledAt, mustChangePassword, createdAt, lastSignInAt } = row
  return {
    id,
    username,
    name,
    role: row.role as Role,
    extension,
    disabledAt,
    mustChangePassword,
    createdAt,
    lastSignInAt,
  }
}

/** A row written by an older release may lack a field: it takes the default. */
export function preferencesOf(row: Pick<UserRow, 'preferences'>): Preferences {
  const parsed = preferencesSchema.partial().safeParse(JSON.parse(row.preferences))
  return { ...DEFAULT_PREFERENCES, ...(parsed.success ? parsed.data : {}) }
}

export async function userByName(db: D1Database, username: string): Promise<UserRow | null> {
  return (await drizzle(db).select().from(users).where(eq(users.username, username)).get()) ?? null
}

export async function userById(db: D1Database, id: string): Promise<UserRow | null> {
  return (await drizzle(db).select().from(users).where(eq(users.id, id)).get()) ?? null
}

export async function listUsers(db: D1Database): Promise<UserRow[]> {
  return drizzle(db).select().from(users).orderBy(asc(users.name), asc(users.username)).all()
}

export async function usersOf(db: D1Database, who: string[] | 'everyone'): Promise<UserRow[]> {
  const query = drizzle(db).select().from(users)
  // one JSON parameter: D1 binds at most 100
  return who === 'everyone'
    ? query.all()
    : query.where(sql`${users.id} IN (SELECT value FROM json_each(${JSON.stringify(who)}))`).all()
}

/** Every pool that is not closed with its members, in the order they were made; and the agents' own order of pools. */
export async function membership(db: D1Database) {
  const orm = drizzle(db)
  const [all, positions] = await orm.batch([
    orm
      .select({ id: pools.id, name: pools.name, members: sql<string>`json_extract(${pools.settings}, '$.members')` })
      .from(pools)
      .where(ne(pools.state, 'closed'))
      .orderBy(asc(pools.createdAt), asc(pools.id)),
    orm.select().from(poolMembers),
  ])
  return { pools: all, positions }
}

/** The next free extension from 101; null extension columns do not count. */
export async function nextExtension(db: D1Database): Promise<string> {
  const taken = await drizzle(db).select({ extension: users.extension }).from(users).all()
  const numbers = new Set(taken.map((row) => row.extension))
  for (let n = 101; ; n++) if (!numbers.has(String(n))) return String(n)
}

/** False: the user name or the extension is taken. */
export async function insertUser(db: D1Database, row: typeof users.$inferInsert): Promise<boolean> {
  const inserted = await drizzle(db).insert(users).values(row).onConflictDoNothing().returning({ id: users.id })
  return inserted.length === 1
}

export async function updateUser(
  db: D1Database,
  id: string,
  change: Partial<typeof users.$inferInsert>,
): Promise<UserRow | null> {
  const rows = await drizzle(db)
    .update(users)
    .set({ ...change, version: sql`${users.version} + 1` })
    .where(eq(users.id, id))
    .returning()
  return rows[0] ?? null
}

/**
 * Switches an administrator off, or takes the role away, only while another one is left: one statement, so that two
 * administrators cannot switch each other off at the same moment. Null: it is the last one.
 */
export async function updateAdministrator(
  db: D1Database,
  id: string,
  change: Partial<typeof users.$inferInsert>,
): Promise<UserRow | null> {
  const another = sql`EXISTS (SELECT 1 FROM users AS other WHERE other.role = 'administrator' AND other.disabled_at IS NULL AND other.id <> ${id})`
  const rows = await drizzle(db)
    .update(users)
    .set({ ...change, version: sql`${users.version} + 1` })
    .where(and(eq(users.id, id), another))
    .returning()
  return rows[0] ?? null
}

export async function hasAdministrator(db: D1Database): Promise<boolean> {
  const row = await drizzle(db)
    .select({ n: count() })
    .from(users)
    .where(and(eq(users.role, 'administrator'), isNull(users.disabledAt)))
    .get()
  return (row?.n ?? 0) > 0
}

export type AuditRow = { actorId: string; action: string; subject: string; detail?: Record<string, unknown> }
/** DATA-2, begun: names of fields and states, never passwords, notes or numbers. */
export async function writeAudit(db: D1Database, row: AuditRow, id: string, at: number): Promise<void> {
  await drizzle(db)
    .insert(audit)
    .values({
      id,
      at,
      actorId: row.actorId,
      action: row.action,
      subject: row.subject,
      detail: JSON.stringify(row.detail ?? {}),
    })
}
