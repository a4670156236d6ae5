import { me } from '#shared/protocol/session'
import { passwordChange, signIn } from '#shared/protocol/session'
import { clearSessionCookie, readSessionCookie, setSessionCookie } from '../auth/cookie'
import { rememberDevice, signInFrom } from '../auth/known-device'
import { hashPassword, isTooWeak, verifyPassword } from '../auth/password'
import { pushProfiles } from '../auth/profiles'
import { checkSession, forgetSession, forgetSessionsOf } from '../auth/session-check'
import { readToken, signToken } from '../auth/session-token'
import { checkPassword, openSession } from '../auth/sign-in'
import { whoAmI } from '../auth/who-am-i'
import { audited } from '../auth/audit'
import { updateUser, userById } from '../db/users'
import { RefusalError } from '../refusals'
import { agentRoom } from '../rooms/doors'
import { body, endpoint, json, router } from './endpoint'

export const session = router()

endpoint(
  session,
  'session.open',
  {
    method: 'post',
    path: '/session',
    tags: ['session'],
    summary: 'Sign in in a browser',
    description:
      'Answers a cookie. `already-signed-in` when somebody else is signed in in this browser, unless `replace` is true.',
    request: body(signIn),
    responses: { 201: json(me, 'Signed in') },
  },
  async (c) => {
    const { username, password, replace } = c.req.valid('json')
    const now = Date.now()
    const user = await checkPassword(c.env, { username, password }, await signInFrom(c), now)
    const cookie = readSessionCookie(c)
    const before = cookie ? await readToken(c.env, cookie) : 'forged'
    if (typeof before === 'object' && (await checkSession(c.env, before, now)).live) {
      // two people share a browser's one cookie: the first would go on as the second
      if (before.userId !== user.id && !replace) throw new RefusalError('already-signed-in')
      await agentRoom(c.env, before.userId).closeSession(before.sessionId)
      forgetSession(before.sessionId)
    }
    const { sessionId, expiresAt } = await openSession(c.env, user.id, 'browser', c.req.header('user-agent') ?? '', now)
    await rememberDevice(c, user.id, now)
    setSessionCookie(c, await signToken(c.env, { userId: user.id, sessionId, use: 'cookie' }, expiresAt), expiresAt)
    return c.json(await whoAmI(c.env, user.id, c.get('origin'), now), 201)
  },
)

endpoint(
  session,
  'session.close',
  {
    method: 'delete',
    path: '/session',
    tags: ['session'],
    summary: 'Sign out',
    responses: { 204: { description: 'Signed out' } },
  },
  async (c) => {
    const { userId, sessionId } = c.get('actor')
    await agentRoom(c.env, userId).closeSession(sessionId)
    forgetSession(sessionId)
    clearSessionCookie(c)
    return c.body(null, 204)
  },
)

endpoint(
  session,
  'session.password',
  {
    method: 'put',
    path: '/session/password',
    tags: ['session'],
    summary: 'Choose another password',
    description: 'Every other session of this user ends.',
    request: body(passwordChange),
    responses: { 204: { description: 'Changed' } },
  },
  async (c) => {
    const { current, next } = c.req.valid('json')
    const { userId, sessionId } = c.get('actor')
    const row = await userById(c.env.DB, userId)
    if (!row) throw new RefusalError('session-revoked')
    if (!(await verifyPassword(current, row.passwordHash, c.env.PASSWORD_PEPPER)))
      throw new RefusalError('wrong-credentials')
    if (next === current || isTooWeak(next, row.username)) throw new RefusalError('password-too-weak')
    const passwordHash = await hashPassword(next, c.env.PASSWORD_PEPPER)
    await updateUser(c.env.DB, userId, { passwordHash, mustChangePassword: false })
    await agentRoom(c.env, userId).closeOtherSessions(sessionId)
    await pushProfiles(c.env, [userId])
    forgetSessionsOf(userId)
    await audited(c, 'password.change', userId)
    return c.body(null, 204)
  },
)
