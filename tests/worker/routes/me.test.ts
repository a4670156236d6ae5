import { env } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { me as meSchema, type Me } from '#shared/protocol/session'
import { agentRoom } from '#worker/rooms/doors'
import { api, signedIn } from '#tests/support/workerd/people'
import { makePool } from '#tests/support/workerd/pools'

const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code

describe('me', () => {
  it('[AUTH-1] says who I am, what I may, and the server’s time', async () => {
    const alice = await signedIn('agent', 'alice')
    const me = meSchema.parse(await (await api('/api/me', { as: alice })).json())
    expect(me).toMatchObject({
      user: { id: alice.id, name: 'alice' },
      role: 'agent',
      state: 'offline',
      preferences: { dialWith: 'auto' },
    })
    expect(me.permissions).toContain('pull')
    expect(me.permissions).not.toContain('user.create')
    expect(Math.abs(me.now - Date.now())).toBeLessThan(60_000)
  })

  it('[POOL-12] keeps my preferences; one that is not named stays', async () => {
    const alice = await signedIn('agent', 'alice')
    await api('/api/me', { method: 'PATCH', as: alice, body: { language: 'tr', dialWith: 'device' } })
    const answer = await api('/api/me', { method: 'PATCH', as: alice, body: { theme: 'dark' } })
    expect((await answer.json()) as Me).toMatchObject({
      preferences: { language: 'tr', dialWith: 'device', theme: 'dark' },
      dialling: { with: 'device', why: 'chosen' },
    })
    expect(await codeOf(await api('/api/me', { method: 'PATCH', as: alice, body: { theme: 'pink' } }))).toBe(
      'invalid-input',
    )
  })

  it('[AGENT-2] chooses a state; a reason only for not ready', async () => {
    const alice = await signedIn('agent', 'alice')
    const put = (body: unknown) => api('/api/me/state', { method: 'PUT', as: alice, body })
    expect(await (await put({ state: 'not-ready', reason: 'lunch' })).json()).toMatchObject({ state: 'not-ready' })
    expect(await (await api('/api/me', { as: alice })).json()).toMatchObject({ stateReason: 'lunch' })
    expect(await (await put({ state: 'available' })).json()).toMatchObject({ state: 'available' })
    expect(await (await api('/api/me', { as: alice })).json()).toMatchObject({ stateReason: null })
    expect(await codeOf(await put({ state: 'on-call' }))).toBe('invalid-input')
  })

  it('[POOL-12] available where the browser dials needs its phone', async () => {
    const alice = await signedIn('agent', 'alice')
    await api('/api/me', { method: 'PATCH', as: alice, body: { dialWith: 'browser' } })
    const answer = await api('/api/me/state', { method: 'PUT', as: alice, body: { state: 'available' } })
    expect(answer.status).toBe(409)
    expect(await codeOf(answer)).toBe('phone-not-registered')
  })

  it('[POOL-26] today, of one pool and of all of mine', async () => {
    const alice = await signedIn('agent', 'alice')
    const pools = [await makePool([alice.id], 2), await makePool([alice.id], 2)]
    const room = agentRoom(env, alice.id)
    await room.setState(alice.actor, 'available', null)
    for (const pool of pools) {
      const pulled = await api(`/api/pools/${pool.id}/pulls`, { as: alice, body: {} })
      const { lease, entry } = (await pulled.json()) as { lease: { token: number }; entry: { id: string } }
      const said = { poolId: pool.id, entryId: entry.id, token: lease.token, disposition: 'reached', at: Date.now() }
      await api('/api/commands', {
        as: alice,
        body: { commands: [{ ...said, id: crypto.randomUUID(), kind: 'record-disposition' }] },
      })
    }
    expect(await (await api(`/api/me/today?poolId=${pools[0]!.id}`, { as: alice })).json()).toMatchObject({
      attempts: 1,
      reached: 1,
    })
    expect(await (await api('/api/me/today', { as: alice })).json()).toMatchObject({ attempts: 2, reached: 2 })
  })
})
