import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Pool } from '#shared/protocol/pools'
import type { LeaseView } from '#shared/protocol/pulls'
import type { Team } from '#shared/protocol/teams'
import { poolRoom } from '#worker/rooms/doors'
import { aRow, fill } from '#tests/support/workerd/pool'
import { api, signedIn, type Person } from '#tests/support/workerd/people'

let [alice, bob, supervisor, administrator]: Person[] = []
beforeAll(async () => {
  alice = await signedIn('agent', 'alice')
  bob = await signedIn('agent', 'bob')
  supervisor = await signedIn('supervisor', 'carol')
  administrator = await signedIn('administrator', 'dora')
  for (const as of [alice, bob]) {
    await api('/api/me', { as, method: 'PATCH', body: { dialWith: 'handset' } })
    await api('/api/me/state', { as, method: 'PUT', body: { state: 'available' } })
  }
})

async function aTeam(...members: Person[]): Promise<Team> {
  const body = { name: 'Field', members: members.map(({ id }) => id) }
  const made = await api('/api/teams', { as: administrator!, body })
  expect(made.status).toBe(201)
  return made.json()
}
async function aPool(body: object): Promise<Pool> {
  const made = await api('/api/pools', { as: supervisor!, body: { name: 'Renewals', country: 'TR', ...body } })
  expect(made.status).toBe(201)
  const pool = await made.json<Pool>()
  await fill(poolRoom(env, pool.id), [aRow(1), aRow(2)])
  return pool
}
const change = (team: Team, body: object) =>
  api(`/api/teams/${team.id}`, { as: administrator!, method: 'PATCH', body: { version: team.version, ...body } })
const poolNow = async ({ id }: Pool) => (await api(`/api/pools/${id}`, { as: supervisor! })).json<Pool>()
const pull = (pool: Pool, as: Person) => api(`/api/pools/${pool.id}/pulls`, { as, body: {} })
const codeOf = async (answer: Response) => [answer.status, (await answer.json<{ code: string }>()).code]

describe('[POOL-9] teams', () => {
  it('a pool of a team is open to whoever is in it, and follows it', async () => {
    const team = await aTeam(alice!)
    const pool = await aPool({ teams: [team.id] })
    expect(pool).toMatchObject({ members: [alice!.id], people: [], teams: [team.id] })
    expect(await codeOf(await pull(pool, bob!))).toEqual([403, 'not-a-member'])
    const held = await (await pull(pool, alice!)).json<LeaseView>()
    expect(held.lease).not.toBeNull()

    // bob comes, alice goes: her customer is free at once, and his to pull
    expect((await change(team, { members: [bob!.id] })).status).toBe(200)
    expect((await poolNow(pool)).members).toEqual([bob!.id])
    expect(await (await pull(pool, bob!)).json<LeaseView>()).toMatchObject({ entry: { id: held.entry.id } })
    expect(await codeOf(await pull(pool, alice!))).toEqual([403, 'not-a-member'])
  })

  it('people by hand stay beside it; dissolved, it is named nowhere', async () => {
    const team = await aTeam(alice!, bob!)
    const pool = await aPool({ members: [bob!.id], teams: [team.id] })
    expect([...pool.members].sort()).toEqual([alice!.id, bob!.id].sort())
    const clone = await api(`/api/pools/${pool.id}/clones`, { as: supervisor!, body: { name: 'Next year' } })
    expect(await clone.json()).toMatchObject({ people: [bob!.id], teams: [team.id] })
    expect((await api(`/api/teams/${team.id}`, { as: administrator!, method: 'DELETE' })).status).toBe(204)
    expect(await poolNow(pool)).toMatchObject({ members: [bob!.id], people: [bob!.id], teams: [] })
    const { items } = await (await api('/api/teams', { as: supervisor! })).json<{ items: Team[] }>()
    expect(items.map(({ id }) => id)).not.toContain(team.id)
    expect(await codeOf(await change(team, { name: 'Gone' }))).toEqual([404, 'not-found'])
  })

  it('[AUTH-1] only an administrator changes one; what was read before another change is a conflict', async () => {
    const team = await aTeam(alice!)
    const body = { name: 'Mine', members: [] }
    for (const as of [alice!, supervisor!])
      expect(await codeOf(await api('/api/teams', { as, body }))).toEqual([403, 'not-permitted'])
    expect(await (await change(team, { name: 'Office' })).json()).toMatchObject({ name: 'Office', version: 2 })
    // the same again is so already; another word to what was read before is not
    expect(await (await change(team, { name: 'Office' })).json()).toMatchObject({ name: 'Office', version: 2 })
    expect(await codeOf(await change(team, { name: 'Shop' }))).toEqual([409, 'conflict'])
    expect(await codeOf(await change(team, { name: '' }))).toEqual([422, 'invalid-input'])
  })
})
