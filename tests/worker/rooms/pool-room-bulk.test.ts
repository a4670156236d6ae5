import { env } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { BulkView, BulkSelection } from '#shared/protocol/bulk'
import type { BulkAction } from '#shared/domain/pool/bulk'
import { poolRoom } from '#worker/rooms/doors'
import type { PoolPort } from '#worker/rooms/ports'
import { numberOf } from '#tests/support/workerd/numbers'
import { alice, aRow, bob, carol, granted, lease, openPool as open, pull, said } from '#tests/support/workerd/pool'
import { evict } from '#tests/support/workerd/evict'

/** Numbers that no other pool of this file has: a number held in one is free in none (POOL-1). */
let numbers = 0
function openPool(id: string, customers: number, over: Parameters<typeof open>[2] = {}) {
  const base = (numbers += 5_000)
  const rows = Array.from({ length: customers }, (_, n) => aRow(n + 1, { phone: numberOf(base + n) }))
  return open(id, rows, over)
}
const EVERYTHING = { filter: {}, except: [] }
async function start(
  room: PoolPort,
  action: BulkAction,
  selection: BulkSelection = EVERYTHING,
  id = crypto.randomUUID(),
) {
  return granted(await room.startBulk(carol, { id, action, selection, reason: 'the October file' }))
}
const over = (room: () => PoolPort, id: string): Promise<BulkView> =>
  expect
    .poll(async () => granted(await room().bulk(id)), { timeout: 20_000, interval: 20 })
    .toMatchObject({ endedAt: expect.any(Number) })
    .then(async () => granted(await room().bulk(id)))
async function whole(room: PoolPort, action: BulkAction, selection: BulkSelection = EVERYTHING) {
  const { id } = await start(room, action, selection)
  return over(() => room, id)
}
async function outcomes(room: PoolPort, id: string) {
  const { items } = granted(await room.bulkRows(id, 0, 1_000))
  return Object.fromEntries(items.map((row) => [row.entryId, row.outcome]))
}

describe('bulk actions', () => {
  it('[POOL-24] pauses all that match, resumes them again, and says what became of each', async () => {
    const room = await openPool('bulk-pause', 400)
    const paused = await whole(room, { kind: 'pause' }, { filter: { text: 'Customer 1' }, except: ['1'] })
    // 1, 10…19, 100…199 but the first
    expect(paused).toMatchObject({ state: 'finished', total: 110, done: 110, unchanged: 0, refusals: 0 })
    expect(await room.stats()).toMatchObject({ paused: 110, pending: 290, total: 400 })
    const resumed = await whole(room, { kind: 'resume' }, { filter: { states: ['paused'] }, except: [] })
    expect(resumed).toMatchObject({ done: 110 })
    expect(await room.stats()).toMatchObject({ paused: 0, pending: 400 })
  })

  it('[POOL-24] an owner is who pulls them; taken away they are anyone’s again', async () => {
    const room = await openPool('bulk-assign', 3)
    await whole(room, { kind: 'assign', to: 'bob' })
    expect(await pull(room, alice)).toMatchObject({ lease: null, blocked: { assignedToAnother: 3 } })
    expect((await lease(room, bob)).entry.id).toBe('1')
    const { id } = await whole(room, { kind: 'assign', to: null }, { entries: ['2', '3'] })
    expect((await lease(room, alice)).entry.id).toBe('2')
    expect(await outcomes(room, id)).toEqual({ 2: 'done', 3: 'done' })
  })

  it('[POOL-2, 24] the order follows a new priority at once', async () => {
    const room = await openPool('bulk-priority', 5)
    await whole(room, { kind: 'prioritise', priority: 7 }, { entries: ['4'] })
    expect((await lease(room, alice)).entry).toMatchObject({ id: '4', priority: 7 })
  })

  it('[POOL-11, 24] recycles the unreachable with fresh attempts and refuses the others, row by row', async () => {
    const room = await openPool('bulk-recycle', 3, { maxAttempts: 1 })
    await room.apply(alice, [said(await lease(room, alice), 'no-answer')])
    await room.apply(alice, [said(await lease(room, alice), 'reached')])
    const ended = await whole(room, { kind: 'recycle' })
    expect(ended).toMatchObject({ total: 3, done: 1, refusals: 2 })
    expect(await outcomes(room, ended.id)).toEqual({ 1: 'done', 2: 'entry-state', 3: 'entry-state' })
    expect((await lease(room, bob)).entry).toMatchObject({ id: '1', attempt: 1 })
  })

  it('[POOL-24] tags and untags; what has the tag already is unchanged', async () => {
    const room = await openPool('bulk-tag', 3)
    expect(await whole(room, { kind: 'tag', tags: ['vip'] }, { entries: ['1', '2'] })).toMatchObject({ done: 2 })
    expect(await whole(room, { kind: 'tag', tags: ['vip'] })).toMatchObject({ done: 1, unchanged: 2 })
    const untagged = await whole(room, { kind: 'untag', tags: ['vip'] }, { filter: { tags: ['vip'] }, except: ['3'] })
    expect(untagged).toMatchObject({ total: 2, done: 2 })
    expect((await lease(room, alice)).customer.tags).toEqual([])
  })

  it('[POOL-24] pausing takes a hold away, and the agent’s word still counts', async () => {
    const room = await openPool('bulk-held', 1)
    const held = await lease(room, alice)
    await whole(room, { kind: 'pause' })
    expect(await room.held('alice')).toBeNull()
    expect(await room.apply(alice, [said(held, 'reached')])).toMatchObject([
      { outcome: 'accepted', entry: { state: 'completed' } },
    ])
  })

  it('[POOL-24] asked again with its id it is the same; an agent may start none', async () => {
    const room = await openPool('bulk-again', 4)
    const { id } = await start(room, { kind: 'prioritise', priority: 1 })
    await over(() => room, id)
    expect(await start(room, { kind: 'prioritise', priority: 9 }, EVERYTHING, id)).toMatchObject({ id, done: 4 })
    expect((await room.bulks()).length).toBe(1)
    expect((await lease(room, alice)).entry.priority).toBe(1)
    const asked = { id: crypto.randomUUID(), action: { kind: 'pause' as const }, selection: EVERYTHING, reason: '' }
    expect(await room.startBulk(alice, asked)).toEqual({ refused: 'not-permitted' })
  })

  it('[POOL-24] goes on after the room is thrown away, and does nothing twice', async () => {
    await openPool('bulk-evicted', 1_200)
    const room = () => poolRoom(env, 'bulk-evicted')
    const { id } = await start(room(), { kind: 'pause' })
    let thrown = 0
    for (let seen = -1; ;) {
      const view = granted(await room().bulk(id))
      if (view.endedAt !== null) break
      if (view.done === seen) continue
      seen = view.done
      thrown += 1
      await evict(env.POOL.getByName('bulk-evicted'))
    }
    expect(thrown).toBeGreaterThan(2)
    expect(granted(await room().bulk(id))).toMatchObject({ state: 'finished', total: 1_200, done: 1_200, refusals: 0 })
    expect(await room().stats()).toMatchObject({ paused: 1_200, total: 1_200 })
  })

  it('[POOL-24] cancelled: what is done stays done, the rest is as it was, and the next one begins', async () => {
    const room = await openPool('bulk-cancel', 3_000)
    const { id } = await start(room, { kind: 'pause' })
    await expect.poll(async () => granted(await room.bulk(id)).done, { interval: 5 }).toBeGreaterThan(0)
    const cancelled = granted(await room.cancelBulk(carol, id))
    expect(cancelled.state).toBe('cancelled')
    expect(cancelled.done).toBeLessThan(3_000)
    const next = await whole(room, { kind: 'prioritise', priority: 2 }, { entries: ['3000'] })
    expect(next).toMatchObject({ state: 'finished', done: 1 })
    expect(await room.stats()).toMatchObject({ paused: granted(await room.bulk(id)).done })
    const left = granted(await room.bulkRows(id, 2_990, 100)).items
    expect(left.every((row) => row.outcome === null)).toBe(true)
  })
})
