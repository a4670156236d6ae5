import { describe, expect, it } from 'vitest'
import { api, makeUser, PASSWORD } from '#tests/support/workerd/people'

type Tokens = { accessToken: string; expiresIn: number; refreshToken: string }

describe('POST /api/tokens', () => {
  it('[AUTH-3] a program signs in and is known by its access token', async () => {
    const alice = await makeUser('agent', 'alice')
    const answer = await api('/api/tokens', { body: { username: alice.username, password: PASSWORD } })
    expect(answer.status).toBe(200)
    const { accessToken, expiresIn, refreshToken } = await answer.json<Tokens>()
    expect(expiresIn).toBe(900)
    expect(refreshToken).toBeTruthy()
    const me = await api('/api/me', { as: { token: accessToken } })
    expect(me.status).toBe(200)
    expect(await me.json()).toMatchObject({ user: { username: alice.username }, role: 'agent', state: 'offline' })
  })
})
