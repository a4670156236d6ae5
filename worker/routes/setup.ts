import { uuidv7 } from 'uuidv7'
import { me, setUp, setUpStatus } from '#shared/protocol/session'
import { setSessionCookie } from '../auth/cookie'
import { audited } from '../auth/audit'
import { hashPassword, isTooWeak } from '../auth/password'
import { takeSetupToken } from '../auth/setup'
import { signToken } from '../auth/session-token'
import { openSession } from '../auth/sign-in'
import { whoAmI } from '../auth/who-am-i'
import { hasAdministrator, insertUser, nextExtension, userByName } from '../db/users'
import { RefusalError } from '../refusals'
import { body, endpoint, json, router } from './endpoint'

export const setup = router()

endpoint(
  setup,
  'session.open',
  {
    method: 'get',
    path: '/setup/status',
    tags: ['session'],
    summary: 'Whether the first administrator is still to be made',
    responses: { 200: json(setUpStatus, 'needed: nobody can administrate yet; demo: the demo’s people exist') },
  },
  async (c) => c.json({ needed: !(await hasAdministrator(c.env.DB)), demo: c.env.DEMO === '1' }, 200),
)

/** AUTH-4. Refuses setup-closed (used, expired, or an administrator exists), username-taken, password-too-weak. */
endpoint(
  setup,
  'session.open',
  {
    method: 'post',
    path: '/setup',
    tags: ['session'],
    summary: 'Make the first administrator by the one-time link, and sign in',
    request: body(setUp),
    responses: { 201: json(me, 'Made and signed in') },
  },
  async (c) => {
    const { token, username, name, password } = c.req.valid('json')
    const now = Date.now()
    if (await hasAdministrator(c.env.DB)) throw new RefusalError('setup-closed')
    if (isTooWeak(password, username)) throw new RefusalError('password-too-weak')
    if (await userByName(c.env.DB, username)) throw new RefusalError('username-taken')
    if (!(await takeSetupToken(c.env.DB, token, now))) throw new RefusalError('setup-closed')
    const id = uuidv7()
    const passwordHash = await hashPassword(password, c.env.PASSWORD_PEPPER)
    const extension = await nextExtension(c.env.DB)
    await insertUser(c.env.DB, {
      id,
      username,
      name,
      role: 'administrator',
      extension,
      passwordHash,
      createdAt: now,
      lastSignInAt: now,
    })
    await audited(c, 'setup', id)
    const { sessionId, expiresAt } = await openSession(c.env, id, 'browser', c.req.header('user-agent') ?? '', now)
    setSessionCookie(c, await signToken(c.env, { userId: id, sessionId, use: 'cookie' }, expiresAt), expiresAt)
    return c.json(await whoAmI(c.env, id, c.get('origin'), now), 201)
  },
)
