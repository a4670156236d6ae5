import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import type { AgentPicture } from '#shared/protocol/live'
import type { PutEntryReply } from '#shared/protocol/leads'
import type { Pool } from '#shared/protocol/pools'
import type { LeaseView } from '#shared/protocol/pulls'
import { pushProfiles } from '#worker/auth/profiles'
import { agentRoom, poolRoom } from '#worker/rooms/doors'
import { MAIN_TEAM } from '#worker/rooms/ports'
import { dispose, onDuty, stateOf, watch } from '#tests/support/workerd/agents'
import { Viewer } from '#tests/support/workerd/live-viewer'
import { api, signedIn, type Person } from '#tests/support/workerd/people'

let supervisor: Person
beforeAll(async () => {
  supervisor = await signedIn('supervisor', 'carol')
})
let made = 0
const phone = () => `+9053277${String(made++).padStart(5, '0')}`

async function make(members: Person[], body: Record<string, unknown> = {}): Promise<Pool> {
  const ids = members.map(({ id }) => id)
  const asked = { name: 'Leads', country: 'TR', members: ids, pushPriority: 50, ...body }
  const pool = await (await api('/api/pools', { as: supervisor, body: asked })).json<Pool>()
  await pushProfiles(env, ids)
  return pool
}
const put = (poolId: string, externalId: string, body: Record<string, unknown>, as: Person = supervisor) =>
  api(`/api/pools/${poolId}/entries/${externalId}`, { as, method: 'PUT', body })
const putting = async (...given: Parameters<typeof put>) => (await put(...given)).json<PutEntryReply>()

/** Available, with a desk that hears, and known to be so on the floor. */
async function atDesk(name: string): Promise<{ person: Person; desk: Viewer }> {
  const floor = await Viewer.of(env.FLOOR.getByName(MAIN_TEAM))
  const person = await onDuty(name)
  await floor.until(() =>
    floor.heard.some(({ agent }) => {
      const { agentId, state } = (agent ?? {}) as Partial<AgentPicture>
      return agentId === person.id && state === 'available'
    }),
  )
  const desk = await watch(person)
  await desk.until(() => stateOf(desk) === 'available')
  return { person, desk }
}
type Pushed = { type: 'lease-pushed'; at: number; lease: LeaseView }
const pushedTo = (desk: Viewer) => desk.heard.filter((event) => event.type === 'lease-pushed') as unknown as Pushed[]
const hears = async (desk: Viewer, n = 1) => (
  await desk.until(() => pushedTo(desk).length >= n),
  pushedTo(desk)[n - 1]!
)

describe('a customer put in by a program', () => {
  it('[POOL-25] is made once, changed by new words, and found by name or number', async () => {
    const pool = await make([])
    const number = phone()
    const body = { phone: number, name: 'Erin', priority: 10, tags: ['web'] }
    const first = await put(pool.id, 'web-1', body)
    expect(first.status).toBe(201)
    const { entry, projection } = await first.json<PutEntryReply>()
    expect(entry).toMatchObject({ externalId: 'web-1', phone: number, state: 'pending', priority: 10, dueAt: null })
    expect(projection.room).toBe(`pool:${pool.id}`)
    const again = await put(pool.id, 'web-1', body)
    expect([again.status, (await again.json<PutEntryReply>()).outcome]).toEqual([200, 'unchanged'])
    expect((await putting(pool.id, 'web-1', { ...body, priority: 20 })).entry.priority).toBe(20)
    const other = await putting(pool.id, 'crm-7', { phone: number, name: 'Erin Doe' })
    expect(other).toMatchObject({ outcome: 'updated', entry: { id: entry.id, priority: 20 } })
    expect((await put(pool.id, 'web-1', { phone: phone() })).status).toBe(409)
    expect((await poolRoom(env, pool.id).stats()).total).toBe(1)
  })

  it('[POOL-25] waits for its due time', async () => {
    const { person } = await atDesk('alice')
    const pool = await make([person], { pushPriority: null })
    const dueAt = Date.now() + 3_600_000
    expect((await putting(pool.id, 'later', { phone: phone(), dueAt })).entry.dueAt).toBe(dueAt)
    const pulled = await agentRoom(env, person.id).pull(person.actor, { id: null, poolId: pool.id })
    expect(pulled).toMatchObject({ reply: { lease: null, blocked: { notDue: 1 }, nextDueAt: dueAt } })
  })

  it('[POOL-25] may not be on a do-not-call list, and needs a number', async () => {
    const pool = await make([])
    const number = phone()
    await api(`/api/do-not-call/${encodeURIComponent(number)}`, { as: supervisor, method: 'PUT', body: {} })
    const barred = await put(pool.id, 'barred', { phone: number })
    expect([barred.status, (await barred.json<{ code: string }>()).code]).toEqual([409, 'do-not-call'])
    const wrong = await put(pool.id, 'wrong', { phone: 'call me' })
    expect(await wrong.json()).toMatchObject({ code: 'invalid-input', errors: [{ field: 'phone' }] })
    expect((await put(pool.id, 'mine', { phone: phone() }, await signedIn('agent', 'alice'))).status).toBe(403)
  })
})

describe('an urgent customer', () => {
  it('[POOL-25] a web lead is on a desk within a second, and in nobody else’s hand', async () => {
    const [first, second] = [await atDesk('alice'), await atDesk('bob')]
    const pool = await make([first.person, second.person])
    const putAt = Date.now()
    const { entry } = await putting(pool.id, 'lead', { phone: phone(), name: 'Erin', priority: 90 })
    // who has been available longest
    const { lease, at } = await hears(first.desk)
    expect(lease.entry.id).toBe(entry.id)
    expect(at - putAt).toBeLessThan(1_000)
    expect(await poolRoom(env, pool.id).held(first.person.id)).toMatchObject({ lease: { id: lease.lease.id } })
    await second.desk.until(() => stateOf(second.desk) === 'available')
    expect(pushedTo(second.desk)).toEqual([])
  })

  it('[POOL-25] two go to two agents, the third to who is free again; never two to one', async () => {
    const [first, second] = [await atDesk('alice'), await atDesk('bob')]
    const pool = await make([first.person, second.person])
    const leads = [1, 2, 3].map((n) => putting(pool.id, `lead-${n}`, { phone: phone(), priority: 90 }))
    const ids = new Set((await Promise.all(leads)).map(({ entry }) => entry.id))
    const given = await Promise.all([hears(first.desk), hears(second.desk)])
    expect(new Set(given.map(({ lease }) => lease.entry.id)).size).toBe(2)
    await agentRoom(env, first.person.id).command(first.person.actor, [dispose(given[0]!.lease)])
    const third = await hears(first.desk, 2)
    expect(new Set([...given, third].map(({ lease }) => lease.entry.id))).toEqual(ids)
    expect(pushedTo(second.desk)).toHaveLength(1)
  })

  it('[POOL-25] is offered to nobody who is away, without a desk, or no member; below the threshold to nobody at all', async () => {
    const { person, desk } = await atDesk('alice')
    const noDesk = await onDuty('bob')
    const stranger = await atDesk('frank')
    const pool = await make([person, noDesk])
    await agentRoom(env, person.id).setState(person.actor, 'not-ready', 'lunch')
    await desk.until(() => stateOf(desk) === 'not-ready')
    await putting(pool.id, 'low', { phone: phone(), priority: 49 })
    const { entry } = await putting(pool.id, 'high', { phone: phone(), priority: 50 })
    expect(await poolRoom(env, pool.id).stats()).toMatchObject({ pending: 2, leased: 0 })
    // back from lunch
    await agentRoom(env, person.id).setState(person.actor, 'available', null)
    expect((await hears(desk)).lease.entry.id).toBe(entry.id)
    expect(await poolRoom(env, pool.id).stats()).toMatchObject({ pending: 1, leased: 1 })
    expect(pushedTo(stranger.desk)).toEqual([])
  })
})
