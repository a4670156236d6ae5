import { env, runInDurableObject } from 'cloudflare:test'
import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import type { CommandResult } from '#shared/protocol/commands'
import type { LeaseView, NothingDue } from '#shared/protocol/pulls'
import { agentRoom, poolRoom } from '#worker/rooms/doors'
import { api, signedIn, type Person } from '#tests/support/workerd/people'
import { makePool } from '#tests/support/workerd/pools'

async function onDuty(name: string): Promise<Person> {
  const person = await signedIn('agent', name)
  await agentRoom(env, person.id).setState(person.actor, 'available', null)
  return person
}
const pull = async (as: Person, body: unknown = {}, headers: Record<string, string> = {}) => {
  const answer = await api('/api/pulls', { as, body, headers })
  return { status: answer.status, lease: (await answer.json()) as LeaseView }
}
const command = async (as: Person, commands: unknown[]) => {
  const answer = await api('/api/commands', { as, body: { commands } })
  return ((await answer.json()) as { results: CommandResult[] }).results
}
const disposition = ({ lease, entry }: LeaseView, code = 'reached') => ({
  id: uuidv7(),
  kind: 'record-disposition',
  at: Date.now(),
  poolId: entry.poolId,
  entryId: entry.id,
  token: lease.token,
  disposition: code,
})
const sleepAndWake = (person: Person) =>
  runInDurableObject(env.AGENT.getByName(person.id), (_room, state) => state.abort('slept')).catch(() => undefined)

describe('POST /api/pulls', () => {
  it('[POOL-4] two pulls at once by the same agent give the same lease', async () => {
    const alice = await onDuty('alice')
    await makePool([alice.id], 5)
    const [one, two] = await Promise.all([pull(alice), pull(alice)])
    expect([one.status, two.status].sort()).toEqual([200, 201])
    expect(one.lease.lease.id).toBe(two.lease.lease.id)
  })

  it('[POOL-1] two agents at once never get the same customer', async () => {
    const [alice, bob] = await Promise.all([onDuty('alice'), onDuty('bob')])
    await makePool([alice.id, bob.id], 5)
    const [hers, his] = await Promise.all([pull(alice), pull(bob)])
    expect([hers.status, his.status]).toEqual([201, 201])
    expect(hers.lease.entry.id).not.toBe(his.lease.entry.id)
  })

  it('[POOL-4] a cold start keeps the lease: the pools are asked before anything is pulled', async () => {
    const alice = await onDuty('alice')
    const pool = await makePool([alice.id], 5)
    await makePool([alice.id], 5)
    const first = await pull(alice)
    await sleepAndWake(alice)
    const again = await pull(alice)
    expect(again.status).toBe(200)
    expect(again.lease.lease.id).toBe(first.lease.lease.id)
    await sleepAndWake(alice)
    const current = await api('/api/me/current', { as: alice })
    expect(await current.json()).toMatchObject({ lease: { lease: { id: first.lease.lease.id } }, owed: [] })
    expect((await poolRoom(env, pool.id).stats()).leased).toBe(1)
  })

  it('[POOL-4] one desk lease over all pools: another pool answers the lease in hand', async () => {
    const alice = await onDuty('alice')
    await makePool([alice.id], 2)
    const other = await makePool([alice.id], 2)
    const first = await pull(alice)
    const answer = await api(`/api/pools/${other.id}/pulls`, { as: alice, body: {} })
    expect(answer.status).toBe(200)
    expect(((await answer.json()) as LeaseView).lease.id).toBe(first.lease.lease.id)
  })

  it('[POOL-9] walks the pools in order, and says why nothing is due', async () => {
    const alice = await onDuty('alice')
    await makePool([alice.id], 0)
    const second = await makePool([alice.id], 1)
    const got = await pull(alice)
    expect(got.lease.entry.poolId).toBe(second.id)
    expect(await command(alice, [disposition(got.lease, 'no-answer')])).toMatchObject([{ outcome: 'accepted' }])
    const nothing = await api('/api/pulls', { as: alice, body: {} })
    expect(nothing.status).toBe(200)
    expect((await nothing.json()) as NothingDue).toMatchObject({
      lease: null,
      blocked: { notDue: 1 },
      nextDueAt: expect.any(Number),
    })
  })

  it('[POOL-9] a pool whose room has not been told its settings yet does not stand in the way', async () => {
    const alice = await onDuty('alice')
    await env.DB.prepare(
      'INSERT INTO pools (id, name, country, state, settings, version, created_at) VALUES (?,?,?,?,?,?,?)',
    )
      .bind(uuidv7(), 'Half made', 'TR', 'open', JSON.stringify({ members: [alice.id] }), 1, 1)
      .run()
    await makePool([alice.id], 1)
    expect((await pull(alice)).status).toBe(201)
  })

  it('[POOL-9] needs the state available or with-customer', async () => {
    const alice = await signedIn('agent', 'alice')
    await makePool([alice.id], 1)
    const answer = await api('/api/pulls', { as: alice, body: {} })
    expect(answer.status).toBe(409)
    expect(await answer.json()).toMatchObject({ code: 'not-available' })
  })

  it('[POOL-4] a repeated Idempotency-Key answers the first lease', async () => {
    const alice = await onDuty('alice')
    await makePool([alice.id], 3)
    const key = { 'idempotency-key': uuidv7() }
    const first = await pull(alice, {}, key)
    const again = await pull(alice, {}, key)
    expect(again.lease.lease.id).toBe(first.lease.lease.id)
    await command(alice, [disposition(first.lease)])
    expect((await pull(alice, {}, key)).lease.lease.id).toBe(first.lease.lease.id)
    // the first answer, but nothing is in hand again
    expect(await (await api('/api/me', { as: alice })).json()).toMatchObject({ state: 'available' })
    expect((await pull(alice)).lease.entry.id).not.toBe(first.lease.entry.id)
    const bad = await api('/api/pulls', { as: alice, body: {}, headers: { 'idempotency-key': 'again' } })
    expect(bad.status).toBe(422)
  })

  it('[AUTH-3] a session that was just revoked pulls and commands nothing, although this isolate still believes it', async () => {
    const alice = await onDuty('alice')
    await makePool([alice.id], 1)
    expect((await api('/api/me', { as: alice })).status).toBe(200)
    await agentRoom(env, alice.id).closeSession(alice.sessionId)
    const answer = await api('/api/pulls', { as: alice, body: {} })
    expect(answer.status).toBe(401)
    expect(await answer.json()).toMatchObject({ code: 'session-revoked' })
  })
})

describe('POST /api/commands', () => {
  it('[SYNC-2] a bad command is refused alone, the others stand, answers keep their order', async () => {
    const alice = await onDuty('alice')
    await makePool([alice.id], 3)
    const { lease } = await pull(alice)
    const good = disposition(lease)
    const results = await command(alice, [
      { id: 'x', kind: 'fly' },
      good,
      { ...good, id: uuidv7(), token: 0 },
      'nonsense',
    ])
    expect(results.map(({ id, outcome, code }) => ({ id, outcome, code }))).toMatchObject([
      { id: 'x', outcome: 'refused', code: 'invalid-input' },
      { id: good.id, outcome: 'accepted' },
      { outcome: 'refused', code: 'invalid-input' },
      { id: '', outcome: 'refused', code: 'invalid-input' },
    ])
    expect((await command(alice, [good]))[0]).toMatchObject({ outcome: 'duplicate' })
  })

  it('[POOL-4] after the disposition the next pull gives the next customer', async () => {
    const alice = await onDuty('alice')
    await makePool([alice.id], 2)
    const first = await pull(alice)
    expect((await (await api('/api/me', { as: alice })).json()) as object).toMatchObject({ state: 'with-customer' })
    await command(alice, [disposition(first.lease)])
    expect((await (await api('/api/me', { as: alice })).json()) as object).toMatchObject({ state: 'available' })
    const second = await pull(alice)
    expect(second.status).toBe(201)
    expect(second.lease.entry.id).not.toBe(first.lease.entry.id)
  })

  it('[POOL-6] an extension moves the end of the lease, a release gives it back', async () => {
    const alice = await onDuty('alice')
    await makePool([alice.id], 1)
    const { lease } = await pull(alice)
    const target = { poolId: lease.entry.poolId, entryId: lease.entry.id, token: lease.lease.token, at: Date.now() }
    const [extended] = await command(alice, [{ ...target, id: uuidv7(), kind: 'extend-lease' }])
    expect(extended!.expiresAt).toBeGreaterThanOrEqual(lease.lease.expiresAt)
    const [released] = await command(alice, [{ ...target, id: uuidv7(), kind: 'release-lease' }])
    expect(released).toMatchObject({ outcome: 'accepted' })
    expect(await (await api('/api/me/current', { as: alice })).json()).toMatchObject({ lease: null })
  })
})
