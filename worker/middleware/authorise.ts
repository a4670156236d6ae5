import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { may, OPEN_BEFORE_PASSWORD_CHANGE, type Action } from '#shared/domain/access/table'
import { readSessionCookie } from '../auth/cookie'
import { isOwnOrigin } from '../auth/origin'
import { checkSession } from '../auth/session-check'
import { readToken } from '../auth/session-token'
import { RefusalError } from '../refusals'
import type { Actor } from '../rooms/ports'
import type { AppContext } from '../routes/endpoint'

type SignedIn = { actor: Actor; mustChangePassword: boolean; byCookie: boolean }

/**
 * AUTH-1: token → live session → table. An action open to guests goes on without a session, and never fails for a bad one:
 * someone whose session has ended must be able to sign in.
 *
 * Refuses not-signed-in, session-expired, session-revoked, foreign-origin, password-change-required, not-permitted.
 */
export const authorise = (action: Action) =>
  createMiddleware<AppContext>(async (c, next) => {
    const forGuests = may('guest', action)
    const signedIn = await whoAsks(c).catch((fault: unknown) => {
      if (forGuests && fault instanceof RefusalError) return null
      throw fault
    })
    if (
      changes(c.req.method) &&
      (signedIn?.byCookie ?? forGuests) &&
      !isOwnOrigin(c.req.raw.headers, c.get('origin'))
    ) {
      throw new RefusalError('foreign-origin')
    }
    if (signedIn) {
      c.set('actor', signedIn.actor)
      if (signedIn.mustChangePassword && !OPEN_BEFORE_PASSWORD_CHANGE.has(action))
        throw new RefusalError('password-change-required')
      if (!may(signedIn.actor.role, action)) throw new RefusalError('not-permitted')
    } else if (!forGuests) throw new RefusalError('not-signed-in')
    await next()
  })

const changes = (method: string) => method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS'

async function whoAsks(c: Context<AppContext>): Promise<SignedIn | null> {
  const bearer = /^Bearer (\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
  const text = bearer ?? readSessionCookie(c)
  if (!text) return null
  const token = await readToken(c.env, text)
  if (token === 'expired') throw new RefusalError('session-expired')
  // a cookie is no bearer token and the other way round: what leaks from one cannot be used as the other
  if (token === 'forged' || token.use !== (bearer ? 'access' : 'cookie')) throw new RefusalError('not-signed-in')
  const checked = await checkSession(c.env, token, Date.now()).catch(() => {
    throw new RefusalError('unavailable')
  })
  if (!checked.live || !checked.actor) throw new RefusalError(checked.code ?? 'session-revoked')
  const { name, role, mustChangePassword } = checked.actor
  return {
    actor: { userId: token.userId, sessionId: token.sessionId, name, role },
    mustChangePassword,
    byCookie: !bearer,
  }
}
