import { env } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { newSecret, sha256Hex } from '#worker/auth/secret-token'
import { api, ORIGIN, signedIn } from '#tests/support/workerd/people'

const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code
async function makeLink(expiresAt: number): Promise<string> {
  const token = newSecret()
  await env.DB.prepare('INSERT INTO setup (id, token_hash, expires_at) VALUES (?,?,?)')
    .bind(crypto.randomUUID(), await sha256Hex(token), expiresAt)
    .run()
  return token
}
const setUp = (token: string, change: object = {}) =>
  api('/api/setup', {
    body: { token, username: 'dora', name: 'Dora', password: 'a-long-password', ...change },
    headers: { origin: ORIGIN },
  })

describe('[AUTH-4] the first administrator', () => {
  it('is made by the one-time link, once, and is signed in', async () => {
    expect(await (await api('/api/setup/status')).json()).toMatchObject({ needed: true })
    const [link, second, expired] = [
      await makeLink(Date.now() + 60_000),
      await makeLink(Date.now() + 60_000),
      await makeLink(Date.now() - 1),
    ]
    expect(await codeOf(await setUp(expired))).toBe('setup-closed')
    expect(await codeOf(await setUp(newSecret()))).toBe('setup-closed')
    expect(await codeOf(await setUp(link, { password: 'dora-dora-dora' }))).toBe('password-too-weak')
    expect(await codeOf(await setUp(link, { password: 'short' }))).toBe('invalid-input')
    const made = await setUp(link)
    expect(made.status).toBe(201)
    expect(await made.json()).toMatchObject({
      role: 'administrator',
      user: { username: 'dora', mustChangePassword: false },
    })
    const cookie = made.headers.get('set-cookie')!.split(';')[0]!
    expect((await api('/api/users', { headers: { cookie } })).status).toBe(200)
    for (const again of [link, second])
      expect(await codeOf(await setUp(again, { username: 'eve' }))).toBe('setup-closed')
    expect(await (await api('/api/setup/status')).json()).toMatchObject({ needed: false })
  })

  it('two who use the link at once: one is made', async () => {
    await env.DB.prepare('DELETE FROM users').run()
    const link = await makeLink(Date.now() + 60_000)
    const answers = await Promise.all([setUp(link, { username: 'one' }), setUp(link, { username: 'two' })])
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 410])
  })

  it('is not there once somebody administrates', async () => {
    await signedIn('administrator', 'dora')
    expect(await codeOf(await setUp(await makeLink(Date.now() + 60_000), { username: 'eve' }))).toBe('setup-closed')
  })
})
