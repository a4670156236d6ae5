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

export async function readToken(
  env: Pick<Env, 'SESSION_KEY'>,
  text: string,
): Promise<SessionToken | 'expired' | 'forged'> {
  try {
    const { payload } = await jwtVerify(text, keyOf(env), {
      algorithms: ['HS256'],
      requiredClaims: ['sub', 'exp', 'sid', 'use'],
    })
    const { sub, sid, use } = payload
    const known = USES.find((one) => one === use)
    if (!sub || typeof sid !== 'string' || !known) return 'forged'
    return { userId: sub, sessionId: sid, use: known }
  } catch (fault) {
    return fault instanceof errors.JWTExpired ? 'expired' : 'forged'
  }
}

function keyOf({ SESSION_KEY }: Pick<Env, 'SESSION_KEY'>): Uint8Array {
  const key = new TextEncoder().encode(SESSION_KEY)
  if (key.length < 32) throw new Error('SESSION_KEY must have at least 32 bytes')
  return key
}
