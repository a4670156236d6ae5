import { afterFailure, isLocked, type Tries } from '#shared/domain/access/lockout'
import { updateUser, userByName, type UserRow } from '../db/users'
import type { Env } from '../env'
import { log } from '../log'
import { RefusalError } from '../refusals'
import { agentRoom } from '../rooms/doors'
import { isRefusal } from '../rooms/ports'
import { hashPassword, isOutdated, verifyNobody, verifyPassword } from './password'

/** Where a sign-in comes from; `device`: the id of a device this user has signed in on before, or null. */
export type From = { address: string; device(userId: string): string | null }
export type Credentials = { username: string; password: string }

/**
 * AUTH-2: whose password it is. `from`: the address, or a device known to be this user's. Locks the pair of account and
 * `from`, never the account: guessing from elsewhere, or beside them in the same office, locks nobody out. Unknown names
 * cost the same time and are locked by the same rule, so nothing tells who has an account.
 *
 * Refuses locked-out (with Retry-After), wrong-credentials, account-disabled (only to who knows the password), unavailable
 * (signing in needs D1; who is signed in already works on).
 */
export async function checkPassword(
  env: Env,
  { username, password }: Credentials,
  from: From,
  now: number,
): Promise<UserRow> {
  const row = await userByName(env.DB, username).catch((fault: unknown) => {
    log.warn('users not readable', { fault })
    throw new RefusalError('unavailable')
  })
  const address = (row && from.device(row.id)) ?? from.address
  if (!row) return refuseNobody(env, `${username} ${address}`, password, now)
  const room = agentRoom(env, row.id)
  const gate = await room.signInGate(address, now)
  if (!gate.allowed) throw lockedOut(gate.retryAt ?? now, now)
  const isRight = await verifyPassword(password, row.passwordHash, env.PASSWORD_PEPPER)
  await room.noteSignIn(address, isRight, now)
  if (!isRight) throw new RefusalError('wrong-credentials')
  if (row.disabledAt !== null) throw new RefusalError('account-disabled')
  const rehashed = isOutdated(row.passwordHash)
    ? { passwordHash: await hashPassword(password, env.PASSWORD_PEPPER) }
    : {}
  return (await updateUser(env.DB, row.id, { lastSignInAt: now, ...rehashed })) ?? row
}

/** AUTH-3: the room opens the session: it is the truth about who is signed in. */
export async function openSession(
  env: Env,
  userId: string,
  kind: 'browser' | 'program',
  userAgent: string,
  now: number,
) {
  const opened = await agentRoom(env, userId).openSession({ kind, userAgent, now })
  if (isRefusal(opened)) throw new RefusalError(opened.refused)
  return opened
}

const nobodies = new Map<string, Tries>()
const MOST_NOBODIES = 10_000

async function refuseNobody(env: Env, key: string, password: string, now: number): Promise<never> {
  const tries = nobodies.get(key) ?? null
  if (isLocked(tries, now)) throw lockedOut(tries!.lockedUntil!, now)
  await verifyNobody(password, env.PASSWORD_PEPPER)
  if (nobodies.size >= MOST_NOBODIES) nobodies.delete(nobodies.keys().next().value!)
  nobodies.set(key, afterFailure(tries, now))
  throw new RefusalError('wrong-credentials')
}

function lockedOut(retryAt: number, now: number): RefusalError {
  const seconds = Math.max(1, Math.ceil((retryAt - now) / 1000))
  return new RefusalError('locked-out', `Try again in ${seconds} seconds.`, undefined, {
    'retry-after': String(seconds),
  })
}
