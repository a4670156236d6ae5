import { env, SELF } from 'cloudflare:test'
import { uuidv7 } from 'uuidv7'
import type { Role } from '#shared/protocol/users'
import { hashPassword } from '#worker/auth/password'
import { signToken } from '#worker/auth/session-token'
import { insertUser } from '#worker/db/users'
import { agentRoom } from '#worker/rooms/doors'
import { isRefusal, type Actor } from '#worker/rooms/ports'

export const ORIGIN = 'http://switchroom.test'
export const PASSWORD = 'correct-horse-battery'
let hash: Promise<string> | null = null
let extension = 2000

export type Person = {
  id: string
  username: string
  name: string
  role: Role
  token: string
  sessionId: string
  actor: Actor
}

/** A user in D1 without a session; PASSWORD is theirs. User names are made unique. */
export async function makeUser(
  role: Role,
  name: string,
  fields: { mustChangePassword?: boolean } = {},
): Promise<{ id: string; username: string; name: string; role: Role }> {
  hash ??= hashPassword(PASSWORD, env.PASSWORD_PEPPER)
  const id = uuidv7()
  const username = `${name}-${id.slice(-6)}`
  const row = {
    id,
    username,
    name,
    role,
    extension: String(extension++),
    passwordHash: await hash,
    createdAt: Date.now(),
    ...fields,
  }
  if (!(await insertUser(env.DB, row))) throw new Error('not inserted')
  return { id, username, name, role }
}

/** Signed in as a program, without the cost of a password. */
export async function signedIn(role: Role, name: string): Promise<Person> {
  const user = await makeUser(role, name)
  const opened = await agentRoom(env, user.id).openSession({ kind: 'program', userAgent: 'test', now: Date.now() })
  if (isRefusal(opened)) throw new Error(opened.refused)
  const { sessionId } = opened
  const token = await signToken(env, { userId: user.id, sessionId, use: 'access' }, Date.now() + 900_000)
  return { ...user, token, sessionId, actor: { userId: user.id, name, role, sessionId } }
}

export type Call = { method?: string; body?: unknown; as?: { token: string }; headers?: Record<string, string> }
export function api(path: string, { method, body, as, headers }: Call = {}): Promise<Response> {
  return SELF.fetch(`${ORIGIN}${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(as ? { authorization: `Bearer ${as.token}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    redirect: 'manual',
  })
}
