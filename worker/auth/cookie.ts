import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { AppContext } from '../routes/endpoint'

/**
 * AUTH-3. `__Host-`: HTTPS (browsers count http://localhost as secure), no Domain, Path=/. Cookies ignore ports, so the name carries the
 * instance: two deployments on one host do not sign each other out.
 */
export const cookieName = (instanceId: string): string => `__Host-switchroom-${instanceId}`
const ATTRIBUTES = { httpOnly: true, secure: true, sameSite: 'Strict', path: '/' } as const

/** Remembers that somebody signed in on this device before; it opens nothing (see known-device). */
export const deviceCookieName = (instanceId: string): string => `__Host-switchroom-device-${instanceId}`

export function readSessionCookie(c: Context<AppContext>): string | undefined {
  return getCookie(c, cookieName(c.env.INSTANCE_ID))
}

export function setSessionCookie(c: Context<AppContext>, token: string, expiresAt: number): void {
  setCookie(c, cookieName(c.env.INSTANCE_ID), token, { ...ATTRIBUTES, expires: new Date(expiresAt) })
}

export function clearSessionCookie(c: Context<AppContext>): void {
  deleteCookie(c, cookieName(c.env.INSTANCE_ID), ATTRIBUTES)
}
