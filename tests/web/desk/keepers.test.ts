import 'fake-indexeddb/auto'
import { beforeEach, expect, it } from 'vitest'
import type { LeaseView } from '#shared/protocol/pulls'
import { DeskKeeper, letGo } from '../../../web/src/lib/desk/desk-keeper'
import { emptyDraft } from '../../../web/src/lib/desk/draft'
import { DraftKeeper } from '../../../web/src/lib/desk/draft-keeper'
import { handOf, handOfOwed, subjectOf } from '../../../web/src/lib/desk/hand'
import { dialLink } from '../../../web/src/lib/desk/dial-link'
import { grouped } from '../../../web/src/lib/ui/grouped-number'
import { parts } from '../../../web/src/lib/desk/script-text'
import { openDeviceDb, type DeviceDb } from '../../../web/src/lib/offline/device-db'

let db: DeviceDb
let keeper: DeskKeeper
let person = 0
beforeEach(async () => {
  db = await openDeviceDb(`alice-${person++}`)
  keeper = new DeskKeeper(db)
})

const view = (token = 1): LeaseView => ({
  lease: { id: `renewals:7:${token}`, token, expiresAt: 2_000, since: 1_000 },
  customer: {
    id: 'c1',
    name: 'Erin',
    phone: '+12025550123',
    phoneGiven: '202 555 0123',
    userCode: null,
    email: null,
    notes: null,
    language: null,
    timeZone: null,
    tags: [],
    custom: { Plan: 'Fibre' },
  },
  entry: { id: '7', poolId: 'renewals', attempt: 1, maxAttempts: 3, priority: 0, callback: null },
  pool: {
    id: 'renewals',
    name: 'Renewals',
    timeZone: 'UTC',
    country: 'US',
    script: '',
    wrapUpSeconds: 30,
    dispositions: [],
  },
  history: [],
})

it('[POOL-4] the command id of a pull is made once, until its answer is in hand', async () => {
  let made = 0
  const make = () => `id-${++made}`
  expect([await keeper.pullId(make), await keeper.pullId(make)]).toEqual(['id-1', 'id-1'])
  await keeper.takeInHand(handOf(view()))
  expect(await keeper.pullId(make)).toBe('id-2')
})

it('[SYNC-1] a reload finds the customer in hand; what an older version stored is asked for again, not shown', async () => {
  await keeper.takeInHand(handOf(view()))
  expect((await keeper.hand())?.view.customer.name).toBe('Erin')
  expect((await keeper.pool('renewals'))?.name).toBe('Renewals')
  await db.put('desk', { ...handOf(view()), view: { lease: 'of another shape' } }, 'hand')
  expect(await keeper.hand()).toBeNull()
})

it('[POOL-4] a customer leaves the desk once, and news about one who has left is dropped', async () => {
  const hand = handOf(view())
  await keeper.takeInHand(hand)
  const gone = await Promise.all(
    [1, 2].map(async () => {
      const transaction = db.transaction(['outbox', 'desk'], 'readwrite')
      const isMine = await letGo(transaction.objectStore('desk'), hand.leaseId)
      await transaction.done
      return isMine
    }),
  )
  expect(gone.sort()).toEqual([false, true])
  await keeper.updateHand({ ...hand, expiresAt: 9 })
  expect(await keeper.hand()).toBeNull()
})

it('[SYNC-1] a draft is written key by key, and never shown with another customer', () => {
  const kept = new Map<string, string>()
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  }
  const drafts = new DraftKeeper('alice', storage)
  drafts.write({ ...emptyDraft('renewals:7:1'), note: 'half a w' })
  expect(new DraftKeeper('alice', storage).read('renewals:7:1')?.note).toBe('half a w')
  expect(drafts.read('renewals:7:2')).toBeNull()
  expect(new DraftKeeper('bob', storage).read('renewals:7:1')).toBeNull()
  drafts.forget('renewals:7:2')
  expect(drafts.read('renewals:7:1')).not.toBeNull()
  drafts.forget('renewals:7:1')
  expect(kept.size).toBe(0)
})

it('[POOL-17] what is owed comes back as a customer whose call is over', () => {
  const owed = {
    poolId: 'renewals',
    poolName: 'Renewals',
    entryId: '7',
    token: 4,
    callId: 'call-1',
    customerName: 'Erin',
    phone: '+12025550123',
    endedAt: 5,
    talkMs: 61_000,
    hangupCause: 'normal',
    bookedMissing: true,
  }
  const hand = handOfOwed(owed, { ...view().pool, maxAttempts: 3 })
  expect(hand).toMatchObject({ leaseId: 'renewals:7:4', call: { id: 'call-1', isOver: true, wasAnswered: true }, owed })
  expect(subjectOf(hand)).toBe('renewals:7')
})

it('[POOL-12] a number is handed to another telephone as its program takes it', async () => {
  expect(await dialLink('+442079460123', { scheme: 'tel', format: 'e164' })).toBe('tel:+442079460123')
  expect(await dialLink('+442079460123', { scheme: 'callto', format: 'digits' })).toBe('callto:442079460123')
  expect(await dialLink('+442079460123', { scheme: 'sip', format: 'national' })).toBe('sip:02079460123')
  expect(grouped('+12025550123').replaceAll(' ', '')).toBe('+12025550123')
  expect(grouped('+50651234567')).toBe('+506 5123 4567')
})

it('[POOL-28] a script is filled in with what the lease knows; what it does not know is not read aloud', () => {
  const text = parts('Hello {name}, {agent} here.\n\nYour {Plan} ends {when}.', view(), 'Alice')
  expect(text.map((paragraph) => paragraph.map((part) => part.text).join(''))).toEqual([
    'Hello Erin, Alice here.',
    'Your Fibre ends.',
  ])
  expect(text[0]!.filter((part) => part.field !== null).map((part) => part.text)).toEqual(['Erin', 'Alice'])
})
