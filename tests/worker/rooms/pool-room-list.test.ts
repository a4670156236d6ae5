import { env, runDurableObjectAlarm } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ageingOf } from '#shared/domain/pool/ageing'
import type { ListedEntry } from '#shared/protocol/list-mode'
import { findInList } from '#worker/db/list-search'
import { PoolRoom } from '#worker/rooms/pool-room'
import type { PoolPort } from '#worker/rooms/ports'
import { Viewer } from '#tests/support/workerd/live-viewer'
import { alice, aRow, bob, carol, fill, granted, lease, openPool, said } from '#tests/support/workerd/pool'

const start = Date.UTC(2026, 0, 15, 9)
let now = start
beforeEach(() => {
  now = start
  PoolRoom.clock = () => now
})
afterEach(() => {
  PoolRoom.clock = () => Date.now()
})
const month = (n: number) => Date.UTC(2026, n, 15, 9)

const LISTED = { listMode: true, preset: 'contact-ageing' as const }
const page = async (room: PoolPort, query: { cursor?: string; status?: string; limit?: number } = {}) =>
  granted(await room.listPage(carol, { cursor: null, status: null, limit: 50, ...query }))
const pageOf = async (
  room: PoolPort,
  query: { among: number[]; cursor?: string | null; status?: string; limit?: number },
) => granted(await room.listPage(alice, { cursor: null, status: null, limit: 50, ...query }))
const take = (room: PoolPort, who: typeof alice, entryId: string) =>
  room.pull({ id: crypto.randomUUID(), agentId: who.userId, agentName: who.name, entryId })
const shown = (items: ListedEntry[]) => items.map(({ entryId, status, rank }) => [entryId, status, rank])

/** Lets the slices of a walk run, one alarm each. */
async function walked(name: string): Promise<PoolPort> {
  const room = env.POOL.getByName(name)
  const port = room as unknown as PoolPort
  while ((await port.ageing()).isRunning) await runDurableObjectAlarm(room)
  return port
}

describe('ageing', () => {
  it('[POOL-21] a year without a word: untouched, does not exist, no network, no contact', async () => {
    const room = await openPool('age-year', 2, LISTED)
    expect(shown((await page(room)).items)).toEqual([
      ['1', 'untouched', 3],
      ['2', 'untouched', 3],
    ])
    const seen: string[] = []
    for (let at = 1; at <= 12; at += 1) {
      now = month(at)
      seen.push((await page(room)).items[0]!.status)
    }
    expect(seen).toEqual([
      ...Array<string>(2).fill('untouched'),
      ...Array<string>(3).fill('does-not-exist'),
      ...Array<string>(2).fill('no-network'),
      ...Array<string>(5).fill('no-contact'),
    ])
    expect(await page(room)).toMatchObject({ byStatus: { 'no-contact': 2 } })
  })

  it('[POOL-21] a contact resets it, and so does a list that names the number; a missed call does not', async () => {
    const room = await openPool('age-reset', 3, {
      ...LISTED,
      preset: 'telecalling',
      ageing: { ...ageingOf({}), isOn: true },
    })
    now = month(2)
    await room.apply(alice, [said(await lease(room, alice), 'reached')])
    await room.apply(alice, [said(await lease(room, alice), 'no-answer')])
    now = month(4)
    await fill(room, [aRow(3)])
    const byId = Object.fromEntries((await page(room)).items.map(({ entryId, status }) => [entryId, status]))
    expect(byId).toEqual({ 1: 'reached', 2: 'does-not-exist', 3: 'untouched' })
    now = month(5)
    expect((await page(room, { status: 'does-not-exist' })).items.map(({ entryId }) => entryId)).toEqual(['1', '2'])
  })

  it('[POOL-21] [IMP-2] a list says when somebody was last seen: never later than now, and the newest word wins', async () => {
    const seen = (n: number, lastSeenAt: number) => ({ ...aRow(n), past: { lastSeenAt } })
    const room = await openPool('age-told', [seen(1, month(-7)), seen(2, start + 86_400_000), aRow(3)], LISTED)
    const lastSeen = async () => (await page(room)).items.map(({ entryId, lastSeenAt }) => [entryId, lastSeenAt])
    expect(shown((await page(room)).items)).toEqual([
      ['2', 'untouched', 3],
      ['3', 'untouched', 3],
      ['1', 'no-network', 21],
    ])
    expect(await lastSeen()).toEqual([
      ['2', start],
      ['3', start],
      ['1', month(-7)],
    ])
    now = month(1)
    await fill(room, [seen(1, month(-8)), seen(3, month(-1)), seen(2, start + 1_000)])
    expect(new Map((await lastSeen()) as [string, number][])).toEqual(
      new Map([
        ['1', month(-7)],
        ['2', start + 1_000],
        ['3', start],
      ]),
    )
    await fill(room, [aRow(1)])
    expect((await page(room)).items.find(({ entryId }) => entryId === '1')).toMatchObject({ lastSeenAt: now })
  })

  it('[POOL-21] what a list said counts also where the pool begins to age later', async () => {
    const rows = [{ ...aRow(1), past: { lastSeenAt: month(-5) } }, aRow(2)]
    await openPool('age-later', rows, { preset: 'contact-ageing', ageing: { ...ageingOf({}), isOn: false } })
    const room = env.POOL.getByName('age-later') as unknown as PoolPort
    const settings = (await room.settings())!
    await room.configure({ ...settings, version: 2, listMode: true, ageing: { ...ageingOf({}), isOn: true } })
    await walked('age-later')
    expect(shown((await page(room)).items)).toEqual([
      ['2', 'untouched', 3],
      ['1', 'does-not-exist', 20],
    ])
  })

  it('[POOL-21] months and ranks are the pool’s: a change puts the whole list in another order', async () => {
    const room = await openPool('age-settings', 600, LISTED)
    await room.apply(alice, [said(await lease(room, alice), 'no-answer')])
    expect((await page(room)).items[0]).toMatchObject({ entryId: '1', status: 'no-answer', rank: 1 })
    const settings = (await room.settings())!
    const ageing = ageingOf({ ...settings, ageing: { isOn: true, months: {}, ranks: { 'no-answer': 50 } } })
    await room.configure({ ...settings, version: 2, ageing })
    expect((await page(room)).isReady).toBe(false)
    await walked('age-settings')
    const last = await page(room, { status: 'no-answer' })
    expect(last).toMatchObject({ isReady: true, items: [{ entryId: '1', rank: 50 }] })
    expect((await page(room)).items[0]).toMatchObject({ entryId: '2' })
  })

  it('[POOL-21] age now goes slice by slice, and pulls go on between the slices', async () => {
    const room = await openPool('age-now', 1_000, LISTED)
    now = month(7)
    granted(await room.ageNow())
    const view = await lease(room, alice)
    expect(view.entry.id).toBe('1')
    await walked('age-now')
    expect(await room.ageing()).toMatchObject({
      isRunning: false,
      total: 1_000,
      ranAt: now,
      byStatus: { 'no-network': 1_000 },
    })
  })

  it('[POOL-21] a pool that starts to age takes the last contact from its books', async () => {
    const room = await openPool('age-begin', 2)
    now = month(2)
    await room.apply(alice, [said(await lease(room, alice), 'reached')])
    now = month(4)
    expect(await room.ageNow()).toEqual({ refused: 'list-mode-off' })
    const settings = (await room.settings())!
    await room.configure({ ...settings, version: 2, ageing: { ...ageingOf(settings), isOn: true } })
    await walked('age-begin')
    const byId = Object.fromEntries((await page(room)).items.map(({ entryId, status }) => [entryId, status]))
    expect(byId).toEqual({ 1: 'reached', 2: 'does-not-exist' })
  })
})

describe('list mode', () => {
  it('[POOL-22] pages through the list by display rank, each entry once', async () => {
    const room = await openPool('list-pages', 25, LISTED)
    for (const code of ['interested', 'no-answer', 'hung-up'])
      await room.apply(alice, [said(await lease(room, alice), code)])
    const ids: string[] = []
    let cursor: string | null = null
    do {
      const next = await page(room, { limit: 10, ...(cursor ? { cursor } : {}) })
      ids.push(...next.items.map(({ entryId }) => entryId))
      cursor = next.nextCursor
    } while (cursor)
    expect(ids.slice(0, 3)).toEqual(['2', '3', '4'])
    expect(ids.at(-1)).toBe('1')
    expect(new Set(ids).size).toBe(25)
  })

  it('[POOL-22] searches by name and code, without case and accents, and never by more of a number than it shows', async () => {
    const people = [
      aRow(1, { name: 'İpek Işık', userCode: 'USR-90' }),
      aRow(2, { name: 'Ahmet', userCode: '4711' }),
      aRow(3, { name: 'ipek öz' }),
      aRow(4, { name: '100% Su' }),
    ]
    const room = await openPool('list-search', people, LISTED)
    const stranger = await openPool('list-search-other', [aRow(5, { name: 'İpek Başka' })], LISTED)
    await room.settled()
    await stranger.settled()
    const found = (text: string) => findInList(env.DB, 'list-search', text)
    expect(await found('IPEK')).toEqual([1, 3])
    expect(await found('isik usr')).toEqual([1])
    expect(await found('711')).toEqual([2])
    expect(await found('0%')).toEqual([4])
    const phone = people[2]!.phone!
    expect(await found(phone.slice(-4))).toEqual([3])
    for (let digits = 5; digits < phone.length; digits += 1) expect(await found(phone.slice(-digits))).toEqual([])

    await room.apply(alice, [said(await lease(room, alice), 'no-answer')])
    const among = await found('ipek')
    expect(shown((await pageOf(room, { among, limit: 1 })).items)).toEqual([['1', 'no-answer', 1]])
    const { nextCursor } = await pageOf(room, { among, limit: 1 })
    expect(shown((await pageOf(room, { among, limit: 1, cursor: nextCursor })).items)).toEqual([['3', 'untouched', 3]])
    expect(shown((await pageOf(room, { among, status: 'untouched' })).items)).toEqual([['3', 'untouched', 3]])
  })

  it('[POOL-22] shows no number but its end, and is an agent’s only in list mode', async () => {
    const room = await openPool('list-off', 1, { preset: 'contact-ageing' })
    const asked = { cursor: null, status: null, limit: 10 }
    expect(await room.listPage(alice, asked)).toEqual({ refused: 'list-mode-off' })
    expect(await room.mayWatch(alice)).toEqual({ refused: 'list-mode-off' })
    expect(await take(room, alice, '1')).toEqual({ refused: 'list-mode-off' })
    const { items } = granted(await room.listPage(carol, asked))
    expect(JSON.stringify(items)).not.toContain('53200')
    expect(items[0]).toMatchObject({ name: 'Customer 1', phoneEnd: '0001' })
  })

  it('[POOL-22] a named entry is a lease like any other, and others see who has it and until when', async () => {
    const room = await openPool('list-take', 3, LISTED)
    const viewer = await (await Viewer.of(env.POOL.getByName('list-take'))).until((v) => v.heard.length === 1)
    const view = granted(await take(room, alice, '2'))
    expect(view).toMatchObject({ entry: { id: '2', attempt: 1 }, customer: { name: 'Customer 2' } })
    await viewer.until((v) => v.heard.length === 2)
    const held = { agentId: 'alice', agentName: 'Alice', since: now, until: now + 600_000 }
    expect(viewer.last).toMatchObject({ entry: { entryId: '2', blocked: 'leased', taken: held } })
    expect(await take(room, bob, '2')).toEqual({ refused: 'taken', facts: { held } })
    expect(await take(room, alice, '2')).toMatchObject({ entry: { id: '2' } })
    expect(await take(room, alice, '3')).toEqual({ refused: 'holding-another' })
    now += 600_000
    expect(await take(room, bob, '2')).toMatchObject({ lease: { token: 2 } })
  })

  it('[POOL-22] says why one cannot be taken: not due, kept for another, closed, paused', async () => {
    const room = await openPool('list-why', 3, { ...LISTED, preset: 'telecalling' })
    await room.apply(alice, [said(granted(await take(room, alice, '1')) as never, 'no-answer')])
    expect(await take(room, bob, '1')).toMatchObject({ refused: 'not-due', facts: { dueAt: now + 3_600_000 } })
    await room.apply(alice, [said(granted(await take(room, alice, '2')) as never, 'reached')])
    expect(await take(room, bob, '2')).toEqual({ refused: 'entry-state', detail: 'completed' })
    const callbackAt = now + 60_000
    await room.apply(alice, [said(granted(await take(room, alice, '3')) as never, 'call-back', { callbackAt })])
    expect(await take(room, bob, '3')).toMatchObject({ refused: 'not-due', facts: { dueAt: callbackAt } })
    now = callbackAt
    expect(await take(room, bob, '3')).toEqual({ refused: 'assigned-to-another' })
    expect(await take(room, alice, '3')).toMatchObject({ entry: { id: '3' } })
    const settings = (await room.settings())!
    await room.configure({ ...settings, version: 2, state: 'paused' })
    expect(await take(room, bob, '1')).toEqual({ refused: 'pool-paused' })
    expect(await take(room, bob, '99')).toEqual({ refused: 'pool-paused' })
  })
})
