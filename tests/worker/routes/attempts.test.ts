import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { attemptPage, customerPage, type Attempt } from '#shared/protocol/attempts'
import type { Problem } from '#shared/protocol/problem'
import { makePool } from '#tests/support/workerd/pools'
import { api, signedIn, type Person } from '#tests/support/workerd/people'
import { waitFor } from '#worker/db/projection'

const NOON = Date.UTC(2026, 10, 20, 9)
let carol: Person
let alice: Person
let poolId: string
const other = 'bob'

async function book(
  id: string,
  agentId: string,
  at: number,
  fields: Partial<Record<string, unknown>> = {},
): Promise<void> {
  const row = {
    id,
    pool_id: poolId,
    entry_id: '1',
    customer_id: 'c1',
    customer_name: 'Erin',
    phone: '+905320001122',
    agent_id: agentId,
    agent_name: agentId,
    at,
    attempt: 1,
    disposition: 'reached',
    flags: '["reached"]',
    note: null,
    call_id: null,
    by_handset: 1,
    talk_ms: 61_000,
    late: 0,
    corrected_at: null,
    seq: 1,
    ...fields,
  }
  const names = Object.keys(row)
  await env.DB.prepare(`INSERT INTO attempts (${names.join(',')}) VALUES (${names.map(() => '?').join(',')})`)
    .bind(...Object.values(row))
    .run()
}
const list = async (as: Person, query = '') =>
  attemptPage.parse(await (await api(`/api/attempts${query}`, { as })).json())
const ids = (items: Attempt[]) => items.map((item) => item.id)

beforeAll(async () => {
  carol = await signedIn('supervisor', 'carol')
  alice = await signedIn('agent', 'alice')
  poolId = (await makePool([alice.id], 0, { name: 'Renewals' })).id
  for (let n = 0; n < 5; n += 1) await book(`a${n}`, n % 2 === 0 ? alice.id : other, NOON + n * 60_000)
  await book('late', alice.id, NOON + 240_000, { late: 1, note: 'n', customer_id: 'c2', disposition: null })
})

describe('the call log', () => {
  it('[IMP-7] newest first, page after page, each once', async () => {
    const seen: string[] = []
    let cursor = ''
    for (let page = 0; page < 10; page += 1) {
      const { items, nextCursor } = await list(carol, `?poolId=${poolId}&limit=2${cursor}`)
      seen.push(...ids(items))
      if (nextCursor === null) break
      cursor = `&cursor=${nextCursor}`
    }
    expect(seen).toEqual(['late', 'a4', 'a3', 'a2', 'a1', 'a0'])
  })

  it('[IMP-7] says who, whom, when, talk, disposition, note, and the pool by its name', async () => {
    const { items } = await list(carol, `?customerId=c2`)
    expect(items).toMatchObject([
      {
        agentId: alice.id,
        customerName: 'Erin',
        phone: '+905320001122',
        at: NOON + 240_000,
        talkMs: 61_000,
        disposition: null,
        note: 'n',
        late: true,
        byHandset: true,
        poolName: 'Renewals',
      },
    ])
  })

  it('[IMP-7] by agent, customer and time: from inclusive, to exclusive', async () => {
    expect(ids((await list(carol, `?agentId=${other}`)).items)).toEqual(['a3', 'a1'])
    expect(ids((await list(carol, `?poolId=${poolId}&from=${NOON + 60_000}&to=${NOON + 180_000}`)).items)).toEqual([
      'a2',
      'a1',
    ])
    expect((await list(carol, '?poolId=nowhere')).items).toEqual([])
  })

  it('[AUTH-1] an agent sees their own, whoever is asked for', async () => {
    expect(ids((await list(alice, `?agentId=${other}`)).items)).toEqual(['late', 'a4', 'a2', 'a0'])
  })

  it('[IMP-7] a cursor that is none is refused', async () => {
    const reply = await api('/api/attempts?cursor=x', { as: carol })
    expect([reply.status, ((await reply.json()) as Problem).code]).toEqual([422, 'invalid-input'])
  })
})

describe('reading one’s own write', () => {
  it('waits for the room’s journal, two seconds at most, and says whether it came', async () => {
    const room = `pool:${poolId}`
    const sleeps: number[] = []
    expect(await waitFor(env.DB, undefined)).toBe(true)
    expect(await waitFor(env.DB, `${room}:999999`, async (ms) => void sleeps.push(ms))).toBe(false)
    expect(sleeps.reduce((sum, ms) => sum + ms, 0)).toBe(2_000)
    const arriving = waitFor(env.DB, `${room}:1000000`, async () => {
      await env.DB.prepare(
        'INSERT INTO projections (room, seq) VALUES (?,?) ON CONFLICT(room) DO UPDATE SET seq=excluded.seq',
      )
        .bind(room, 1_000_000)
        .run()
    })
    expect(await arriving).toBe(true)
    expect((await api(`/api/attempts?after=${room}:5`, { as: carol })).status).toBe(200)
  })
})

describe('customers', () => {
  it('[CRM-1] by part of a name, user code or number; a sign of LIKE is no wildcard', async () => {
    const insert =
      'INSERT INTO customers (id, name, phone, phone_given, user_code, created_at, updated_at) VALUES (?,?,?,?,?,0,0)'
    await env.DB.batch([
      env.DB.prepare(insert).bind('cA', 'Ayşe Demir', '+905320009901', '0532 000 99 01', 'USR77'),
      env.DB.prepare(insert).bind('cB', null, '+905330009902', '05330009902', null),
    ])
    const find = async (q: string) =>
      customerPage
        .parse(await (await api(`/api/customers?q=${encodeURIComponent(q)}`, { as: carol })).json())
        .items.map((item) => item.id)
    expect(await find('demir')).toEqual(['cA'])
    expect(await find('USR77')).toEqual(['cA'])
    expect(await find('0533 000 99')).toEqual(['cB'])
    expect(await find('%%')).toEqual([])
    expect((await api('/api/customers/cA', { as: carol })).status).toBe(200)
    expect((await api('/api/customers/none', { as: carol })).status).toBe(404)
    expect((await api('/api/customers?q=demir', { as: alice })).status).toBe(403)
  })
})
