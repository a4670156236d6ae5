import { env, runInDurableObject } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import type { EntryOutline, EntryRow, EntrySearch, EntryView } from '#shared/protocol/entries'
import type { Pool } from '#shared/protocol/pools'
import { poolRoom } from '#worker/rooms/doors'
import { aRow, fill, lease, said } from '#tests/support/workerd/pool'
import { numberOf } from '#tests/support/workerd/numbers'
import { evict } from '#tests/support/workerd/evict'
import { api, signedIn, type Person } from '#tests/support/workerd/people'
import { makePool } from '#tests/support/workerd/pools'

let agent: Person
let supervisor: Person
let another: Person
beforeAll(async () => {
  agent = await signedIn('agent', 'alice')
  supervisor = await signedIn('supervisor', 'carol')
  another = await signedIn('supervisor', 'cem')
})

type Page = { items: EntryRow[]; nextCursor: string | null }
const search = async (poolId: string, body: EntrySearch) => {
  const answer = await api(`/api/pools/${poolId}/entries/search`, { as: supervisor, body })
  expect(answer.status).toBe(200)
  return answer.json<Page>()
}
const found = async (poolId: string, filter: EntrySearch['filter']) =>
  (await search(poolId, { filter })).items.map(({ id }) => id)

async function filled(rows: Parameters<typeof aRow>[]): Promise<Pool> {
  const pool = await makePool([agent.id], 0)
  await fill(
    poolRoom(env, pool.id),
    rows.map((row) => aRow(...row)),
  )
  await poolRoom(env, pool.id).settled()
  return pool
}

describe('the list of a pool’s entries', () => {
  it('[POOL-24] finds by part of a name without case and accents, by user code, and by number however written', async () => {
    const pool = await filled([
      [1, { name: 'Işıl ŞAHİN', userCode: 'USR-001' }],
      [2, { name: 'Ahmet Yılmaz' }],
      [3, { name: '100%_safe' }],
    ])
    expect(await found(pool.id, { text: 'isil sahin' })).toEqual(['1'])
    expect(await found(pool.id, { text: 'YILMAZ' })).toEqual(['2'])
    expect(await found(pool.id, { text: 'usr-0' })).toEqual(['1'])
    const written = numberOf(2).replace(/^\+90(\d{3})(\d{3})(\d{2})(\d{2})$/, '0$1 $2 $3 $4')
    expect(await found(pool.id, { text: written })).toEqual(['2'])
    expect(await found(pool.id, { text: '%_s' })).toEqual(['3'])
  })

  it('[POOL-24] narrows by state, priority, attempts, disposition, callback, owner and the list that brought them', async () => {
    const pool = await filled([[1, { priority: 5 }], [2], [3]])
    const room = poolRoom(env, pool.id)
    const asAgent = { userId: agent.id, name: agent.name, role: 'agent' as const }
    await room.apply(asAgent, [said(await lease(room, asAgent), 'no-answer')])
    const at = Date.now() + 3_600_000
    await room.apply(asAgent, [said(await lease(room, asAgent), 'call-back', { callbackAt: at })])
    const { view: october } = await fill(room, [aRow(3), aRow(4)])
    await room.settled()
    expect(await found(pool.id, { priorityFrom: 5 })).toEqual(['1'])
    expect(await found(pool.id, { lastDispositions: ['no-answer'], attemptsFrom: 1, attemptsTo: 1 })).toEqual(['1'])
    expect(await found(pool.id, { callback: 'later', callbackFor: agent.id })).toEqual(['2'])
    expect(await found(pool.id, { callback: 'due' })).toEqual([])
    expect(await found(pool.id, { importId: october.id })).toEqual(['3', '4'])
    expect(await found(pool.id, { states: ['completed'] })).toEqual([])
    expect(await found(pool.id, { owner: 'anybody' })).toEqual([])
    expect(await found(pool.id, { owner: 'nobody', callback: 'none' })).toEqual(['1', '3', '4'])
    expect((await search(pool.id, { filter: { callback: 'promised' } })).items[0]).toMatchObject({
      id: '2',
      callbackAt: at,
      callbackFor: agent.id,
      tries: 1,
    })
  })

  it('[POOL-24] pages by key in every order, and the outline reaches any page', async () => {
    const pool = await filled(
      Array.from({ length: 450 }, (_, n) => [n + 1, { name: `Erin ${(n * 7) % 450}`, priority: n % 3 }] as const).map(
        ([n, over]) => [n, over],
      ),
    )
    for (const by of ['arrival', 'name', 'priority', 'attempts', 'due'] as const) {
      for (const descending of [false, true]) {
        const sort = { by, descending }
        const whole = (await search(pool.id, { sort, limit: 1_000 })).items.map(({ id }) => id)
        expect(new Set(whole).size).toBe(450)
        const outline = await (
          await api(`/api/pools/${pool.id}/entries/outline`, { as: supervisor, body: { sort } })
        ).json<EntryOutline>()
        expect([outline.total, outline.every, outline.cursors.length]).toEqual([450, 200, 2])
        const third = await search(pool.id, { sort, cursor: outline.cursors[1]!, limit: 200 })
        expect(third.items.map(({ id }) => id)).toEqual(whole.slice(400))
        const second = await search(pool.id, { sort, cursor: outline.cursors[0]!, limit: 200 })
        expect(second.items.map(({ id }) => id)).toEqual(whole.slice(200, 400))
        expect(second.nextCursor).toBe(outline.cursors[1])
      }
    }
  })

  it('[POOL-24] a pool that an older release filled tells its entries anew', async () => {
    const pool = await filled([[1, { name: 'Erin' }]])
    await env.DB.prepare("UPDATE entries SET search='' WHERE pool_id=?").bind(pool.id).run()
    const stub = env.POOL.getByName(pool.id)
    await runInDurableObject(stub, (_room, state) => {
      state.storage.sql.exec("DELETE FROM setting WHERE key='list-told'")
    })
    await evict(stub)
    await poolRoom(env, pool.id).stats()
    await expect.poll(() => found(pool.id, { text: 'erin' })).toEqual(['1'])
  })

  it('[POOL-24] a view is kept for its maker, shared with other supervisors, and taken away by its maker only', async () => {
    const pool = await filled([[1]])
    const path = `/api/pools/${pool.id}/views`
    const shows = { filter: { states: ['unreachable'] }, sort: { by: 'attempts', descending: true } }
    const keep = async (name: string, isShared: boolean) =>
      (await api(path, { as: supervisor, body: { name, isShared, shows } })).json<EntryView>()
    const shared = await keep('Unreachable', true)
    await keep('Mine', false)
    const seenBy = async (who: Person) => (await (await api(path, { as: who })).json<{ items: EntryView[] }>()).items
    expect((await seenBy(supervisor)).map(({ name }) => name)).toEqual(['Mine', 'Unreachable'])
    expect(await seenBy(another)).toMatchObject([{ id: shared.id, isMine: false, by: 'carol', shows }])
    expect((await api(`${path}/${shared.id}`, { as: another, method: 'DELETE' })).status).toBe(404)
    expect((await api(`${path}/${shared.id}`, { as: supervisor, method: 'DELETE' })).status).toBe(204)
    expect(await seenBy(another)).toEqual([])
    expect((await api(path, { as: agent })).status).toBe(403)
  })
})
