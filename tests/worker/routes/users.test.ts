import { env } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { LeaseView } from '#shared/protocol/pulls'
import type { User } from '#shared/protocol/users'
import { agentRoom, poolRoom } from '#worker/rooms/doors'
import { api, makeUser, signedIn } from '#tests/support/workerd/people'
import { makePool } from '#tests/support/workerd/pools'

const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code
let n = 0
const fresh = (role = 'agent') => ({ username: `new-${role}-${++n}`, name: 'New Person', role })

describe('users', () => {
  it('[AUTH-2] a new one gets a password that is shown once and must be changed, and an extension from 101', async () => {
    const dora = await signedIn('administrator', 'dora')
    const answer = await api('/api/users', { as: dora, body: fresh() })
    expect(answer.status).toBe(201)
    const made = (await answer.json()) as User & { password: string }
    expect(made.password).toMatch(/^[0-9a-z]{4}(-[0-9a-z]{4}){3}$/)
    expect(made).toMatchObject({ mustChangePassword: true, disabledAt: null, lastSignInAt: null })
    expect(Number(made.extension)).toBeGreaterThanOrEqual(101)
    const one = await (await api(`/api/users/${made.id}`, { as: dora })).json()
    expect(one).not.toHaveProperty('password')
    expect(JSON.stringify(await (await api('/api/users', { as: dora })).json())).not.toContain('scrypt')
    const tokens = await api('/api/tokens', { body: { username: made.username, password: made.password } })
    const { accessToken } = (await tokens.json()) as { accessToken: string }
    expect(await codeOf(await api('/api/pulls', { as: { token: accessToken }, body: {} }))).toBe(
      'password-change-required',
    )
  })

  it('takes the password that is given; mustChangePassword: false signs in to work', async () => {
    const dora = await signedIn('administrator', 'dora')
    const wish = { ...fresh(), password: 'a-given-password', mustChangePassword: false }
    const answer = await api('/api/users', { as: dora, body: wish })
    expect(answer.status).toBe(201)
    expect(await answer.json()).not.toHaveProperty('password')
    const tokens = await api('/api/tokens', { body: { username: wish.username, password: wish.password } })
    const { accessToken } = (await tokens.json()) as { accessToken: string }
    expect((await api('/api/me/current', { as: { token: accessToken } })).status).toBe(200)
  })

  it('says what is taken', async () => {
    const dora = await signedIn('administrator', 'dora')
    const wish = fresh()
    const made = (await (await api('/api/users', { as: dora, body: wish })).json()) as User
    expect(await codeOf(await api('/api/users', { as: dora, body: wish }))).toBe('username-taken')
    expect(await codeOf(await api('/api/users', { as: dora, body: { ...fresh(), extension: made.extension } }))).toBe(
      'conflict',
    )
    expect(await codeOf(await api('/api/users', { as: dora, body: { ...fresh(), username: 'No Spaces' } }))).toBe(
      'invalid-input',
    )
    expect(await codeOf(await api('/api/users/nobody', { as: dora }))).toBe('not-found')
  })

  it('two made at once get different extensions', async () => {
    const dora = await signedIn('administrator', 'dora')
    const answers = await Promise.all([1, 2, 3].map(() => api('/api/users', { as: dora, body: fresh() })))
    const extensions = await Promise.all(answers.map(async (answer) => ((await answer.json()) as User).extension))
    expect(new Set(extensions).size).toBe(3)
  })

  it('[AUTH-3] one who is disabled is signed out everywhere at once, the lease is free, and cannot sign in', async () => {
    const [dora, alice, bob] = [
      await signedIn('administrator', 'dora'),
      await signedIn('agent', 'alice'),
      await signedIn('agent', 'bob'),
    ]
    const pool = await makePool([alice.id, bob.id], 1)
    for (const agent of [alice, bob]) await agentRoom(env, agent.id).setState(agent.actor, 'available', null)
    const hers = (await (await api('/api/pulls', { as: alice, body: {} })).json()) as LeaseView
    expect(hers.lease).toBeTruthy()
    const answer = await api(`/api/users/${alice.id}`, { method: 'PATCH', as: dora, body: { disabled: true } })
    expect(answer.status).toBe(200)
    expect((await poolRoom(env, pool.id).stats()).leased).toBe(0)
    expect(await codeOf(await api('/api/me', { as: alice }))).toMatch(/session-revoked|account-disabled/)
    const his = (await (await api('/api/pulls', { as: bob, body: {} })).json()) as LeaseView
    expect(his.entry.id).toBe(hers.entry.id)
    const again = await agentRoom(env, alice.id).openSession({ kind: 'browser', userAgent: '', now: Date.now() })
    expect(again).toEqual({ refused: 'account-disabled' })
    await api(`/api/users/${alice.id}`, { method: 'PATCH', as: dora, body: { disabled: false } })
    expect(
      await agentRoom(env, alice.id).openSession({ kind: 'browser', userAgent: '', now: Date.now() }),
    ).toHaveProperty('sessionId')
  })

  it('a changed role counts at once', async () => {
    const [dora, alice] = [await signedIn('administrator', 'dora'), await signedIn('agent', 'alice')]
    expect(await codeOf(await api('/api/users', { as: alice }))).toBe('not-permitted')
    await api(`/api/users/${alice.id}`, { method: 'PATCH', as: dora, body: { role: 'supervisor' } })
    expect((await api('/api/users', { as: alice })).status).toBe(200)
  })

  it('[AUTH-4] a reset ends the sessions and shows a new password once', async () => {
    const [dora, alice] = [await signedIn('administrator', 'dora'), await signedIn('agent', 'alice')]
    const { password } = (await (
      await api(`/api/users/${alice.id}/password`, { as: dora, method: 'POST' })
    ).json()) as { password: string }
    expect(await codeOf(await api('/api/me', { as: alice }))).toBe('session-revoked')
    expect((await api('/api/tokens', { body: { username: alice.username, password } })).status).toBe(200)
  })

  it('writes who changed whom, and no secret', async () => {
    const [dora, alice] = [await signedIn('administrator', 'dora'), await makeUser('agent', 'alice')]
    await api(`/api/users/${alice.id}`, { method: 'PATCH', as: dora, body: { name: 'Alice Two' } })
    const row = await env.DB.prepare('SELECT * FROM audit WHERE subject = ?')
      .bind(alice.id)
      .first<{ actor_id: string; action: string; detail: string }>()
    expect(row).toMatchObject({ actor_id: dora.id, action: 'user.change' })
    expect(JSON.parse(row!.detail)).toEqual({ fields: ['name'] })
  })
})

describe('the last administrator', () => {
  it('cannot be switched off nor become something else; one of two can', async () => {
    await env.DB.prepare("DELETE FROM users WHERE role = 'administrator'").run()
    const dora = await signedIn('administrator', 'dora')
    for (const body of [{ disabled: true }, { role: 'agent' }]) {
      expect(await codeOf(await api(`/api/users/${dora.id}`, { method: 'PATCH', as: dora, body }))).toBe(
        'last-administrator',
      )
    }
    const second = await signedIn('administrator', 'second')
    expect((await api(`/api/users/${dora.id}`, { method: 'PATCH', as: second, body: { disabled: true } })).status).toBe(
      200,
    )
  })
})
