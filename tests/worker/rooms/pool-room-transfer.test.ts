import { env } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { PoolEntry } from '#shared/protocol/pools'
import type { Attempt } from '#shared/protocol/attempts'
import { listAttempts } from '#worker/db/attempts'
import { listEntries } from '#worker/db/entries'
import { PoolRoom } from '#worker/rooms/pool-room'
import { poolRoom } from '#worker/rooms/doors'
import { alice, aRow, bob, carol, fill, granted, lease, openPool, said } from '#tests/support/workerd/pool'
import { numberOf } from '#tests/support/workerd/numbers'
import { evict } from '#tests/support/workerd/evict'

/** Numbers that no other pool of this file has. */
let numbers = 0
function customers(count: number) {
  const base = (numbers += 2_000)
  return Array.from({ length: count }, (_, n) => aRow(n + 1, { phone: numberOf(base + n) }))
}
async function transfer(from: string, to: string, id: string = crypto.randomUUID()): Promise<string> {
  const action = { kind: 'transfer' as const, toPoolId: to }
  const selection = { filter: {}, except: [] }
  granted(await poolRoom(env, from).startBulk(carol, { id, action, selection, reason: 'the other team' }))
  return id
}
const ended = (pool: string, id: string) =>
  expect
    .poll(async () => granted(await poolRoom(env, pool).bulk(id)).endedAt, { timeout: 25_000, interval: 25 })
    .not.toBeNull()
async function outcomes(pool: string, id: string) {
  const { items } = granted(await poolRoom(env, pool).bulkRows(id, 0, 1_000))
  return items.map((row) => row.outcome)
}
async function shown(pool: string): Promise<PoolEntry[]> {
  await poolRoom(env, pool).settled()
  return (await listEntries(env.DB, { poolId: pool, limit: 500 })).items
}

describe('a transfer to another pool', () => {
  it('[POOL-24] carries attempts, promise and card; who is in hand, barred, or there already stays', async () => {
    const rows = customers(5)
    const from = await openPool('transfer-from', rows)
    const to = await openPool('transfer-to', [aRow(9, { phone: rows[3]!.phone! })], { members: ['bob'] })
    await from.apply(alice, [said(await lease(from, alice), 'no-answer')])
    await from.apply(alice, [said(await lease(from, alice), 'do-not-call')])
    const held = await lease(from, alice)
    const at = Date.now() + 3_600_000
    await from.supervise(carol, { id: crypto.randomUUID(), entryId: '5', action: 'pause', reason: 'x' })
    const id = await transfer('transfer-from', 'transfer-to')
    await ended('transfer-from', id)
    expect(await outcomes('transfer-from', id)).toEqual([
      'done',
      'do-not-call',
      'entry-held',
      'already-in-pool',
      'done',
    ])
    expect(await from.stats()).toMatchObject({ total: 3, doNotCall: 1, leased: 1, pending: 1 })
    expect(await to.stats()).toMatchObject({ total: 3, paused: 1 })
    const there = await shown('transfer-to')
    expect(there.map(({ phone, attempts, state }) => [phone, attempts, state])).toEqual([
      [rows[3]!.phone, 0, 'pending'],
      [rows[0]!.phone, 1, 'pending'],
      [rows[4]!.phone, 0, 'paused'],
    ])
    expect((await shown('transfer-from')).map(({ phone }) => phone)).toEqual(rows.slice(1, 4).map(({ phone }) => phone))
    expect(await from.apply(alice, [said(held, 'call-back', { callbackAt: at })])).toMatchObject([
      { outcome: 'accepted' },
    ])
  })

  it('[POOL-11, 23, 24, 27] takes the history along: attempts, changed fields, further numbers, last seen', async () => {
    let now = Date.UTC(2026, 0, 5, 9)
    PoolRoom.clock = () => now
    const [row] = customers(1)
    const [first, second] = await Promise.all([
      openPool('history-first', [row!]),
      openPool('history-second', 0, { listMode: true, preset: 'contact-ageing' }),
    ])
    const third = await openPool('history-third', 0)
    const other = numberOf(1_999)
    granted(await first.addPhones('1', [{ number: other, given: other }]))
    const hers = await lease(first, alice)
    await first.apply(alice, [said(hers, 'wrong-number', { note: 'a bakery' })])
    const changes = [{ field: 'name', from: 'Customer 1', to: 'Erin Su' }]
    granted(await first.editCard(carol, { id: crypto.randomUUID(), entryId: '1', changes }))
    now += 1_000
    await ended('history-first', await transfer('history-first', 'history-second'))

    const { items: listed } = granted(await second.listPage(alice, { cursor: null, status: null, limit: 10 }))
    expect(listed).toMatchObject([{ name: 'Erin Su', status: 'wrong-number' }])
    expect(listed[0]!.lastSeenAt).toBeLessThan(now - 500)
    now += 3_600_000
    const there = await lease(second, bob)
    expect(there.history).toMatchObject([
      {
        disposition: 'wrong-number',
        note: 'a bakery',
        agentName: 'Alice',
        attempt: 1,
        from: { poolId: 'history-first', poolName: 'Pool history-first', labels: { tr: 'Yanlış Numara' } },
      },
    ])
    expect(there).toMatchObject({ entry: { attempt: 2 }, customer: { phone: other } })
    expect(there.phones).toMatchObject([
      { number: row!.phone, attempts: 1, isWrong: true },
      { number: other, attempts: 0, isNext: true },
    ])
    const edits = granted(await second.cardHistory(carol, { entryId: '1', before: null })).items
    expect(edits).toMatchObject([{ field: 'name', from: 'Customer 1', to: 'Erin Su', by: { name: 'Carol' } }])
    await fill(second, [row!])
    expect((await lease(second, bob)).customer.name).toBe('Erin Su')
    expect(await second.stats()).toMatchObject({ attemptsToday: 0, byDisposition: {} })

    await second.apply(bob, [said(there, 'no-answer')])
    now += 24 * 3_600_000
    await ended('history-second', await transfer('history-second', 'history-third'))
    const last = await lease(third, alice)
    expect(last.history.map(({ disposition, from }) => [disposition, from?.poolId])).toEqual([
      ['no-answer', 'history-second'],
      ['wrong-number', 'history-first'],
    ])
    PoolRoom.clock = () => Date.now()
  })

  it('[POOL-5, 24] a word that comes when the customer has gone is late: booked here, and moves nobody there', async () => {
    let now = Date.now()
    PoolRoom.clock = () => now
    const from = await openPool('late-from', customers(1))
    const to = await openPool('late-to', 0)
    const hers = await lease(from, alice)
    now += 11 * 60_000
    const id = await transfer('late-from', 'late-to')
    await ended('late-from', id)
    expect(await outcomes('late-from', id)).toEqual(['done'])
    expect(await from.apply(alice, [said(hers, 'reached')])).toMatchObject([{ outcome: 'late' }])
    expect(await from.stats()).toMatchObject({ total: 0, attemptsToday: 1, byDisposition: { reached: 1 } })
    await from.settled()
    const { items } = await listAttempts(env.DB, { poolId: 'late-from', limit: 10 })
    expect(items).toMatchObject([
      { disposition: 'reached', late: true, customerName: 'Customer 1' },
    ] satisfies Partial<Attempt>[])
    expect(await to.stats()).toMatchObject({ total: 1, pending: 1 })
    PoolRoom.clock = () => Date.now()
  })

  it('[POOL-24] never live in both and never lost, although both rooms are thrown away again and again', async () => {
    const rows = customers(700)
    await openPool('thrown-from', rows)
    await openPool('thrown-to', 0)
    const id = await transfer('thrown-from', 'thrown-to')
    const totals = async () => {
      const [from, to] = [poolRoom(env, 'thrown-from'), poolRoom(env, 'thrown-to')]
      return { from: (await from.stats()).total, to: (await to.stats()).total }
    }
    for (let turn = 0; granted(await poolRoom(env, 'thrown-from').bulk(id)).endedAt === null; turn += 1) {
      await evict(env.POOL.getByName(turn % 2 === 0 ? 'thrown-to' : 'thrown-from'))
      // until a batch is answered it stands in both, in reach only there: never in none
      const { from, to } = await totals()
      expect(from + to).toBeGreaterThanOrEqual(700)
      expect(from + to).toBeLessThanOrEqual(700 + 150)
    }
    expect(await totals()).toEqual({ from: 0, to: 700 })
    expect(new Set(await outcomes('thrown-from', id))).toEqual(new Set(['done']))
    // what comes in afterwards gets an arrival number of its own
    await fill(poolRoom(env, 'thrown-from'), customers(1))
    expect((await lease(poolRoom(env, 'thrown-from'), bob)).entry.id).toBe('701')
  }, 60_000)

  it('[POOL-24] a pool that was closed meanwhile takes nobody: all are back at their places', async () => {
    const from = await openPool('closed-from', customers(3))
    const to = await openPool('closed-to', 0)
    await to.configure({ ...(await to.settings())!, version: 2, state: 'closed' })
    const id = await transfer('closed-from', 'closed-to')
    await ended('closed-from', id)
    expect(await outcomes('closed-from', id)).toEqual(['pool-closed', 'pool-closed', 'pool-closed'])
    expect((await lease(from, alice)).entry.id).toBe('1')
  })
})
