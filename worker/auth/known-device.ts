import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { AppContext } from '../routes/endpoint'
import { deviceCookieName } from './cookie'
import { readToken, signToken } from './session-token'
import type { From } from './sign-in'

const REMEMBERED_MS = 365 * 24 * 3600_000

/**
 * AUTH-2: a browser that a user has signed in on before is counted by itself, apart from its address: a whole office shares
 * one address, and a colleague who guesses there must not lock out the desk next to theirs. The cookie opens nothing.
 */
export async function signInFrom(c: Context<AppContext>): Promise<From> {
  const text = getCookie(c, deviceCookieName(c.env.INSTANCE_ID))
  const token = text ? await readToken(c.env, text) : 'forged'
  const known = typeof token === 'object' && token.use === 'device' ? token : null
  return {
    address: c.get('address'),
    device: (userId) => (known?.userId === userId ? `device ${known.sessionId}` : null),
  }
}

export async function rememberDevice(c: Context<AppContext>, userId: string, now: number): Promise<void> {
  const { device } = await signInFrom(c)
  if (device(userId) !== null) return
  const token = await signToken(c.env, { userId, sessionId: crypto.randomUUID(), use: 'device' }, now + REMEMBERED_MS)
  const attributes = { httpOnly: true, secure: true, sameSite: 'Strict', path: '/' } as const
  setCookie(c, deviceCookieName(c.env.INSTANCE_ID), token, { ...attributes, maxAge: REMEMBERED_MS / 1000 })
}
