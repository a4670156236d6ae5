import { and, asc, eq, gt, or, sql, type AnyColumn, type SQL } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import type { Customer } from '#shared/protocol/attempts'
import { customers } from './schema'

export type CustomerQuery = { q?: string; cursor?: string; limit: number }

/** CRM-1, begun: people by part of a name, user code or number, in the order of their ids; the cursor is the last id shown. */
export async function findCustomers(
  db: D1Database,
  query: CustomerQuery,
): Promise<{ items: Customer[]; nextCursor: string | null }> {
  const rows = await drizzle(db)
    .select()
    .from(customers)
    .where(and(query.q ? matching(query.q) : undefined, query.cursor ? gt(customers.id, query.cursor) : undefined))
    .orderBy(asc(customers.id))
    .limit(query.limit + 1)
  const shown = rows.slice(0, query.limit)
  return { items: shown.map(viewOf), nextCursor: rows.length > query.limit ? shown.at(-1)!.id : null }
}

/** One customer, or null. */
export async function findCustomer(db: D1Database, id: string): Promise<Customer | null> {
  const [row] = await drizzle(db).select().from(customers).where(eq(customers.id, id)).limit(1)
  return row ? viewOf(row) : null
}

function matching(text: string): SQL | undefined {
  const digits = text.replace(/\D/g, '').replace(/^0+/, '')
  return or(
    contains(customers.name, text),
    contains(customers.userCode, text),
    digits.length >= 3 && !/\p{L}/u.test(text) ? contains(customers.phone, digits) : undefined,
  )
}

/** LIKE's own signs in the text stand for themselves. */
const contains = (column: AnyColumn, text: string): SQL =>
  sql`${column} LIKE ${`%${text.replace(/[\\%_]/g, '\\$&')}%`} ESCAPE '\\'`

const viewOf = ({
  id,
  name,
  phone,
  phoneGiven,
  userCode,
  email,
  createdAt,
  updatedAt,
}: typeof customers.$inferSelect): Customer => ({
  id,
  name,
  phone,
  phoneGiven,
  userCode,
  email,
  createdAt,
  updatedAt,
})
