import { env, runInDurableObject } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { weekOf } from '#shared/domain/hours/hours'
import type { StagedRow } from '#shared/domain/import/staged'
import type { PoolHours, WhyNothing } from '#shared/protocol/pool-hours'
import { evict } from '#tests/support/workerd/evict'
import { poolRoom } from '#worker/rooms/doors'
import type { PoolPort } from '#worker/rooms/ports'
import { PoolRoom } from '#worker/rooms/pool-room'
import { alice, aRow, bob, fill, granted, lease, openPool, pull, said } from '#tests/support/workerd/pool'

const MINUTE = 60_000
const at = (iso: string) => Date.parse(iso)
let now = 0
let test = 100
beforeEach(() => {
  test += 1
  // a Monday; 8:00 in Istanbul
  now = at('2026-11-23T08:00:00+03:00')
  PoolRoom.clock = () => now
})
afterEach(() => {
  PoolRoom.clock = () => Date.now()
})

const nineToSix: PoolHours = { packs: [], week: weekOf('9:00-18:00', null, null).map((day) => [...day]), holidays: [] }
// numbers of their own for each test: a number is held across all pools
const inIstanbul = (n: number) => aRow(n, { phone: `+90532${test}${String(n).padStart(4, '0')}` })
const inSanJose = (n: number) => aRow(n, { phone: `+5068${test}${String(n).padStart(4, '0')}` })
const many = (n: number) => Array.from({ length: n }, (_, index) => inIstanbul(index + 1))
const listedIn = (n: number, timeZone: string): StagedRow => {
  const row = inIstanbul(n)
  if (row.fault) throw new Error('a row without a fault was wanted')
  return { ...row, fields: { ...row.fields, timeZone } }
}
const change = async (room: PoolPort, over: object) => {
  const pool = (await room.settings())!
  await room.configure({ ...pool, ...over, version: pool.version + 1 })
}
const sumOf = (why: WhyNothing) => why.rules.reduce((sum, { n }) => sum + n, 0)
const counts = (why: WhyNothing) => Object.fromEntries(why.rules.map(({ rule, n }) => [rule, n]))

describe('calling hours', () => {
  it('[POOL-18] nobody outside their hours is given out; the pull says why and until when', async () => {
    const room = await openPool('hours-closed', many(3), { hours: nineToSix })
    const opens = at('2026-11-23T09:00:00+03:00')
    expect(await pull(room, alice)).toEqual({ lease: null, blocked: { outsideHours: 3 }, nextDueAt: opens })
    now = opens
    expect((await lease(room, alice)).entry.id).toBe('1')
    now = at('2026-11-23T18:00:00+03:00')
    // the lease of ten minutes lapsed long ago
    const tomorrow = at('2026-11-24T09:00:00+03:00')
    expect(await pull(room, bob)).toEqual({ lease: null, blocked: { outsideHours: 3 }, nextDueAt: tomorrow })
  })

  it('[POOL-18] each customer by their own clock: Costa Rica while Istanbul is closed', async () => {
    const room = await openPool('hours-zones', [inIstanbul(1), inSanJose(2), inIstanbul(3)], { hours: nineToSix })
    now = at('2026-11-23T20:00:00+03:00')
    expect((await lease(room, alice)).customer.phone).toBe(`+5068${test}0002`)
    expect(await pull(room, bob)).toMatchObject({ blocked: { leased: 1, outsideHours: 2 } })
  })

  it('[POOL-18] a retry that comes due at night comes in the morning', async () => {
    now = at('2026-11-23T17:30:00+03:00')
    const room = await openPool('hours-retry', many(1), { hours: nineToSix })
    await room.apply(alice, [said(await lease(room, alice), 'no-answer', { at: now })])
    const morning = at('2026-11-24T09:00:00+03:00')
    expect(await pull(room, bob)).toEqual({ lease: null, blocked: { notDue: 1 }, nextDueAt: morning })
  })

  it('[POOL-18] the list’s zone counts, also when it comes later', async () => {
    const room = await openPool('hours-listed', [listedIn(1, 'Asia/Tokyo'), inIstanbul(2)], { hours: nineToSix })
    expect((await lease(room, alice)).entry.id).toBe('1')
    expect(await pull(room, bob)).toMatchObject({ lease: null })
    await fill(room, [listedIn(2, 'Asia/Tokyo')])
    expect((await lease(room, bob)).entry.id).toBe('2')
  })

  it('[POOL-18] a number of several zones waits until all are open', async () => {
    const room = await openPool('hours-several', [aRow(1, { phone: `+34612${test}678` })], { hours: nineToSix })
    now = at('2026-11-23T09:30:00+01:00')
    const canaries = at('2026-11-23T09:00:00+00:00')
    expect(await pull(room, alice)).toEqual({ lease: null, blocked: { outsideHours: 1 }, nextDueAt: canaries })
    now = canaries
    expect((await lease(room, alice)).entry.id).toBe('1')
  })

  it('[POOL-18] an owner’s customers keep to hours too; the order is the same over all classes', async () => {
    const rows = [inIstanbul(1), inSanJose(2), aRow(3, { phone: `+911123${test}789`, priority: 5 }), inSanJose(4)]
    const room = await openPool('hours-order', rows, {
      hours: { ...nineToSix, week: weekOf('7:00-24:00', null, null).map((day) => [...day]) },
    })
    // 16:00 in Istanbul, 18:30 in Delhi, 7:00 in San José: all open, the priority first, then as they arrived
    now = at('2026-11-23T16:00:00+03:00')
    const order: string[] = []
    for (let n = 0; n < 4; n += 1) {
      const view = await lease(room, alice)
      order.push(view.entry.id)
      await room.apply(alice, [said(view, 'reached')])
    }
    expect(order).toEqual(['3', '1', '2', '4'])
  })

  it('[POOL-18] opening moves no entry: the lanes before and after are the same', async () => {
    const room = await openPool('hours-lanes', many(2_500), { hours: nineToSix })
    const lanes = () =>
      runInDurableObject(env.POOL.getByName('hours-lanes'), (_room, state) =>
        state.storage.sql.exec('SELECT lane, n FROM lane_count WHERE n>0').toArray(),
      )
    const before = await lanes()
    expect(before).toHaveLength(1)
    now = at('2026-11-23T09:00:00+03:00')
    expect(await room.whyNothing()).toMatchObject({ rules: [{ rule: 'ready', n: 2_500 }] })
    expect(await lanes()).toEqual(before)
  })

  it('[POOL-15, POOL-18] a call that the customer asked for goes out outside hours, and its receipt says so', async () => {
    now = at('2026-11-23T17:00:00+03:00')
    const room = await openPool('hours-callback', many(1), { hours: nineToSix })
    const first = await lease(room, alice)
    const callbackAt = at('2026-11-23T20:00:00+03:00')
    await room.apply(alice, [said(first, 'call-back', { callbackAt, at: now })])
    now = callbackAt
    const second = await lease(room, alice)
    const { receipt } = granted(await room.checkDial({ entryId: '1', token: second.lease.token, agentId: 'alice' }))
    expect(receipt).toMatchObject({
      decision: 'asked-for',
      localTimes: [{ zone: 'Europe/Istanbul', time: '2026-11-23 20:00' }],
    })
  })

  it('[POOL-18] entries of a room older than classes are sorted when it is next asked', async () => {
    await openPool('hours-old', many(1_200))
    await runInDurableObject(env.POOL.getByName('hours-old'), (_room, state) => {
      state.storage.sql.exec("UPDATE entry SET hours_class=0, lane='general'")
      state.storage.sql.exec("UPDATE lane_count SET lane='general' WHERE n>0")
      state.storage.sql.exec("INSERT INTO setting (key, value) VALUES ('hours-sort-after', '0')")
    })
    await evict(env.POOL.getByName('hours-old'))
    const room = poolRoom(env, 'hours-old')
    for (let step = 0; step < 3; step += 1) await room.stats()
    await change(room, { hours: nineToSix })
    expect(counts(granted(await room.whyNothing()))).toEqual({ ready: 0, outsideHours: 1_200 })
    now = at('2026-11-23T09:00:00+03:00')
    expect((await lease(room, alice)).entry.id).toBe('1')
  })
})

describe('the check before a dial', () => {
  it('[POOL-18, POOL-20] pulled within hours, dialled after closing: refused; within: kept for the attempt', async () => {
    now = at('2026-11-23T17:58:00+03:00')
    const room = await openPool('dial-closing', many(1), { hours: nineToSix })
    const view = await lease(room, alice)
    const input = { entryId: '1', token: view.lease.token, agentId: 'alice' }
    expect(await room.checkDial({ ...input, agentId: 'bob' })).toMatchObject({ refused: 'foreign-token' })
    expect(granted(await room.checkDial(input)).receipt).toMatchObject({ on: 'dial', decision: 'allowed' })
    now += 3 * MINUTE
    expect(await room.checkDial(input)).toMatchObject({ refused: 'outside-hours' })
    await room.apply(alice, [said(view, 'no-answer', { at: now })])
    const attempt = await bookedIn('dial-closing')
    // of the dial that was let through, not of the moment it was reported
    expect(attempt).toMatchObject({
      receipt: {
        on: 'dial',
        at: now - 3 * MINUTE,
        jurisdiction: 'TR',
        zoneFrom: 'number',
        rules: [
          { rule: 'calling-hours', version: 'pool@1', passed: true },
          { rule: 'do-not-call', passed: true },
          { rule: 'attempts', version: '1/3@1', passed: true },
        ],
      },
    })
  })

  it('[POOL-20] a call by hand is looked at for the moment it was made; a pool without hours says so', async () => {
    const room = await openPool('dial-handset', many(1))
    const view = await lease(room, alice)
    now += 2 * MINUTE
    await room.apply(alice, [said(view, 'no-answer', { at: now - MINUTE })])
    expect(await bookedIn('dial-handset')).toMatchObject({
      receipt: { on: 'record', at: now - MINUTE, decision: 'allowed', rules: [{ version: 'none@1' }, {}, {}] },
    })
  })

  const bookedIn = (name: string) =>
    runInDurableObject(env.POOL.getByName(name), (_room, state) => {
      const { body } = state.storage.sql.exec<{ body: string }>('SELECT body FROM attempt').one()
      return JSON.parse(body) as unknown
    })
})

describe('why nothing is due', () => {
  it('[POOL-8] counts by rule with what is ready add up to the pool, each with when it clears', async () => {
    now = at('2026-11-23T10:00:00+03:00')
    const room = await openPool('why-pool', [...many(6), inSanJose(7)], {
      hours: nineToSix,
    })
    await room.apply(bob, [said(await lease(room, bob), 'no-answer')])
    await room.apply(bob, [said(await lease(room, bob), 'reached')])
    await room.apply(bob, [said(await lease(room, bob), 'call-back', { callbackAt: now + 90 * MINUTE })])
    await room.apply(bob, [said(await lease(room, bob), 'do-not-call')])
    await lease(room, bob)
    const why = granted(await room.whyNothing())
    expect(why.rules).toEqual([
      { rule: 'ready', n: 1, clearsAt: null },
      { rule: 'leased', n: 1, clearsAt: now + 10 * MINUTE },
      { rule: 'notDue', n: 1, clearsAt: now + 60 * MINUTE },
      { rule: 'callbackLater', n: 1, clearsAt: now + 90 * MINUTE },
      { rule: 'outsideHours', n: 1, clearsAt: at('2026-11-23T09:00:00-06:00') },
      { rule: 'completed', n: 1, clearsAt: null },
      { rule: 'doNotCall', n: 1, clearsAt: null },
    ])
    expect(sumOf(why)).toBe(why.total)
    await change(room, { state: 'paused' })
    const paused = granted(await room.whyNothing())
    expect(counts(paused)).toMatchObject({ ready: 0, poolPaused: 1, outsideHours: 1 })
    expect(sumOf(paused)).toBe(paused.total)
  })

  it('[POOL-8] one customer: every rule that holds, and when time brings them back, all rules together', async () => {
    now = at('2026-11-23T17:30:00+03:00')
    const room = await openPool('why-entry', many(2), { hours: nineToSix })
    await room.apply(alice, [said(await lease(room, alice), 'no-answer', { at: now })])
    expect(granted(await room.whyEntry('2'))).toMatchObject({ rules: [{ rule: 'ready' }], nextDueAt: null })
    const soon = granted(await room.whyEntry('1'))
    // due at 18:30, and closed by then
    expect(soon).toMatchObject({
      rules: [{ rule: 'notDue', until: now + 60 * MINUTE }],
      nextDueAt: at('2026-11-24T09:00:00+03:00'),
      locality: { zones: ['Europe/Istanbul'], jurisdiction: 'TR', localTimes: ['2026-11-23 17:30'] },
      attempts: 1,
      maxAttempts: 3,
    })
    now = at('2026-11-23T18:00:00+03:00')
    expect(granted(await room.whyEntry('1')).rules.map(({ rule }) => rule)).toEqual(['notDue', 'outsideHours'])
    expect(await room.whyEntry('99')).toEqual({ refused: 'unknown-entry' })
  })

  it('[POOL-8] a held customer: who holds them', async () => {
    const room = await openPool('why-held', many(1))
    const view = await lease(room, alice)
    expect(granted(await room.whyEntry('1'))).toMatchObject({
      rules: [{ rule: 'leased', until: view.lease.expiresAt, agentId: 'alice', agentName: 'Alice' }],
      nextDueAt: null,
    })
  })

  it('[POOL-18] hours are tried before they are kept', async () => {
    const room = await openPool('hours-preview', [inIstanbul(1), inIstanbul(2), inSanJose(3)])
    now = at('2026-11-23T20:00:00+03:00')
    expect(granted(await room.previewHours(null))).toMatchObject({ open: 3, of: 3, opensAt: null })
    expect(granted(await room.previewHours(nineToSix))).toMatchObject({
      open: 1,
      of: 3,
      opensAt: at('2026-11-24T09:00:00+03:00'),
      classes: [
        { zones: ['Europe/Istanbul'], n: 2, isOpen: false },
        { zones: ['America/Costa_Rica'], n: 1, isOpen: true },
      ],
    })
    expect((await room.settings())!.hours).toBeUndefined()
  })
})
