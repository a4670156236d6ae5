import { env, runInDurableObject } from 'cloudflare:test'
import { afterEach, describe, expect, it } from 'vitest'
import type { PoolEntry } from '#shared/protocol/pools'
import { findCustomers } from '#worker/db/customers'
import { listEntries } from '#worker/db/entries'
import { PoolRoom } from '#worker/rooms/pool-room'
import { poolRoom } from '#worker/rooms/doors'
import type { PoolPort } from '#worker/rooms/ports'
import { evict } from '#tests/support/workerd/evict'
import { numberOf } from '#tests/support/workerd/numbers'
import {
  about,
  alice,
  aPool,
  aRow,
  bob,
  carol,
  fill,
  granted,
  lease,
  openPool,
  packed,
  pull,
  said,
} from '#tests/support/workerd/pool'

const realClock = PoolRoom.clock
afterEach(() => {
  PoolRoom.clock = realClock
})

const household = (n = 1) => {
  const phone = numberOf(n)
  return [
    aRow(1, { phone, userCode: 'ADA', name: 'Ada' }),
    aRow(2, { phone, userCode: 'BO', name: 'Bo' }),
    aRow(3, { phone, userCode: 'BO', name: 'Bo again' }),
  ]
}
async function shown(pool: string): Promise<PoolEntry[]> {
  await poolRoom(env, pool).settled()
  return (await listEntries(env.DB, { poolId: pool, limit: 500 })).items
}
const together = (id: string, rows = household()) =>
  openPool(id, 0).then(async (room) => ({ room, ...(await fill(room, rows, 'merge', 'second-person')) }))

describe('two people on one number', () => {
  it('[IMP-4] are held back unless it is chosen in the dry run; the same file again changes nothing', async () => {
    const room = await openPool('people-chosen', 0)
    const held = await fill(room, household())
    expect(held.view.counts).toMatchObject({ new: 1, shared: 1, duplicate: 1, second: 0 })
    const rows = household()
    const id = crypto.randomUUID()
    const by = { id: 'dora', name: 'Dora' }
    const head = { id, fileName: 'list.xlsx', sha256: 'b'.repeat(64), rowCount: 3, by, at: 1 }
    granted(await room.openImport({ ...head, policy: 'merge' }))
    await room.putChunk(id, 0, packed(rows))
    expect(granted(await room.importView(id)).counts).toMatchObject({ unchanged: 1, shared: 1, duplicate: 1 })
    const chosen = granted(await room.chooseImport(id, { sharedNumbers: 'second-person' }))
    expect(chosen).toMatchObject({ sharedNumbers: 'second-person', counts: { unchanged: 1, second: 1, shared: 0 } })
    expect(granted(await room.commitSlice(id))).toMatchObject({ state: 'committed' })
    expect(await room.stats()).toMatchObject({ total: 2, pending: 2 })

    for (const policy of ['hold-back', 'second-person'] as const) {
      const again = await fill(room, household(), 'merge', policy)
      expect(again.checked.counts).toMatchObject({ new: 0, second: 0, shared: 0, unchanged: 2, duplicate: 1 })
      expect(again.view.counts).toMatchObject({ unchanged: 2, duplicate: 1 })
    }
    const people = await shown('people-chosen')
    expect(people.map(({ customerName, userCode }) => [customerName, userCode])).toEqual([
      ['Ada', 'ADA'],
      ['Bo', 'BO'],
    ])
    expect(new Set(people.map(({ customerId }) => customerId)).size).toBe(2)
    const found = await findCustomers(env.DB, { q: numberOf(1), limit: 10 })
    expect(found.items.map(({ name }) => name).sort()).toEqual(['Ada', 'Bo'])
  })

  it('[IMP-4] stand as the sheet has them, in whatever order the chunks come', async () => {
    const rows = [
      aRow(1, { phone: numberOf(1), userCode: 'ADA', name: 'Ada' }),
      aRow(2, { phone: numberOf(1), userCode: 'BO', name: 'Bo' }),
      aRow(3, { phone: numberOf(1), userCode: 'ADA', name: 'Ada twice' }),
      aRow(4, { phone: numberOf(1), userCode: 'CEM', name: 'Cem' }),
      aRow(5, { phone: numberOf(1), userCode: 'BO', name: 'Bo twice' }),
    ]
    const orders = [
      [4, 3, 2, 1, 0],
      [1, 4, 0, 2, 3],
      [3, 0, 4, 2, 1],
      [2, 0, 4, 1, 3],
    ]
    for (const [round, order] of orders.entries()) {
      const pool = `people-order-${round}`
      const room = await openPool(pool, 0)
      const id = crypto.randomUUID()
      const by = { id: 'dora', name: 'Dora' }
      const head = { id, fileName: 'x.xlsx', sha256: 'c'.repeat(64), rowCount: 5, by, at: 1 }
      granted(await room.openImport({ ...head, policy: 'merge', sharedNumbers: 'second-person' }))
      for (const n of order) granted(await room.putChunk(id, n, packed([rows[n]!])))
      expect(granted(await room.importView(id)).counts).toMatchObject({ new: 1, second: 2, duplicate: 2 })
      expect(granted(await room.commitSlice(id)).counts).toMatchObject({ new: 1, second: 2, duplicate: 2 })
      expect((await shown(pool)).map(({ customerName }) => customerName)).toEqual(['Ada', 'Bo', 'Cem'])
    }
  })

  it('[IMP-4] [POOL-1] one hold: the second is given once the first is back, and each has attempts of their own', async () => {
    const { room } = await together('people-hold')
    const ada = await lease(room, alice)
    expect(ada).toMatchObject({ customer: { name: 'Ada' }, sharedWith: [{ name: 'Bo', userCode: 'BO' }] })
    expect(await pull(room, bob)).toMatchObject({ lease: null, blocked: { heldElsewhere: 1 } })
    await room.apply(alice, [said(ada, 'no-answer')])
    const bo = await lease(room, bob)
    expect(bo).toMatchObject({ customer: { name: 'Bo', phone: numberOf(1) }, entry: { attempt: 1 }, history: [] })
    expect(await pull(room, alice)).toMatchObject({ lease: null })
  })

  it('[IMP-4] [POOL-1] a call that outlives its lease holds the number for both', async () => {
    let now = Date.now()
    PoolRoom.clock = () => now
    const { room } = await together('people-call')
    const ada = await lease(room, alice)
    const call = { entryId: ada.entry.id, callId: 'call-1', number: numberOf(1), since: now }
    await room.callHolds({ ...call, isOver: false })
    now += 11 * 60_000
    expect(await pull(room, bob)).toMatchObject({ lease: null, blocked: { heldElsewhere: 2 } })
    await room.callHolds({ ...call, isOver: true })
    expect((await lease(room, bob)).entry.id).toBe('1')
  })

  it('[IMP-4] [POOL-1] across pools: while one of them is held, neither is given anywhere', async () => {
    const { room } = await together('people-here')
    const other = await openPool('people-there', [aRow(1, { phone: numberOf(1) })])
    await expect.poll(async () => (await room.settled(), other.settled(), true)).toBe(true)
    const there = await lease(other, alice)
    await expect.poll(async () => (await pull(room, bob)).lease).toBeNull()
    expect(await pull(room, bob)).toMatchObject({ blocked: { heldElsewhere: 2 } })
    await other.apply(alice, [said(there, 'reached')])
    await expect.poll(async () => (await pull(room, bob)).lease !== null).toBe(true)
    expect(await pull(other, alice)).toMatchObject({ lease: null })
  })

  it('[IMP-4] [POOL-16] do-not-call bars both, by a disposition, by a list and by a beginning', async () => {
    const { room } = await together('people-barred')
    await room.apply(alice, [said(await lease(room, alice), 'do-not-call')])
    expect(await room.stats()).toMatchObject({ total: 2, doNotCall: 2 })

    const told = (await together('people-barred-list')).room
    const news = { version: 1, at: 1, by: { id: 'dora', name: 'Dora' }, list: 'global' }
    await told.addDoNotCall({ ...news, values: [numberOf(1)] })
    expect(await told.stats()).toMatchObject({ doNotCall: 2 })

    const begun = (await together('people-barred-beginning')).room
    await begun.addDoNotCall({ ...news, version: 2, values: [`${numberOf(1).slice(0, -3)}*`] })
    await expect.poll(() => begun.stats()).toMatchObject({ doNotCall: 2 })
  })

  it('[IMP-5] an undone import takes the second person out again, and not the first', async () => {
    const room = await openPool('people-undo', household().slice(0, 1))
    const { view } = await fill(room, household(), 'merge', 'second-person')
    expect(view.counts).toMatchObject({ unchanged: 1, second: 1 })
    let undone = granted(await room.undoSlice(carol, view.id))
    while (undone.state !== 'undone') undone = granted(await room.undoSlice(carol, view.id))
    expect(undone.undone).toMatchObject({ removed: 1 })
    expect((await shown('people-undo')).map(({ customerName }) => customerName)).toEqual(['Ada'])
  })

  it('[POOL-24] both go to another pool as two people', async () => {
    const { room } = await together('people-from')
    const to = await openPool('people-to', 0)
    const id = crypto.randomUUID()
    const action = { kind: 'transfer' as const, toPoolId: 'people-to' }
    granted(await room.startBulk(carol, { id, action, selection: { filter: {}, except: [] }, reason: 'moved' }))
    await expect.poll(async () => granted(await room.bulk(id)).endedAt, { timeout: 10_000 }).not.toBeNull()
    expect((await shown('people-to')).map(({ customerName }) => customerName)).toEqual(['Ada', 'Bo'])
    const first = await lease(to, alice)
    expect(await pull(to, bob)).toMatchObject({ lease: null })
    await to.apply(alice, [said(first, 'reached')])
    expect((await lease(to, bob)).customer.name).toBe('Bo')
  })

  it('opens a pool of the release before, whose numbers were unique', async () => {
    await together('people-old', household().slice(0, 1))
    await runInDurableObject(env.POOL.getByName('people-old'), (_room, state) => {
      state.storage.sql.exec(`
        DROP INDEX entry_second; DROP INDEX entry_number; ALTER TABLE entry DROP COLUMN second;
        CREATE UNIQUE INDEX entry_phone ON entry(phone);`)
    })
    await evict(env.POOL.getByName('people-old'))
    const again = poolRoom(env, 'people-old')
    const { view } = await fill(again, household(), 'merge', 'second-person')
    expect(view.counts).toMatchObject({ unchanged: 1, second: 1, duplicate: 1 })
    expect(await again.stats()).toMatchObject({ total: 2 })
  })
})

/** A small generator that gives the same history for the same seed. */
function drawing(seed: number) {
  let state = seed
  return (n: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return (state >>> 8) % n
  }
}

async function holders(id: string): Promise<{ phone: string; holder: string }[]> {
  return runInDurableObject(env.POOL.getByName(id), (_room, state) =>
    state.storage.sql
      .exec<{ phone: string; holder: string }>('SELECT phone, holder FROM entry WHERE holder IS NOT NULL')
      .toArray(),
  )
}

describe('a random history of people who share numbers', () => {
  it.each([11, 12, 13])('[IMP-4] [POOL-1] nobody ever holds a number that another holds: seed %i', async (seed) => {
    let now = Date.now()
    PoolRoom.clock = () => now
    const id = `people-history-${seed}`
    const draw = drawing(seed)
    const numbers = Array.from({ length: 4 }, (_, n) => numberOf(n + 1))
    const codes = ['A', 'B', 'C']
    const rows = numbers.flatMap((phone, n) =>
      codes.map((userCode, of) => aRow(n * 3 + of + 1, { phone, userCode, name: `${userCode}${n}` })),
    )
    const room: PoolPort = await openPool(id, 0, { ...aPool(id, { maxAttempts: 20 }) })
    const { view } = await fill(room, rows, 'merge', 'second-person')
    expect(view.counts).toMatchObject({ new: 4, second: 8 })
    const agents = Array.from({ length: 6 }, (_, n) => ({ ...alice, userId: `agent-${n}`, name: `Agent ${n}` }))
    for (let step = 0; step < 120; step += 1) {
      const agent = agents[draw(agents.length)]!
      const reply = await pull(room, agent)
      if (reply.lease !== null) {
        const act = draw(5)
        if (act === 0) await room.apply(agent, [said(reply, ['no-answer', 'busy', 'voicemail'][draw(3)]!)])
        else if (act === 1) await room.apply(agent, [about(reply, 'release-lease', { reason: 'x' })])
        else if (act === 2) now += draw(12) * 60_000
      }
      if (draw(10) === 0) await fill(room, rows, 'merge', 'second-person')
      const held = await holders(id)
      const live = held.map(({ phone }) => phone)
      expect(new Set(live).size, `step ${step}: ${JSON.stringify(held)}`).toBe(live.length)
    }
    expect(await room.stats()).toMatchObject({ total: 12 })
  })
})
