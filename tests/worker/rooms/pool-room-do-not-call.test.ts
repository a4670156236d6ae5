import { env } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { numberOf } from '#tests/support/workerd/numbers'
import { alice, aRow, bob, carol, granted, lease, openPool, packed, pull, said } from '#tests/support/workerd/pool'
import { evict } from '#tests/support/workerd/evict'
import { poolRoom } from '#worker/rooms/doors'
import type { PoolPort } from '#worker/rooms/ports'

const by = { id: carol.userId, name: carol.name }
let version = 1_000
const listed = (values: string[], list = 'global') => ({ list, version: ++version, at: 1, by, values })
const barred = async (room: PoolPort) => (await room.stats()).doNotCall

describe('what a pool keeps of the do-not-call lists', () => {
  it('[POOL-16] a number on the list ends its hold at once and is pulled no more, also after a cold start', async () => {
    const room = await openPool('dnc-hold', 2)
    const view = await lease(room, alice)
    await room.addDoNotCall(listed([view.customer.phone]))
    expect(await room.held('alice')).toBeNull()
    expect(await room.isBarred(view.customer.phone)).toBe(true)
    await evict(env.POOL.getByName('dnc-hold'))
    const again = poolRoom(env, 'dnc-hold')
    expect(await again.isBarred(view.customer.phone)).toBe(true)
    expect((await lease(again, bob)).customer.phone).not.toBe(view.customer.phone)
  })

  it('[POOL-16] of ten thousand numbers it keeps the two it has', async () => {
    const room = await openPool('dnc-few', 2)
    const others = Array.from({ length: 10_000 }, (_, n) => `+4477009${String(n).padStart(5, '0')}`)
    await room.addDoNotCall(listed([...others, numberOf(1), numberOf(2)]))
    expect(await barred(room)).toBe(2)
    expect(await room.isBarred(others[0]!)).toBe(false)
  })

  it('[POOL-16] numbers of an import on its way are kept, and are not taken in when it is committed', async () => {
    const room = await openPool('dnc-staged', 0)
    const id = crypto.randomUUID()
    const opening = { fileName: 'l.csv', sha256: 'a'.repeat(64), rowCount: 2, policy: 'merge' as const }
    await room.openImport({ id, ...opening, columns: [], by, at: 1 })
    granted(await room.putChunk(id, 0, packed([aRow(1), aRow(2)])))
    await room.addDoNotCall(listed([numberOf(2)]))
    let view = granted(await room.commitSlice(id))
    while (view.state !== 'committed') view = granted(await room.commitSlice(id))
    expect(await room.stats()).toMatchObject({ total: 1, pending: 1 })
  })

  it('[POOL-16] what was checked against an older version of the lists than the pool was told of is refused', async () => {
    const room = await openPool('dnc-version', 0)
    const news = listed([numberOf(1)])
    await room.addDoNotCall(news)
    const id = crypto.randomUUID()
    const opening = { fileName: 'l.csv', sha256: 'a'.repeat(64), rowCount: 1, policy: 'merge' as const }
    await room.openImport({ id, ...opening, columns: [], by, at: 1 })
    const stale = { asOf: news.version - 1, listed: [] }
    expect(await room.putChunk(id, 0, [], stale)).toMatchObject({ refused: 'conflict' })
    const fresh = { asOf: news.version, listed: [{ number: numberOf(1), list: 'global', byId: null, byName: null }] }
    expect(await room.putChunk(id, 0, [], fresh)).not.toMatchObject({ refused: 'conflict' })
    expect(await room.isBarred(numberOf(1))).toBe(true)
  })

  it('[POOL-16] a beginning bars whoever holds such a number at once, and every other before anyone pulls them', async () => {
    const rows = Array.from({ length: 40 }, (_, n) => aRow(n + 1, { phone: `+9085055${String(n).padStart(5, '0')}` }))
    const room = await openPool('dnc-beginning', [...rows, aRow(100)])
    const held = await lease(room, alice)
    await room.addDoNotCall(listed(['+90850*']))
    expect(await room.held('alice')).toBeNull()
    expect(await room.isBarred(held.customer.phone)).toBe(true)
    expect((await lease(room, bob)).customer.phone).toBe(numberOf(100))
    expect((await pull(room, alice)).lease).toBeNull()
    await expect.poll(() => barred(room)).toBe(40)
    await room.removeDoNotCall({ list: 'global', version: ++version, value: '+90850*' })
    expect(await room.isBarred('+908505500001')).toBe(false)
  })

  it('[POOL-16] its own list is its own; the list of another pool is none of its business', async () => {
    const room = await openPool('dnc-own', 2)
    await room.addDoNotCall(listed([numberOf(1)], 'dnc-other'))
    expect(await barred(room)).toBe(0)
    await room.addDoNotCall(listed([numberOf(1)], 'dnc-own'))
    await room.addDoNotCall(listed([numberOf(1)]))
    await room.removeDoNotCall({ list: 'dnc-own', version: ++version, value: numberOf(1) })
    expect(await room.isBarred(numberOf(1))).toBe(true)
    await room.removeDoNotCall({ list: 'global', version: ++version, value: numberOf(1) })
    expect(await room.isBarred(numberOf(1))).toBe(false)
  })

  it('[POOL-16] a late do-not-call ends the next holder’s hold, and their Call is refused', async () => {
    const room = await openPool('dnc-late', 1)
    const alices = await lease(room, alice)
    await room.releaseFor(carol, alices.entry.id, 'took too long')
    const bobs = await lease(room, bob)
    expect(bobs.lease.token).toBeGreaterThan(alices.lease.token)
    const [result] = await room.apply(alice, [said(alices, 'do-not-call')])
    expect(result!.outcome).toBe('late')
    expect(await room.held('bob')).toBeNull()
    expect(await room.isBarred(bobs.customer.phone)).toBe(true)
  })
})
