import { tokenRequest, tokens as tokensSchema } from '#shared/protocol/session'
import { forgetSession } from '../auth/session-check'
import { ACCESS_TOKEN_S, signToken } from '../auth/session-token'
import { checkPassword, openSession } from '../auth/sign-in'
import type { Env } from '../env'
import { RefusalError } from '../refusals'
import { agentRoom } from '../rooms/doors'
import { isRefusal } from '../rooms/ports'
import { body, endpoint, json, router } from './endpoint'

export const tokens = router()

/** AUTH-3: sign-in for programs, and the next pair for a refresh token, which works once. */
endpoint(
  tokens,
  'session.open',
  {
    method: 'post',
    path: '/tokens',
    tags: ['session'],
    summary: 'Sign in as a program, or refresh',
    request: body(tokenRequest),
    responses: { 200: json(tokensSchema, 'An access token of 15 minutes and a refresh token that works once') },
  },
  async (c) => {
    const wanted = c.req.valid('json')
    const now = Date.now()
    c.header('cache-control', 'no-store')
    if ('refreshToken' in wanted) return c.json(await refreshed(c.env, wanted.refreshToken, now), 200)
    const user = await checkPassword(c.env, wanted, { address: c.get('address'), device: () => null }, now)
    const { sessionId, refreshToken } = await openSession(
      c.env,
      user.id,
      'program',
      c.req.header('user-agent') ?? '',
      now,
    )
    return c.json(await pair(c.env, user.id, sessionId, refreshToken!, now), 200)
  },
)

async function refreshed(env: Env, refreshToken: string, now: number) {
  const [userId, sessionId] = refreshToken.split('.')
  if (!userId || !sessionId || !/^[0-9a-f-]{36}$/.test(userId)) throw new RefusalError('not-signed-in')
  const reply = await agentRoom(env, userId).refresh(sessionId, refreshToken)
  if (isRefusal(reply)) {
    forgetSession(sessionId)
    throw new RefusalError(reply.refused)
  }
  return pair(env, userId, sessionId, reply.refreshToken, now)
}

async function pair(env: Env, userId: string, sessionId: string, refreshToken: string, now: number) {
  const accessToken = await signToken(env, { userId, sessionId, use: 'access' }, now + ACCESS_TOKEN_S * 1000)
  return { accessToken, expiresIn: ACCESS_TOKEN_S, refreshToken }
}
