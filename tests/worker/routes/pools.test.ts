import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ImportView } from '#shared/protocol/imports'
import type { PoolEntry, PoolView } from '#shared/protocol/pools'
import { poolRoom } from '#worker/rooms/doors'
import { about, fill, aRow, lease, said } from '#tests/support/workerd/pool'
import { numberOf } from '#tests/support/workerd/numbers'
import { api, signedIn, type Person } from '#tests/support/workerd/people'

let agent: Person
let supervisor: Person
let administrator: Person
beforeAll(async () => {
  agent = await signedIn('agent', 'alice')
  supervisor = await signedIn('supervisor', 'carol')
  administrator = await signedIn('administrator', 'dora')
})

type Made = PoolView & { projection: { room: string; seq: number } }
async function make(body: Record<string, unknown> = {}): Promise<Made> {
  const answer = await api('/api/pools', { as: supervisor, body: { name: 'Renewals', country: 'TR', ...body } })
  expect(answer.status).toBe(201)
  return answer.json()
}
const poolOf = async (id: string, as = supervisor) => (await api(`/api/pools/${id}`, { as })).json<PoolView>()
const asAgent = () => ({ userId: agent.id, name: agent.name })

describe('pools over HTTP', () => {
  it('[POOL-10] makes a pool from a preset, in the zone of its country', async () => {
    const pool = await make({ preset: 'simple-panel' })
    expect(pool).toMatchObject({
      state: 'open',
      maxAttempts: 3,
      leaseMinutes: 10,
      members: 'everyone',
      timeZone: 'Europe/Istanbul',
    })
    expect(pool.dispositions.map((one) => one.code)).toEqual(['reached', 'no-answer', 'rejected', 'busy'])
    expect(pool.stats).toMatchObject({
      total: 0,
      pending: 0,
      leased: 0,
      completed: 0,
      unreachable: 0,
      doNotCall: 0,
      paused: 0,
    })
  })

  it('[AUTH-1] an agent makes no pool and sees only the pools they are a member of', async () => {
    const refused = await api('/api/pools', { as: agent, body: { name: 'Mine', country: 'TR' } })
    expect(refused.status).toBe(403)
    const theirs = await make({ members: [supervisor.id] })
    const answer = await api(`/api/pools/${theirs.id}`, { as: agent })
    expect([answer.status, (await answer.json<{ code: string }>()).code]).toEqual([403, 'not-a-member'])
    const { items } = await (await api('/api/pools', { as: agent })).json<{ items: PoolView[] }>()
    expect(items.map((pool) => pool.id)).not.toContain(theirs.id)
  })

  it('[POOL-9] pauses, resumes, closes and clones', async () => {
    const pool = await make({ name: 'Autumn', skipBudget: 3 })
    await fill(poolRoom(env, pool.id), [aRow(1)])
    const patch = (state: string) => api(`/api/pools/${pool.id}`, { as: supervisor, method: 'PATCH', body: { state } })
    expect(await (await patch('paused')).json()).toMatchObject({ state: 'paused', version: 2, stats: { pending: 1 } })
    expect(await (await patch('open')).json()).toMatchObject({ state: 'open', version: 3 })
    const clone = await api(`/api/pools/${pool.id}/clones`, { as: supervisor, body: { name: 'Winter' } })
    expect(await clone.json()).toMatchObject({ name: 'Winter', skipBudget: 3, version: 1, stats: { total: 0 } })
  })

  it('refuses settings out of bounds, naming the field, and an unknown pool', async () => {
    const answer = await api('/api/pools', { as: supervisor, body: { name: 'x', country: 'TR', maxAttempts: 21 } })
    expect([answer.status, (await answer.json<{ errors: { field: string }[] }>()).errors[0]!.field]).toEqual([
      422,
      'maxAttempts',
    ])
    expect((await api('/api/pools/nowhere', { as: supervisor })).status).toBe(404)
  })

  it('[POOL-3] lists entries by state, releases a lease, pauses and resumes an entry; each shows up in the lists', async () => {
    const pool = await make()
    const room = poolRoom(env, pool.id)
    await fill(room, [aRow(1), aRow(2), aRow(3)])
    await lease(room, asAgent())
    const released = await api(`/api/pools/${pool.id}/leases/release`, {
      as: supervisor,
      body: { entryId: '1', reason: 'gone' },
    })
    expect(await released.json()).toMatchObject({ released: [{ entryId: '1', agentId: agent.id }] })
    const paused = await api(`/api/pools/${pool.id}/entries/2/pause`, { as: supervisor, body: { reason: 'asked' } })
    const { projection } = await paused.json<Made>()
    const entries = await api(`/api/pools/${pool.id}/entries?state=paused&after=${projection.room}:${projection.seq}`, {
      as: supervisor,
    })
    expect((await entries.json<{ items: PoolEntry[] }>()).items).toMatchObject([
      { id: '2', phone: numberOf(2), state: 'paused' },
    ])
    expect((await poolOf(pool.id)).stats).toMatchObject({ total: 3, pending: 2, paused: 1, leased: 0 })
    const again = await api(`/api/pools/${pool.id}/entries/2/pause`, { as: supervisor, body: {} })
    expect([again.status, (await again.json<{ code: string }>()).code]).toEqual([409, 'entry-state'])
  })

  it('pages through entries in the order they arrived', async () => {
    const pool = await make()
    const room = poolRoom(env, pool.id)
    await fill(
      room,
      Array.from({ length: 12 }, (_, n) => aRow(n + 1)),
    )
    await room.settled()
    const first = await (
      await api(`/api/pools/${pool.id}/entries?limit=11`, { as: supervisor })
    ).json<{ items: PoolEntry[]; nextCursor: string }>()
    expect(first.items.map((one) => one.id)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11'])
    const rest = await (
      await api(`/api/pools/${pool.id}/entries?limit=11&cursor=${first.nextCursor}`, { as: supervisor })
    ).json<{ items: PoolEntry[] }>()
    expect(rest.items.map((one) => one.id)).toEqual(['12'])
  })
})

describe('do not call', () => {
  it('[POOL-16] a disposition puts the number on the global list and bars it in every other pool', async () => {
    const [one, other] = [await make({ name: 'One' }), await make({ name: 'Other' })]
    const number = '+905329990001'
    await fill(poolRoom(env, one.id), [aRow(1, { phone: number })])
    await fill(poolRoom(env, other.id), [aRow(1, { phone: number })])
    const view = await lease(poolRoom(env, one.id), asAgent())
    await poolRoom(env, one.id).apply({ ...asAgent(), role: 'agent' }, [said(view, 'do-not-call')])
    await poolRoom(env, one.id).settled()
    expect((await poolOf(other.id)).stats.doNotCall).toBe(1)
    expect(await (await api(`/api/do-not-call/${encodeURIComponent(number)}`, { as: agent })).json()).toMatchObject({
      number,
      listed: true,
    })
  })

  it('[POOL-16] a listed number ends the hold on it, and is not imported into a pool made later', async () => {
    const pool = await make()
    const number = '+905329990002'
    const path = `/api/do-not-call/${encodeURIComponent(number)}`
    await fill(poolRoom(env, pool.id), [aRow(1, { phone: number })])
    await lease(poolRoom(env, pool.id), asAgent())
    expect((await api(path, { as: supervisor, method: 'PUT', body: { reason: 'by letter' } })).status).toBe(200)
    expect(await poolRoom(env, pool.id).held(agent.id)).toBeNull()
    const later = await make({ name: 'Later' })
    const file = { fileName: 'list.csv', sha256: 'a'.repeat(64), rowCount: 1, policy: 'merge' }
    const { id } = await (
      await api(`/api/pools/${later.id}/imports`, { as: supervisor, body: file })
    ).json<{ id: string }>()
    const chunk = { rows: [{ row: 2, phone: number }] }
    await api(`/api/imports/${id}/chunks/0`, { as: supervisor, method: 'PUT', body: chunk })
    const checked = await (await api(`/api/imports/${id}`, { as: supervisor })).json<ImportView>()
    expect(checked.counts).toMatchObject({ 'do-not-call': 1, new: 0 })
  })

  it('[POOL-3] only an administrator takes a number off; its entries stay barred until reopened', async () => {
    const pool = await make()
    const number = '+905329990003'
    const path = `/api/do-not-call/${encodeURIComponent(number)}`
    await fill(poolRoom(env, pool.id), [aRow(1, { phone: number })])
    await api(path, { as: supervisor, method: 'PUT', body: {} })
    expect((await api(path, { as: supervisor, method: 'DELETE' })).status).toBe(403)
    expect(await (await api(path, { as: administrator, method: 'DELETE' })).json()).toMatchObject({ listed: false })
    expect((await poolOf(pool.id)).stats.doNotCall).toBe(1)
    const reopened = await api(`/api/pools/${pool.id}/entries/1/reopen`, {
      as: administrator,
      body: { reason: 'asked in writing' },
    })
    expect(reopened.status).toBe(200)
    expect((await poolOf(pool.id)).stats).toMatchObject({ doNotCall: 0, pending: 1 })
  })

  it('refuses what is no number', async () => {
    expect((await api('/api/do-not-call/0532', { as: supervisor })).status).toBe(422)
  })
})

describe('the journal', () => {
  it('[POOL-14] shows an attempt once in D1, as corrected, and both values in the audit', async () => {
    const pool = await make()
    const room = poolRoom(env, pool.id)
    await fill(room, [aRow(1, { phone: '+905329990010' })])
    const view = await lease(room, asAgent())
    const actor = { ...asAgent(), role: 'agent' as const }
    const slip = said(view, 'reached', { note: 'by mistake' })
    await room.apply(actor, [slip])
    await room.settled()
    await room.apply(actor, [about(view, 'correct-disposition', { attemptId: slip.id, disposition: 'busy' })])
    await room.settled()
    const { results: attempts } = await env.DB.prepare('SELECT * FROM attempts WHERE pool_id=?').bind(pool.id).all()
    expect(attempts).toMatchObject([
      {
        id: slip.id,
        disposition: 'busy',
        note: 'by mistake',
        phone: '+905329990010',
        customer_name: 'Customer 1',
        attempt: 1,
        by_handset: 1,
        late: 0,
      },
    ])
    expect(attempts[0]!.corrected_at).not.toBeNull()
    const audit = await env.DB.prepare("SELECT detail FROM audit WHERE action='disposition.correct' AND subject=?")
      .bind(slip.id)
      .all()
    expect(audit.results).toEqual([{ detail: '{"from":"reached","to":"busy"}' }])
  })
})
