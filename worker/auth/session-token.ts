import { errors, jwtVerify, SignJWT } from 'jose'
import type { Env } from '../env'

/**
 * A signed word that user `sub` has session `sid` (HS256 by SESSION_KEY). It says nothing about role or name: those, and
 * whether the session still lives, are asked of the AgentRoom. `cookie` for browsers, `access` for programs. `device`
 * opens nothing: it says that this user has signed in on this device before (see known-device).
 */
export type SessionToken = { userId: string; sessionId: string; use: (typeof USES)[number] }
const USES = ['cookie', 'access', 'device'] as const

/** AUTH-3: how long a program's access token lasts. */
export const ACCESS_TOKEN_S = 15 * 60

export async function signToken(
  env: Pick<Env, 'SESSION_KEY'>,
  token: SessionToken,
  expiresAt: number,
): Promise<string> {
  return new SignJWT({ sid: token.sessionId, use: token.use })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(token.userId)
    .setIssuedAt()
    .setExpirationTime(Math.floor(expiresAt / 1000))
    .sign(keyOf(env))
}

/**
 * Tokens whose signature was found good in this isolate, until they expire: a signature does not go bad, and whether the
 * session still lives is asked elsewhere. Verifying costs more than all else a request's sign-in needs. Newest last; bounded.
 */
const verified = new Map<string, { key: string; token: SessionToken; until: number }>()
const MOST_VERIFIED = 2_000

export async function readToken(
  env: Pick<Env, 'SESSION_KEY'>,
  text: string,
): Promise<SessionToken | 'expired' | 'forged'> {
  const known = verified.get(text)
  if (known && known.key === env.SESSION_KEY) {
    if (known.until > Date.now()) return known.token
    verified.delete(text)
  }
  try {
    const { payload } = await jwtVerify(text, keyOf(env), {
      algorithms: ['HS256'],
      requiredClaims: ['sub', 'exp', 'sid', 'use'],
    })
    const { sub, sid, use: said, exp = 0 } = payload
    const use = USES.find((one) => one === said)
    if (!sub || typeof sid !== 'string' || !use) return 'forged'
    const token: SessionToken = { userId: sub, sessionId: sid, use }
    if (verified.size >= MOST_VERIFIED) verified.delete(verified.keys().next().value!)
    verified.set(text, { key: env.SESSION_KEY, token, until: exp * 1000 })
    return token
  } catch (fault) {
    return fault instanceof errors.JWTExpired ? 'expired' : 'forged'
  }
}

function keyOf({ SESSION_KEY }: Pick<Env, 'SESSION_KEY'>): Uint8Array {
  const key = new TextEncoder().encode(SESSION_KEY)
  if (key.length < 32) throw new Error('SESSION_KEY must have at least 32 bytes')
  return key
}
