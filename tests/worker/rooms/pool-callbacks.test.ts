import { runInDurableObject } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PoolRoom } from '#worker/rooms/pool-room'
import type { AgentCommand } from '#shared/protocol/commands'
import type { PoolPort } from '#worker/rooms/ports'
import { alice, bob, carol, lease, openPool, pull, said } from '#tests/support/workerd/pool'

const MINUTE = 60_000
let now = Date.UTC(2026, 10, 20, 9)
beforeEach(() => {
  now = Date.UTC(2026, 10, 20, 9)
  PoolRoom.clock = () => now
})
afterEach(() => {
  PoolRoom.clock = () => Date.now()
})

type Change = { kind: 'move-callback'; callbackAt: number; callbackFor?: 'me' | 'anyone' } | { kind: 'cancel-callback' }
const about = (poolId: string, entryId: string, was: number, change: Change): AgentCommand =>
  ({ id: crypto.randomUUID(), at: now, poolId, entryId, was, ...change }) as AgentCommand

async function promised(
  name: string,
  callbackFor: 'me' | 'anyone' = 'me',
): Promise<{ room: PoolPort; entryId: string; at: number }> {
  const room = await openPool(name, 1)
  const view = await lease(room, alice)
  const at = now + 90 * MINUTE
  await room.apply(alice, [said(view, 'call-back', { callbackAt: at, callbackFor, note: 'after work' })])
  return { room, entryId: view.entry.id, at }
}

describe('promised calls in their pool', () => {
  it('[POOL-15] moved, it comes due at its new time: to its agent first, to anyone after the grace', async () => {
    const { room, entryId, at } = await promised('callback-moved')
    const to = at + 60 * MINUTE
    expect(
      await room.apply(alice, [about('callback-moved', entryId, at, { kind: 'move-callback', callbackAt: to })]),
    ).toMatchObject([{ outcome: 'accepted', entry: { dueAt: to } }])
    now = to - 1
    expect(await pull(room, alice)).toMatchObject({ lease: null, nextDueAt: to })
    now = to + 15 * MINUTE - 1
    expect(await pull(room, bob)).toMatchObject({ lease: null, blocked: { assignedToAnother: 1 } })
    now = to + 15 * MINUTE
    expect((await lease(room, bob)).entry).toMatchObject({ id: entryId, callback: { at: to, note: 'after work' } })
  })

  it('[POOL-15] is moved by nobody else but a supervisor, and not from a time that no longer stands', async () => {
    const { room, entryId, at } = await promised('callback-whose')
    const move = (was: number) =>
      about('callback-whose', entryId, was, { kind: 'move-callback', callbackAt: at + MINUTE })
    expect(await room.apply(bob, [move(at)])).toMatchObject([{ outcome: 'refused', code: 'not-permitted' }])
    expect(await room.apply(carol, [move(at)])).toMatchObject([{ outcome: 'accepted' }])
    expect(await room.apply(alice, [move(at)])).toMatchObject([{ outcome: 'refused', code: 'conflict' }])
    const [again] = await room.apply(alice, [move(at + MINUTE + 1)])
    expect(again).toMatchObject({ outcome: 'refused', code: 'conflict' })
  })

  it('[POOL-15] a repeated command moves once; one past its time is refused', async () => {
    const { room, entryId, at } = await promised('callback-twice')
    const move = about('callback-twice', entryId, at, { kind: 'move-callback', callbackAt: at + MINUTE })
    await room.apply(alice, [move])
    expect(await room.apply(alice, [move])).toMatchObject([{ outcome: 'duplicate' }])
    const past = about('callback-twice', entryId, at + MINUTE, { kind: 'move-callback', callbackAt: now })
    expect(await room.apply(alice, [past])).toMatchObject([{ outcome: 'refused', code: 'callback-in-the-past' }])
  })

  it('[POOL-15] cancelled, the customer can be pulled by anyone at once, and there is nothing left to move', async () => {
    const { room, entryId, at } = await promised('callback-cancelled')
    const cancel = about('callback-cancelled', entryId, at, { kind: 'cancel-callback' })
    expect(await room.apply(alice, [cancel])).toMatchObject([{ outcome: 'accepted' }])
    expect(await room.callbacks('alice')).toEqual([])
    expect((await lease(room, bob)).entry.id).toBe(entryId)
    const move = about('callback-cancelled', entryId, at, { kind: 'move-callback', callbackAt: at + 1 })
    expect(await room.apply(alice, [move])).toMatchObject([{ outcome: 'refused', code: 'unknown-callback' }])
  })

  it('[POOL-15] stands in the lists of who may make it, and in the pool’s own', async () => {
    const { room, entryId, at } = await promised('callback-lists', 'anyone')
    expect(await room.callbacks('bob')).toMatchObject([{ entryId, at, isMine: false, isOwn: false, country: 'TR' }])
    expect(await room.callbacks('alice')).toMatchObject([{ entryId, isMine: false, isOwn: true }])
    expect(await room.promised(null, 10)).toMatchObject([{ entryId, at, forId: null, byId: 'alice', state: 'pending' }])
    expect(await room.promised({ at, entryId: Number(entryId) }, 10)).toEqual([])
  })

  it('[POOL-15] attempt 3 of 3 with a promise is not unreachable', async () => {
    const room = await openPool('callback-last', 1, { maxAttempts: 1 })
    const view = await lease(room, alice)
    const at = now + 30 * MINUTE
    await room.apply(alice, [said(view, 'call-back', { callbackAt: at })])
    expect(await room.stats()).toMatchObject({ pending: 1, unreachable: 0 })
    now = at
    const again = await lease(room, alice)
    await room.apply(alice, [said(again, 'no-answer')])
    expect(await room.stats()).toMatchObject({ pending: 0, unreachable: 1 })
  })
})

describe('what a pool says and asks', () => {
  const form = [{ id: 'plan', label: 'Plan', kind: 'choice' as const, required: true, options: ['Gold', 'Silver'] }]

  it('[POOL-28] refuses an attempt without a required answer; the answer is kept with it and shown to the next', async () => {
    const room = await openPool('talk-form', 1, { form, maxAttempts: 3 })
    const view = await lease(room, alice)
    expect(view.pool.form).toMatchObject([{ id: 'plan' }])
    const refused = await room.apply(alice, [said(view, 'interested')])
    expect(refused).toMatchObject([{ outcome: 'refused', code: 'form-incomplete', detail: 'Plan' }])
    const wrong = await room.apply(alice, [said(view, 'interested', { answers: { plan: 'Tin' } })])
    expect(wrong).toMatchObject([{ outcome: 'refused', code: 'form-invalid', detail: 'Plan' }])
    const at = now + 30 * MINUTE
    const kept = said(view, 'call-back', {
      callbackAt: at,
      callbackFor: 'anyone',
      answers: { plan: 'Gold' },
      tags: ['warm'],
    })
    expect(await room.apply(alice, [kept])).toMatchObject([{ outcome: 'accepted' }])
    now = at
    expect((await lease(room, bob)).history).toMatchObject([
      { answers: [{ field: 'plan', label: 'Plan', value: 'Gold' }], tags: ['warm'] },
    ])
  })

  it('[POOL-10] a retired disposition that a device still sends is booked; codes in use are known', async () => {
    const room = await openPool('retired', 2)
    const view = await lease(room, alice)
    const pool = (await room.settings())!
    const dispositions = pool.dispositions.map((one) =>
      one.code === 'busy' ? { ...one, retired: true, hotkey: null } : one,
    )
    await room.configure({ ...pool, version: 2, dispositions })
    expect(await room.apply(alice, [said(view, 'busy')])).toMatchObject([{ outcome: 'accepted' }])
    expect(await room.usedDispositions()).toEqual(['busy'])
  })

  it('[POOL-15] a room made before promises knew who made them opens again', async () => {
    const room = await openPool('older', 1)
    await runInDurableObject(room as unknown as DurableObjectStub<PoolRoom>, (_, state) => {
      state.storage.sql.exec('ALTER TABLE entry DROP COLUMN callback_by')
      return new PoolRoom(state, (_ as unknown as { env: never }).env)
    })
    const view = await lease(room, alice)
    await room.apply(alice, [said(view, 'call-back', { callbackAt: now + MINUTE })])
    expect(await room.promised(null, 5)).toMatchObject([{ byId: 'alice' }])
  })
})
