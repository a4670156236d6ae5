import { env } from 'cloudflare:test'
import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { FREE_FAILURES } from '#shared/domain/access/lockout'
import { cookieName } from '#worker/auth/cookie'
import { signToken } from '#worker/auth/session-token'
import { agentRoom } from '#worker/rooms/doors'
import { api, makeUser, ORIGIN, PASSWORD, signedIn } from '#tests/support/workerd/people'

const own = { origin: ORIGIN, 'sec-fetch-site': 'same-origin' }
const signIn = (username: string, headers: Record<string, string> = own, body: object = {}) =>
  api('/api/session', { body: { username, password: PASSWORD, ...body }, headers })
const cookiesOf = (answer: Response) => answer.headers.getSetCookie().map((one) => one.split(';')[0]!)
const cookieOf = (answer: Response) =>
  cookiesOf(answer).find((one) => one.startsWith(`${cookieName(env.INSTANCE_ID)}=`))!
const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code

describe('the session of a browser', () => {
  it('[AUTH-3] is a __Host- cookie that scripts cannot read, and that answers who I am', async () => {
    const alice = await makeUser('agent', 'alice')
    const answer = await signIn(alice.username)
    expect(answer.status).toBe(201)
    const cookie = answer.headers.getSetCookie().find((one) => one.startsWith(cookieName(env.INSTANCE_ID)))!
    expect(cookie).toMatch(new RegExp(`^${cookieName(env.INSTANCE_ID)}=`))
    for (const part of ['HttpOnly', 'Secure', 'SameSite=Strict', 'Path=/']) expect(cookie).toContain(part)
    expect(cookie).not.toContain('Domain')
    const me = await api('/api/me', { headers: { cookie: cookieOf(answer) } })
    expect(await me.json()).toMatchObject({ user: { username: alice.username }, sipDomain: 'switchroom.test' })
  })

  it('[AUTH-3] a change asked for by a foreign page is refused, a look is not', async () => {
    const alice = await makeUser('agent', 'alice')
    const cookie = cookieOf(await signIn(alice.username))
    const change = (headers: Record<string, string>) =>
      api('/api/me/state', { method: 'PUT', body: { state: 'not-ready' }, headers: { cookie, ...headers } })
    expect(await codeOf(await change({ origin: 'https://evil.example' }))).toBe('foreign-origin')
    expect(await codeOf(await change({ 'sec-fetch-site': 'cross-site' }))).toBe('foreign-origin')
    expect((await change(own)).status).toBe(200)
    expect((await api('/api/me', { headers: { cookie, origin: 'https://evil.example' } })).status).toBe(200)
    expect(await codeOf(await signIn(alice.username, { origin: 'https://evil.example' }))).toBe('foreign-origin')
  })

  it('a second person in the same browser is told so; replacing ends the first session', async () => {
    const [alice, bob] = await Promise.all([makeUser('agent', 'alice'), makeUser('agent', 'bob')])
    const cookie = cookieOf(await signIn(alice.username))
    const refused = await signIn(bob.username, { ...own, cookie })
    expect(refused.status).toBe(409)
    const problem = await refused.text()
    expect(problem).toContain('already-signed-in')
    expect(problem).toContain('private window')
    expect(problem).not.toContain(alice.username)
    expect((await api('/api/me', { headers: { cookie } })).status).toBe(200)
    const replaced = await signIn(bob.username, { ...own, cookie }, { replace: true })
    expect(replaced.status).toBe(201)
    expect(await codeOf(await api('/api/me', { headers: { cookie } }))).toBe('session-revoked')
    expect((await api('/api/me', { headers: { cookie: cookieOf(replaced) } })).status).toBe(200)
  })

  it('signing out ends it and takes the cookie away', async () => {
    const alice = await makeUser('agent', 'alice')
    const cookie = cookieOf(await signIn(alice.username))
    const out = await api('/api/session', { method: 'DELETE', headers: { ...own, cookie } })
    expect(out.status).toBe(204)
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0')
    expect(await codeOf(await api('/api/me', { headers: { cookie } }))).toBe('session-revoked')
    // a dead cookie does not keep anyone from signing in
    expect((await signIn(alice.username, { ...own, cookie })).status).toBe(201)
  })

  it('[AUTH-3] expired, forged, foreign and mistaken tokens are refused, each with its code', async () => {
    const alice = await signedIn('agent', 'alice')
    const session = { userId: alice.id, sessionId: alice.sessionId }
    const now = Date.now()
    const asBearer = (token: string) => api('/api/me', { as: { token } })
    expect(await codeOf(await asBearer(await signToken(env, { ...session, use: 'access' }, now - 60_000)))).toBe(
      'session-expired',
    )
    const foreign = await signToken({ SESSION_KEY: 'x'.repeat(40) }, { ...session, use: 'access' }, now + 60_000)
    expect(await codeOf(await asBearer(foreign))).toBe('not-signed-in')
    const unsigned = [{ alg: 'none' }, { sub: alice.id, sid: alice.sessionId, use: 'access', exp: 9e9 }]
      .map((part) => btoa(JSON.stringify(part)).replaceAll('=', ''))
      .join('.')
    expect(await codeOf(await asBearer(`${unsigned}.`))).toBe('not-signed-in')
    const nobodys = await signToken(env, { ...session, sessionId: crypto.randomUUID(), use: 'access' }, now + 60_000)
    expect(await codeOf(await asBearer(nobodys))).toBe('session-revoked')
    const cookieAsBearer = await signToken(env, { ...session, use: 'cookie' }, now + 60_000)
    expect(await codeOf(await asBearer(cookieAsBearer))).toBe('not-signed-in')
    const noSession = await new SignJWT({ use: 'access' })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(alice.id)
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(env.SESSION_KEY))
    expect(await codeOf(await asBearer(noSession))).toBe('not-signed-in')
    expect(await codeOf(await api('/api/me'))).toBe('not-signed-in')
  })

  it('[AUTH-3] a session not used for a week is over', async () => {
    const alice = await makeUser('agent', 'alice')
    const longAgo = Date.now() - 8 * 24 * 3600_000
    const opened = await agentRoom(env, alice.id).openSession({ kind: 'browser', userAgent: '', now: longAgo })
    const token = await signToken(
      env,
      { userId: alice.id, sessionId: (opened as { sessionId: string }).sessionId, use: 'cookie' },
      Date.now() + 60_000,
    )
    expect(await codeOf(await api('/api/me', { headers: { cookie: `${cookieName(env.INSTANCE_ID)}=${token}` } }))).toBe(
      'session-expired',
    )
  })
})

describe('lock-out', () => {
  it('[AUTH-2] a colleague who guesses at the same address does not lock out the desk that alice uses', async () => {
    const alice = await makeUser('agent', 'alice')
    const office = { ...own, 'cf-connecting-ip': '198.51.100.20' }
    const known = cookiesOf(await signIn(alice.username, office)).find((one) => one.includes('device'))!
    const guess = (headers: Record<string, string>) => signIn(alice.username, headers, { password: 'wrong-password' })
    for (let n = 0; n < FREE_FAILURES; n++) await guess(office)
    expect(await codeOf(await signIn(alice.username, office))).toBe('locked-out')
    expect((await signIn(alice.username, { ...office, cookie: known })).status).toBe(201)
    // her device is no way round the lock for guessing, nor for another account
    for (let n = 0; n < FREE_FAILURES; n++) await guess({ ...office, cookie: known })
    expect(await codeOf(await signIn(alice.username, { ...office, cookie: known }))).toBe('locked-out')
    const asSession = known.replace(/^[^=]+/, cookieName(env.INSTANCE_ID))
    expect(await codeOf(await api('/api/me', { headers: { cookie: asSession } }))).toBe('not-signed-in')
  })
})

describe('passwords', () => {
  it('[AUTH-2] a generated one opens nothing but its own change', async () => {
    const alice = await makeUser('agent', 'alice', { mustChangePassword: true })
    const cookie = cookieOf(await signIn(alice.username))
    const headers = { ...own, cookie }
    expect((await api('/api/me', { headers })).status).toBe(200)
    for (const [path, call] of [
      ['/api/pulls', { body: {} }],
      ['/api/me/current', {}],
      ['/api/me/state', { method: 'PUT', body: { state: 'available' } }],
    ] as const) {
      expect(await codeOf(await api(path, { ...call, headers })), path).toBe('password-change-required')
    }
    const change = (current: string, next: string) =>
      api('/api/session/password', { method: 'PUT', body: { current, next }, headers })
    expect(await codeOf(await change('wrong', 'a-better-password'))).toBe('wrong-credentials')
    expect(await codeOf(await change(PASSWORD, PASSWORD))).toBe('password-too-weak')
    expect(await codeOf(await change(PASSWORD, `${alice.username}!`))).toBe('password-too-weak')
    expect((await change(PASSWORD, 'a-better-password')).status).toBe(204)
    expect((await api('/api/me/current', { headers })).status).toBe(200)
    expect(await codeOf(await signIn(alice.username))).toBe('wrong-credentials')
  })

  it('choosing another ends every other session', async () => {
    const alice = await makeUser('agent', 'alice')
    const [one, two] = [cookieOf(await signIn(alice.username)), cookieOf(await signIn(alice.username))]
    expect((await api('/api/me', { headers: { cookie: two } })).status).toBe(200)
    await api('/api/session/password', {
      method: 'PUT',
      body: { current: PASSWORD, next: 'a-better-password' },
      headers: { ...own, cookie: one },
    })
    expect((await api('/api/me', { headers: { cookie: one } })).status).toBe(200)
    expect(await codeOf(await api('/api/me', { headers: { cookie: two } }))).toBe('session-revoked')
  })
})
