import { sha256Hex } from './secret-token'

/**
 * AUTH-4: the first administrator is made by a one-time link; there is no default password. Whoever starts the server puts
 * a token there and prints the link `/set-up#TOKEN` (after the #, so that it reaches no log):
 *
 *   const token = newSecret()                                                   // worker/auth/secret-token
 *   INSERT INTO setup (id, token_hash, expires_at) VALUES (uuid, await sha256Hex(token), now + 24 h)
 *
 * A link works once, while no administrator exists.
 *
 * Takes the token out of use; false: unknown, used or expired. One statement, so that two can never both have it.
 */
export async function takeSetupToken(db: D1Database, token: string, now: number): Promise<boolean> {
  const taken = await db
    .prepare('UPDATE setup SET used_at = ? WHERE token_hash = ? AND used_at IS NULL AND expires_at > ? RETURNING id')
    .bind(now, await sha256Hex(token), now)
    .first()
  return taken !== null
}
