import { barsOf, GLOBAL } from './do-not-call'

/** Who answers to a name that was dialled: extension, user name or user id (SIP-3). */
export type DirectoryEntry = { userId: string; username: string; name: string; extension: string | null }

/** A changed extension is dialled rightly within this. Only what was found is kept. */
const BELIEVED_MS = 30_000
const MOST_KEPT = 2_000
const kept = new Map<string, { entry: DirectoryEntry; until: number }>()

const FIND = `
  SELECT id AS userId, username, name, extension FROM users
  WHERE disabled_at IS NULL AND (extension = ?1 OR username = lower(?1) OR id = ?1)
  ORDER BY extension = ?1 DESC LIMIT 1`

/** Null: nobody (or no longer). Throws when D1 does not answer. */
export async function findByDialled(db: D1Database, dialled: string, now: number): Promise<DirectoryEntry | null> {
  const known = kept.get(dialled)
  if (known && known.until > now) return known.entry
  kept.delete(dialled)
  const entry = await db.prepare(FIND).bind(dialled).first<DirectoryEntry>()
  if (!entry) return null
  if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value!)
  kept.set(dialled, { entry, until: now + BELIEVED_MS })
  return entry
}

/** POOL-16, for calls that no pool decided: whether the global list bars the number. Never kept: the newest word counts. */
export async function isOnDoNotCallList(db: D1Database, number: string): Promise<boolean> {
  return (await barsOf(db, number, [GLOBAL])).length > 0
}
