import { uuidv7 } from 'uuidv7'
import type { Miniflare } from 'miniflare'
import * as z from 'zod'
import { generatePassword, hashPassword } from '../../worker/auth/password'
import type { Secrets } from './secrets'

export { generatePassword }

type Database = Awaited<ReturnType<Miniflare['getD1Database']>>

export async function hasPeople(database: Database): Promise<boolean> {
  return (await database.prepare('SELECT 1 FROM users LIMIT 1').all()).results.length > 0
}

export async function addAdministrator(
  database: Database,
  secrets: Secrets,
  person: { username: string; name: string; password: string },
): Promise<void> {
  await database
    .prepare(
      "INSERT INTO users (id, username, name, role, extension, password_hash, created_at) VALUES (?, ?, ?, 'administrator', '900', ?, ?)",
    )
    .bind(
      uuidv7(),
      person.username,
      person.name,
      await hashPassword(person.password, secrets.PASSWORD_PEPPER),
      Date.now(),
    )
    .run()
}

const request = z.object({ ask: z.literal('password'), username: z.string().max(100) })

/** AUTH-4: a new password for a user, who is signed out everywhere and chooses another at the next sign-in. */
export async function newPassword(
  runtime: Miniflare,
  secrets: Secrets,
  asked: unknown,
): Promise<{ username: string; password: string } | { error: string }> {
  const parsed = request.safeParse(asked)
  if (!parsed.success) return { error: 'That is not a request for a password.' }
  const { username } = parsed.data
  const database = await runtime.getD1Database('DB')
  const user = (await database.prepare('SELECT id FROM users WHERE username = ?').bind(username).all<{ id: string }>())
    .results[0]
  if (!user) return { error: `There is no user called ${username}.` }
  const password = generatePassword()
  await database
    .prepare('UPDATE users SET password_hash = ?, must_change_password = 1, version = version + 1 WHERE id = ?')
    .bind(await hashPassword(password, secrets.PASSWORD_PEPPER), user.id)
    .run()
  const rooms = await runtime.getDurableObjectNamespace('AGENT')
  const room = rooms.get(rooms.idFromName(user.id)) as unknown as { closeAllSessions(code: string): Promise<void> }
  await room.closeAllSessions('session-revoked')
  return { username, password }
}
