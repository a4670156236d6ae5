import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import type { BulkRow, BulkView } from '#shared/protocol/bulk'
import type { OpenWork } from '#shared/protocol/open-work'
import type { Pool } from '#shared/protocol/pools'
import { poolRoom } from '#worker/rooms/doors'
import { aRow, fill, lease, said } from '#tests/support/workerd/pool'
import { numberOf } from '#tests/support/workerd/numbers'
import { api, signedIn, type Person } from '#tests/support/workerd/people'
import { makePool } from '#tests/support/workerd/pools'

let alice: Person
let bob: Person
let supervisor: Person
let administrator: Person
beforeAll(async () => {
  alice = await signedIn('agent', 'alice')
  bob = await signedIn('agent', 'bob')
  supervisor = await signedIn('supervisor', 'carol')
  administrator = await signedIn('administrator', 'dora')
})

let numbers = 0
async function filled(customers: number, members = [alice.id, bob.id]): Promise<Pool> {
  const pool = await makePool(members, 0)
  const base = (numbers += 100)
  await fill(
    poolRoom(env, pool.id),
    Array.from({ length: customers }, (_, n) => aRow(n + 1, { phone: numberOf(base + n) })),
  )
  return pool
}
const EVERYTHING = { filter: {} }
const start = (poolId: string, body: object, as = supervisor) =>
  api(`/api/pools/${poolId}/bulk`, { as, body: { id: crypto.randomUUID(), selection: EVERYTHING, ...body } })
async function ended(poolId: string, id: string): Promise<BulkView> {
  const read = async () => (await api(`/api/pools/${poolId}/bulk/${id}`, { as: supervisor })).json<BulkView>()
  await expect.poll(async () => (await read()).endedAt, { interval: 20, timeout: 10_000 }).not.toBeNull()
  return read()
}
const codeOf = async (answer: Response) => (await answer.json<{ code: string }>()).code

describe('bulk actions over HTTP', () => {
  it('[POOL-24] is taken on, goes on by itself, is listed with its progress, and tells each row', async () => {
    const pool = await filled(3)
    const answer = await start(pool.id, { action: { kind: 'assign', to: alice.id }, reason: 'hers' })
    expect(answer.status).toBe(202)
    const { id } = await answer.json<BulkView>()
    expect(await ended(pool.id, id)).toMatchObject({ state: 'finished', total: 3, done: 3, by: { name: 'carol' } })
    const { items } = await (
      await api(`/api/pools/${pool.id}/bulk/${id}/rows?limit=2`, { as: supervisor })
    ).json<{ items: BulkRow[] }>()
    expect(items.map(({ entryId, outcome }) => [entryId, outcome])).toEqual([
      ['1', 'done'],
      ['2', 'done'],
    ])
    await poolRoom(env, pool.id).settled()
    const { results } = await env.DB.prepare('SELECT action FROM audit WHERE subject=? ORDER BY at, id')
      .bind(`${pool.id}:${id}`)
      .all<{ action: string }>()
    expect(new Set(results.map(({ action }) => action))).toEqual(new Set(['bulk.start', 'bulk.finish']))
  })

  it('[POOL-24] refuses who is no member, a closed or unknown pool, an unknown bulk action, and an agent', async () => {
    const pool = await filled(1, [alice.id])
    expect(await codeOf(await start(pool.id, { action: { kind: 'assign', to: bob.id } }))).toBe('not-a-member')
    expect(await codeOf(await start(pool.id, { action: { kind: 'transfer', toPoolId: 'nowhere' } }))).toBe(
      'unknown-pool',
    )
    expect(await codeOf(await start(pool.id, { action: { kind: 'transfer', toPoolId: pool.id } }))).toBe('unknown-pool')
    const closed = await filled(0)
    await api(`/api/pools/${closed.id}`, { as: supervisor, method: 'PATCH', body: { state: 'closed' } })
    expect(await codeOf(await start(pool.id, { action: { kind: 'transfer', toPoolId: closed.id } }))).toBe(
      'pool-closed',
    )
    expect(await codeOf(await start('nowhere', { action: { kind: 'pause' } }))).toBe('unknown-pool')
    expect(await codeOf(await api(`/api/pools/${pool.id}/bulk/none`, { as: supervisor }))).toBe('unknown-bulk')
    expect((await start(pool.id, { action: { kind: 'pause' } }, alice)).status).toBe(403)
  })
})

describe('an agent leaves', () => {
  it('[POOL-24] what waits is listed, the hold is free at once, and all goes to another or to anyone', async () => {
    const pool = await filled(4)
    const room = poolRoom(env, pool.id)
    const cem = await signedIn('agent', 'cem')
    await api(`/api/pools/${pool.id}`, {
      as: supervisor,
      method: 'PATCH',
      body: { members: [alice.id, bob.id, cem.id] },
    })
    const him = { userId: cem.id, name: 'cem', role: 'agent' as const }
    const at = Date.now() + 3_600_000
    await room.apply(him, [said(await lease(room, him), 'call-back', { callbackAt: at })])
    await ended(
      pool.id,
      (
        await (
          await start(pool.id, { action: { kind: 'assign', to: cem.id }, selection: { entries: ['3'] } })
        ).json<BulkView>()
      ).id,
    )
    expect(await room.held(cem.id)).toBeNull()
    const held = await lease(room, him)
    await api(`/api/users/${cem.id}`, { as: administrator, method: 'PATCH', body: { disabled: true } })
    expect(await room.held(cem.id)).toBeNull()
    expect(held.entry.id).toBe('3')

    await room.settled()
    const path = `/api/users/${cem.id}`
    const waits = await (await api(`${path}/open-work`, { as: supervisor })).json<OpenWork>()
    expect(waits.pools).toEqual([{ poolId: pool.id, poolName: pool.name, owned: 1, promised: 1 }])
    expect(waits.callbacks).toMatchObject([{ poolId: pool.id, entryId: '1', at }])

    const given = await api(`${path}/hand-over`, { as: supervisor, body: { id: crypto.randomUUID(), to: bob.id } })
    const { pools } = await given.json<{ pools: { bulkId: string }[] }>()
    expect(await ended(pool.id, pools[0]!.bulkId)).toMatchObject({ total: 2, done: 2 })
    expect((await lease(room, { userId: bob.id, name: 'bob' })).entry.id).toBe('3')
    await room.settled()
    expect((await (await api(`${path}/open-work`, { as: supervisor })).json<OpenWork>()).pools).toEqual([])
    expect(
      (await (await api(`/api/users/${bob.id}/open-work`, { as: supervisor })).json<OpenWork>()).pools,
    ).toMatchObject([{ owned: 1, promised: 1 }])
  })

  it('[POOL-24] who is no member any more lets go of the hold', async () => {
    const pool = await filled(1)
    const room = poolRoom(env, pool.id)
    await lease(room, { userId: alice.id, name: 'alice' })
    await api(`/api/pools/${pool.id}`, { as: supervisor, method: 'PATCH', body: { members: [bob.id] } })
    expect(await room.held(alice.id)).toBeNull()
    expect((await lease(room, { userId: bob.id, name: 'bob' })).entry.id).toBe('1')
  })
})
