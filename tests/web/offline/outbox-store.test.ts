import 'fake-indexeddb/auto'
import { uuidv7 } from 'uuidv7'
import { beforeEach, expect, it } from 'vitest'
import type { NewItem } from '#shared/outbox/item'
import { openDeviceDb, type DeviceDb } from '../../../web/src/lib/offline/device-db'
import { OutboxStore } from '../../../web/src/lib/offline/outbox-store'

const NOON = Date.UTC(2026, 10, 20, 12)
let db: DeviceDb
let store: OutboxStore
let person = 0

beforeEach(async () => {
  db = await openDeviceDb(`alice-${person++}`)
  store = new OutboxStore(db)
})

function given(subject: string): Omit<NewItem, 'seq'> {
  return {
    subject,
    isUrgent: false,
    command: {
      kind: 'skip-entry',
      id: uuidv7(),
      at: NOON,
      poolId: 'renewals',
      entryId: subject,
      token: 1,
      reason: 'asleep',
    },
    about: { customerName: 'Erin', phone: '+12025550123', disposition: null },
  }
}

it('[SYNC-1] what was written is there after the page is gone, in the order of writing', async () => {
  for (const subject of ['erin', 'frank', 'erin']) await store.write(given(subject), NOON)
  db.close()
  const reopened = new OutboxStore(await openDeviceDb(`alice-${person - 1}`))
  const items = await reopened.unsent()
  expect(items.map((item) => [item.seq, item.subject, item.state])).toEqual([
    [1, 'erin', 'waiting'],
    [2, 'frank', 'waiting'],
    [3, 'erin', 'waiting'],
  ])
})

it('[SYNC-1] the command and the desk change together or not at all', async () => {
  await db.put('desk', 'erin’s lease', 'hand')
  const disposing = () =>
    store.write(given('erin'), NOON, async (desk) => {
      if ((await desk.get('hand')) === undefined) return false
      await desk.delete('hand')
      return true
    })
  const [mine, otherTabs] = await Promise.all([disposing(), disposing()])
  expect([mine, otherTabs].filter((item) => item !== null)).toHaveLength(1)
  expect(await store.unsent()).toHaveLength(1)
})

it('[SYNC-2] a slower tab never takes a settled item back to waiting', async () => {
  const item = (await store.write(given('erin'), NOON))!
  await store.save([{ ...item, state: 'accepted', settledAt: NOON }])
  await store.save([{ ...item, state: 'waiting', tries: 3 }])
  expect((await store.get(item.id))?.state).toBe('accepted')
})

it('[SYNC-2] only what was settled a week ago is forgotten; refused and waiting ones stay for ever', async () => {
  const old = NOON - 30 * 24 * 3600_000
  const states = ['waiting', 'refused', 'late', 'accepted', 'discarded'] as const
  for (const state of states) {
    const item = (await store.write(given(state), old))!
    await db.put('outbox', { ...item, state, settledAt: state === 'waiting' ? null : old })
  }
  await store.prune(NOON)
  expect((await store.list()).map((item) => item.state)).toEqual(['late', 'refused', 'waiting'])
})
