import { env } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { callPage } from '#shared/protocol/calls'
import { leasesReleased } from '#shared/protocol/floor'
import type { FloorPicture } from '#shared/protocol/live'
import { problem } from '#shared/protocol/problem'
import type { LeaseView } from '#shared/protocol/pulls'
import { Viewer } from '#tests/support/workerd/live-viewer'
import { api, signedIn, type Person } from '#tests/support/workerd/people'
import { makePool } from '#tests/support/workerd/pools'
import { bookCalls } from '#worker/db/calls'
import { agentRoom } from '#worker/rooms/doors'

async function withCustomer(customers = 3) {
  const alice = await signedIn('agent', 'alice')
  await agentRoom(env, alice.id).setState(alice.actor, 'available', null)
  const pool = await makePool([alice.id], customers)
  const carol = await signedIn('supervisor', 'carol')
  const floor = await Viewer.of(env.FLOOR.getByName('main'), { userId: carol.id, sessionId: carol.sessionId })
  const { lease, entry } = (await (await api('/api/pulls', { as: alice, body: {} })).json()) as LeaseView
  return { alice, carol, pool, floor, lease, entry }
}
type Event = { agent?: FloorPicture['agents'][number]; pool?: FloorPicture['pools'][number]; leaseId?: string }
const heard = (viewer: Viewer, is: (event: Event) => boolean) =>
  viewer.until((v) => v.heard.some((event) => is(event as Event)))
const release = (as: Person, body: unknown) => api('/api/floor/leases/release', { as, body })

describe('the live floor, end to end', () => {
  it('[FLOOR-1] a pull shows as the agent’s state and customer, and in the pool’s counts', async () => {
    const { alice, pool, floor, entry } = await withCustomer()
    await heard(
      floor,
      ({ agent }) =>
        agent?.agentId === alice.id && agent.state === 'with-customer' && agent.lease?.entryId === entry.id,
    )
    await heard(
      floor,
      (event) => event.pool?.poolId === pool.id && event.pool.stats.leased === 1 && event.pool.stats.pending === 2,
    )
  })

  it('[FLOOR-2] a supervisor frees a held customer: the agent is told, the floor shows it', async () => {
    const { alice, carol, pool, floor, lease, entry } = await withCustomer()
    const upgrade = { upgrade: 'websocket', 'sec-websocket-protocol': 'switchroom.v1' }
    const alices = Viewer.from(await api('/api/live?topic=me', { as: alice, headers: upgrade }))
    await alices.until((v) => v.heard.length > 0)
    const reply = await release(carol, { poolId: pool.id, entryId: entry.id, reason: 'went home' })
    expect(reply.status).toBe(200)
    expect(leasesReleased.parse(await reply.json()).released).toEqual([
      { entryId: entry.id, agentId: alice.id, token: lease.token },
    ])
    await heard(alices, (event) => event.leaseId === lease.id)
    await heard(floor, (event) => event.pool?.poolId === pool.id && event.pool.stats.leased === 0)
    await heard(
      floor,
      ({ agent }) => agent?.agentId === alice.id && agent.state !== 'with-customer' && agent.lease === null,
    )
  })

  it('[FLOOR-2] freeing what nobody holds any more answers an empty list', async () => {
    const { carol, pool, entry } = await withCustomer()
    const body = { poolId: pool.id, entryId: entry.id, reason: 'went home' }
    await release(carol, body)
    expect(await (await release(carol, body)).json()).toEqual({ released: [] })
  })

  it.each([
    [
      'an unknown pool',
      (poolId: string) => ({ poolId: `${poolId}x`, entryId: '1', reason: 'why' }),
      404,
      'unknown-pool',
    ],
    ['no reason', (poolId: string) => ({ poolId, entryId: '1', reason: '  ' }), 422, 'invalid-input'],
  ])('refuses %s', async (_what, body, status, code) => {
    const carol = await signedIn('supervisor', 'carol')
    const pool = await makePool([], 0)
    const reply = await release(carol, body(pool.id))
    expect([reply.status, problem.parse(await reply.json()).code]).toEqual([status, code])
  })

  it('[AUTH-1] an agent frees nothing here', async () => {
    const { alice, pool, entry } = await withCustomer()
    expect((await release(alice, { poolId: pool.id, entryId: entry.id, reason: 'mine' })).status).toBe(403)
  })

  it('[AUTH-3] a supervisor who is signed out hears the floor no more', async () => {
    const { carol, floor } = await withCustomer()
    await agentRoom(env, carol.id).closeAllSessions('account-disabled')
    await floor.until((v) => v.closed !== null)
    expect(floor.closed).toEqual({ code: 4401, reason: 'account-disabled' })
  })
})

describe('[AUTH-1] who loses the right to the floor', () => {
  it('stops hearing it at once', async () => {
    const dora = await signedIn('administrator', 'dora')
    const { carol, floor } = await withCustomer()
    expect((await api(`/api/users/${carol.id}`, { method: 'PATCH', as: dora, body: { role: 'agent' } })).status).toBe(
      200,
    )
    await floor.until((v) => v.closed !== null)
    expect(floor.closed).toEqual({ code: 4401, reason: 'not-permitted' })
  })
})

describe('the books of calls', () => {
  const row = (callId: string, agentId: string) => ({
    callId,
    agentId,
    agentName: 'Alice',
    other: '+905550100123',
    poolId: null,
    entryId: null,
    direction: 'outgoing' as const,
    startedAt: 1_000,
    answeredAt: null,
    endedAt: 2_000,
    talkMs: 0,
    hangupCause: 'no-answer',
    sipStatus: 480,
    endedBy: 'callee' as const,
    rev: 1,
  })

  it('[AUTH-1] an agent reads their own calls, a supervisor anyone’s', async () => {
    const alice = await signedIn('agent', 'alice')
    const bob = await signedIn('agent', 'bob')
    const carol = await signedIn('supervisor', 'carol')
    await bookCalls(env.DB, [row('alices', alice.id), row('bobs', bob.id)])
    const idsFor = async (as: Person, query = '') =>
      callPage.parse(await (await api(`/api/calls${query}`, { as })).json()).items.map((call) => call.callId)
    expect(await idsFor(alice)).toEqual(['alices'])
    expect(await idsFor(alice, `?agentId=${bob.id}`)).toEqual(['alices'])
    expect(await idsFor(carol, `?agentId=${bob.id}`)).toEqual(['bobs'])
    expect((await api('/api/calls/bobs', { as: bob })).status).toBe(200)
    expect((await api('/api/calls/bobs', { as: alice })).status).toBe(404)
  })
})
