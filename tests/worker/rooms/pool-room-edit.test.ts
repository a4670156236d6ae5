import { env } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LOCK_MS } from '#shared/domain/pool/edit-lock'
import { PoolRoom } from '#worker/rooms/pool-room'
import type { PoolPort } from '#worker/rooms/ports'
import { elapse, evict } from '#tests/support/workerd/evict'
import { Viewer } from '#tests/support/workerd/live-viewer'
import { about, alice, aRow, bob, carol, fill, granted, lease, openPool, said } from '#tests/support/workerd/pool'

let now = Date.UTC(2026, 10, 20, 9)
beforeEach(() => {
  now = Date.UTC(2026, 10, 20, 9)
  PoolRoom.clock = () => now
})
afterEach(() => {
  PoolRoom.clock = () => Date.now()
})

const uuid = () => crypto.randomUUID()
const toName = (from: string | null, to: string) => [{ field: 'name', from, to }]
const lock = (room: PoolPort, who: typeof carol | typeof alice, entryId: string, lockId = uuid(), step = 'open') =>
  room.lockCard(who, { entryId, lockId, step: step as 'open' })

describe('editing a customer', () => {
  it('[POOL-23] an agent edits the one they hold and nobody else; a supervisor anyone', async () => {
    const room = await openPool('edit-who', 2)
    const { entry } = await lease(room, alice)
    expect(await room.readCard(bob, entry.id)).toEqual({ refused: 'not-permitted' })
    expect(await lock(room, bob, entry.id)).toEqual({ refused: 'not-permitted' })
    expect(await room.readCard(alice, entry.id)).toMatchObject({ customer: { name: 'Customer 1' }, edited: [] })
    expect(await room.readCard(carol, '2')).toMatchObject({ customer: { name: 'Customer 2' } })
  })

  it('[POOL-23] keeps who, when, from, to of every change, newest first', async () => {
    const room = await openPool('edit-history', 1)
    await room.editCard(carol, { id: uuid(), entryId: '1', changes: toName('Customer 1', 'Erin') })
    now += 60_000
    const mail = [{ field: 'email', from: null, to: 'erin@example.org' }]
    const after = granted(await room.editCard(carol, { id: uuid(), entryId: '1', changes: mail }))
    expect(after).toMatchObject({ customer: { name: 'Erin', email: 'erin@example.org' }, edited: ['email', 'name'] })
    const by = { id: 'carol', name: 'Carol', how: 'person' }
    expect(granted(await room.cardHistory(carol, { entryId: '1', before: null })).items).toEqual([
      { n: 2, field: 'email', at: now, by, from: null, to: 'erin@example.org' },
      { n: 1, field: 'name', at: now - 60_000, by, from: 'Customer 1', to: 'Erin' },
    ])
  })

  it('[POOL-23] [IMP-4] an import keeps what a person edited, and its own changes are in the history too', async () => {
    const room = await openPool('edit-import', 1)
    await room.editCard(carol, { id: uuid(), entryId: '1', changes: toName('Customer 1', 'Erin') })
    const row = aRow(1, { name: 'Customer One' })
    await fill(room, [
      { ...row, fields: { ...(row as { fields: object }).fields, notes: 'from the list' } } as typeof row,
    ])
    const { customer } = granted(await room.readCard(carol, '1'))
    expect(customer).toMatchObject({ name: 'Erin', notes: 'from the list' })
    const { items } = granted(await room.cardHistory(carol, { entryId: '1', before: null }))
    expect(items[0]).toMatchObject({ field: 'notes', by: { name: 'Dora', how: 'import' }, to: 'from the list' })
  })

  it('[POOL-23] two who edit the same field: the second is told which, and nothing of theirs is written', async () => {
    const room = await openPool('edit-conflict', 1)
    await room.editCard(carol, { id: uuid(), entryId: '1', changes: toName('Customer 1', 'Erin') })
    const late = [...toName('Customer 1', 'Eren'), { field: 'notes', from: null, to: 'polite' }]
    expect(await room.editCard(carol, { id: uuid(), entryId: '1', changes: late })).toEqual({
      refused: 'conflict',
      detail: 'name',
    })
    expect(granted(await room.readCard(carol, '1')).customer).toMatchObject({ name: 'Erin', notes: null })
  })

  it('[POOL-23] [SYNC-1] an agent’s edit counts by their token, also after the disposition and twice over the wire', async () => {
    const room = await openPool('edit-outbox', 1)
    const view = await lease(room, alice)
    const edit = about(view, 'edit-customer', { changes: [{ field: 'notes', from: null, to: 'has a dog' }] })
    await room.apply(alice, [said(view, 'no-answer')])
    expect(await room.apply(alice, [edit])).toMatchObject([{ outcome: 'accepted', entry: { state: 'pending' } }])
    expect(await room.apply(alice, [edit])).toMatchObject([{ outcome: 'duplicate' }])
    expect(await room.apply(bob, [{ ...edit, id: uuid() }])).toMatchObject([{ code: 'foreign-token' }])
    expect(granted(await room.cardHistory(carol, { entryId: '1', before: null })).items).toHaveLength(1)
  })

  it('[POOL-23] what a person emptied is empty in the lists, which no import can do', async () => {
    const room = await openPool('edit-empty', [aRow(7001, { name: 'Erin' })])
    granted(
      await room.editCard(carol, { id: uuid(), entryId: '1', changes: [{ field: 'name', from: 'Erin', to: null }] }),
    )
    await room.settled()
    const { customer } = granted(await room.readCard(carol, '1'))
    const row = await env.DB.prepare('SELECT name FROM customers WHERE id=?').bind(customer.id).first()
    expect(row).toEqual({ name: null })
  })
})

describe('the editing lock', () => {
  it('[POOL-23] is refused with who and since when, lapses by itself, and survives an eviction', async () => {
    const room = await openPool('lock-lapse', 1)
    const held = granted(await lock(room, carol, '1'))
    expect(held).toMatchObject({ agentName: 'Carol', since: now, expiresAt: now + LOCK_MS })
    await evict(env.POOL.getByName('lock-lapse'))
    const again = env.POOL.getByName('lock-lapse') as unknown as PoolPort
    await lease(again, alice)
    expect(await lock(again, alice, '1')).toEqual({
      refused: 'being-edited',
      facts: { held: { agentId: 'carol', agentName: 'Carol', since: now, until: now + LOCK_MS } },
    })
    now += LOCK_MS
    expect(granted(await again.readCard(carol, '1')).lock).toBeNull()
    expect(granted(await lock(again, alice, '1'))).toMatchObject({ agentName: 'Alice' })
  })

  it('[POOL-23] with its lock an edit is refused once another took it over; without one, field by field', async () => {
    const room = await openPool('lock-edit', 1)
    const view = await lease(room, alice)
    const mine = uuid()
    granted(await lock(room, alice, '1', mine))
    granted(await lock(room, carol, '1', uuid(), 'take-over'))
    const changes = [{ field: 'notes', from: null, to: 'typed before' }]
    expect(await room.apply(alice, [about(view, 'edit-customer', { lockId: mine, changes })])).toMatchObject([
      { outcome: 'refused', code: 'being-edited' },
    ])
    expect(await room.apply(alice, [about(view, 'edit-customer', { changes })])).toMatchObject([
      { outcome: 'accepted' },
    ])
  })

  it('[POOL-23] saving lets the lock go; letting go of another’s changes nothing', async () => {
    const room = await openPool('lock-save', 1)
    const mine = uuid()
    granted(await lock(room, carol, '1', mine))
    await room.unlockCard(carol, { entryId: '1', lockId: uuid() })
    expect(granted(await room.readCard(carol, '1')).lock).not.toBeNull()
    const changes = toName('Customer 1', 'Erin')
    expect(granted(await room.editCard(carol, { id: uuid(), entryId: '1', lockId: mine, changes })).lock).toBeNull()
  })

  it('[POOL-23] whoever looks at the pool sees it come, change hands and lapse', async () => {
    const room = await openPool('lock-live', 3)
    const stub = env.POOL.getByName('lock-live')
    const viewer = await (await Viewer.of(stub)).until((v) => v.heard.length === 1)
    expect(viewer.heard[0]).toMatchObject({ type: 'snapshot', entries: [] })
    granted(await lock(room, carol, '2'))
    await viewer.until((v) => v.heard.length === 2)
    expect(viewer.last).toMatchObject({ type: 'entry-changed', entry: { entryId: '2', lock: { agentName: 'Carol' } } })
    const second = await (await Viewer.of(stub)).until((v) => v.heard.length === 1)
    expect(second.heard[0]).toMatchObject({ entries: [{ entryId: '2', lock: { agentName: 'Carol' } }] })
    now += LOCK_MS
    await elapse(stub, 'locks')
    await viewer.until((v) => v.heard.length === 3)
    expect(viewer.last).toMatchObject({ entry: { entryId: '2', lock: null } })
  })
})
