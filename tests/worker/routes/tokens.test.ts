import { describe, expect, it } from 'vitest'
import { FREE_FAILURES } from '#shared/domain/access/lockout'
import { api, makeUser, PASSWORD } from '#tests/support/workerd/people'

type Tokens = { accessToken: string; expiresIn: number; refreshToken: string }
const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code
const signIn = (username: string, password = PASSWORD, address = '203.0.113.1') =>
  api('/api/tokens', { body: { username, password }, headers: { 'cf-connecting-ip': address } })
const refresh = (refreshToken: string) => api('/api/tokens', { body: { refreshToken } })

describe('POST /api/tokens', () => {
  it('[AUTH-3] a program signs in and is known by its access token', async () => {
    const alice = await makeUser('agent', 'alice')
    const answer = await signIn(alice.username)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const { accessToken, expiresIn, refreshToken } = await answer.json<Tokens>()
    expect(expiresIn).toBe(900)
    expect(refreshToken).toBeTruthy()
    const me = await api('/api/me', { as: { token: accessToken } })
    expect(me.status).toBe(200)
    expect(await me.json()).toMatchObject({ user: { username: alice.username }, role: 'agent', state: 'offline' })
  })

  it('[AUTH-3] a refresh token works once; used again, everything that descends from it is revoked', async () => {
    const alice = await makeUser('agent', 'alice')
    const first = await (await signIn(alice.username)).json<Tokens>()
    const second = await (await refresh(first.refreshToken)).json<Tokens>()
    expect(second.refreshToken).not.toBe(first.refreshToken)
    expect((await api('/api/me', { as: { token: second.accessToken } })).status).toBe(200)
    const reused = await refresh(first.refreshToken)
    expect(reused.status).toBe(401)
    expect(await codeOf(reused)).toBe('refresh-reused')
    expect(await codeOf(await api('/api/me', { as: { token: second.accessToken } }))).toBe('session-revoked')
    expect((await refresh(second.refreshToken)).status).toBe(401)
    // another sign-in of the same user is not touched
    expect((await signIn(alice.username)).status).toBe(200)
  })

  it('[AUTH-3] a made-up refresh token is refused and revokes nothing', async () => {
    const alice = await makeUser('agent', 'alice')
    const { refreshToken } = await (await signIn(alice.username)).json<Tokens>()
    const [userId, sessionId] = refreshToken.split('.')
    expect(await codeOf(await refresh(`${userId}.${sessionId}.${'x'.repeat(43)}`))).toBe('not-signed-in')
    expect(await codeOf(await refresh('x'.repeat(60)))).toBe('not-signed-in')
    expect((await refresh(refreshToken)).status).toBe(200)
  })

  it('[AUTH-2] wrong passwords lock the pair of account and address, and nobody else', async () => {
    const alice = await makeUser('agent', 'alice')
    for (let n = 0; n < FREE_FAILURES; n++)
      expect(await codeOf(await signIn(alice.username, 'wrong', '198.51.100.7'))).toBe('wrong-credentials')
    const locked = await signIn(alice.username, PASSWORD, '198.51.100.7')
    expect(locked.status).toBe(429)
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await codeOf(locked)).toBe('locked-out')
    // alice herself, from where she sits
    expect((await signIn(alice.username, PASSWORD, '203.0.113.9')).status).toBe(200)
    // and bob from the very address of the guesser
    const bob = await makeUser('agent', 'bob')
    expect((await signIn(bob.username, PASSWORD, '198.51.100.7')).status).toBe(200)
  })

  it('[AUTH-2] many tries at the same moment do not pass together', async () => {
    const alice = await makeUser('agent', 'alice')
    const codes = await Promise.all(
      Array.from({ length: 16 }, async () => codeOf(await signIn(alice.username, 'wrong', '198.51.100.30'))),
    )
    expect(codes.filter((code) => code === 'wrong-credentials').length).toBeLessThanOrEqual(10)
    expect(codes).toContain('locked-out')
    expect(await codeOf(await signIn(alice.username, PASSWORD, '198.51.100.30'))).toBe('locked-out')
  })

  it('[AUTH-2] an unknown name is answered and locked like a known one', async () => {
    for (let n = 0; n < FREE_FAILURES; n++)
      expect(await codeOf(await signIn('no-such-person', 'wrong'))).toBe('wrong-credentials')
    expect(await codeOf(await signIn('no-such-person', 'wrong'))).toBe('locked-out')
  })

  it('a body that is none is refused with its fields', async () => {
    const answer = await api('/api/tokens', { body: { username: 'alice' } })
    expect(answer.status).toBe(422)
    expect(await codeOf(answer)).toBe('invalid-input')
  })
})
