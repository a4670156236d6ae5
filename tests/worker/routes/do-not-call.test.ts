import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import type { DoNotCallAnswer, DoNotCallEntry, DoNotCallImport, DoNotCallReport } from '#shared/protocol/do-not-call'
import type { ImportView } from '#shared/protocol/imports'
import type { PoolView } from '#shared/protocol/pools'
import { poolRoom } from '#worker/rooms/doors'
import { aRow, fill, lease, said } from '#tests/support/workerd/pool'
import { api, signedIn, type Person } from '#tests/support/workerd/people'

let agent: Person
let supervisor: Person
let administrator: Person
beforeAll(async () => {
  agent = await signedIn('agent', 'alice')
  supervisor = await signedIn('supervisor', 'carol')
  administrator = await signedIn('administrator', 'dora')
})

async function ask<T>(path: string, given: Parameters<typeof api>[1] = {}): Promise<T> {
  const answer = await api(`/api${path}`, { as: supervisor, ...given })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return answer.json<T>()
}
const make = (body: Record<string, unknown> = {}) =>
  ask<PoolView>('/pools', { body: { name: 'Renewals', country: 'TR', ...body } })
const put = (value: string, list = 'global', reason?: string) =>
  ask<DoNotCallEntry>(`/do-not-call/${encodeURIComponent(value)}?list=${list}`, { method: 'PUT', body: { reason } })
const barsOn = (number: string) => ask<DoNotCallAnswer>(`/do-not-call/${encodeURIComponent(number)}`, { as: agent })
const statsOf = async (id: string) => (await ask<PoolView>(`/pools/${id}`)).stats

describe('the lists', () => {
  it('[POOL-16] tells which list and which beginning bars a number', async () => {
    const pool = await make({ name: 'Winter' })
    await put('+908505550001', pool.id, 'asked us')
    await put('+90850555*')
    const answer = await barsOn('+908505550001')
    expect(answer).toMatchObject({ listed: true, number: '+908505550001' })
    expect(answer.bars).toEqual([
      expect.objectContaining({
        list: pool.id,
        poolName: 'Winter',
        value: '+908505550001',
        reason: 'asked us',
        byName: 'carol',
      }),
      expect.objectContaining({ list: 'global', poolName: null, value: '+90850555*' }),
    ])
    expect((await barsOn('+908505560001')).bars).toEqual([])
  })

  it('[POOL-16] finds numbers by their end and by their beginning, a page at a time', async () => {
    const list = (await make()).id
    for (const number of ['+905320000011', '+905320000021', '+447700900021']) await put(number, list)
    const found = async (query: string) =>
      (await ask<{ items: DoNotCallEntry[] }>(`/do-not-call?list=${list}&${query}`)).items.map(({ number }) => number)
    expect(await found('q=0021')).toEqual(['+447700900021', '+905320000021'])
    expect(await found('q=1')).toHaveLength(3)
    expect(await found('q=%2B90532')).toEqual(['+905320000011', '+905320000021'])
    expect(await found('limit=1')).toEqual(['+447700900021'])
    expect(await found('limit=1&cursor=%2B447700900021')).toEqual(['+905320000011'])
  })

  it('[POOL-16] is exported whole as csv', async () => {
    const list = (await make()).id
    await put('+905320000031', list, 'said "no"')
    await put('+9085*', list)
    const answer = await api(`/api/do-not-call/export?list=${list}`, { as: supervisor })
    expect(answer.headers.get('content-type')).toContain('text/csv')
    const lines = (await answer.text()).trim().split('\r\n')
    expect(lines[0]).toContain('number,at,by,reason')
    expect(lines[1]).toMatch(/^'\+9085\*,\d{4}-/)
    expect(lines[2]).toMatch(/^\+905320000031,.*,carol,"said ""no"""$/)
    expect((await api(`/api/do-not-call/export?list=${list}`, { as: agent })).status).toBe(403)
  })

  it('[POOL-16] a pool may write its own list: other pools still call the number', async () => {
    const [own, other] = [await make({ doNotCallWrites: 'pool' }), await make()]
    const number = '+905329990041'
    for (const { id } of [own, other]) await fill(poolRoom(env, id), [aRow(1, { phone: number })])
    const who = { userId: agent.id, name: agent.name }
    await poolRoom(env, own.id).apply({ ...who, role: 'agent' }, [
      said(await lease(poolRoom(env, own.id), who), 'do-not-call'),
    ])
    await poolRoom(env, own.id).settled()
    expect((await barsOn(number)).bars).toMatchObject([{ list: own.id, value: number }])
    expect([(await statsOf(own.id)).doNotCall, (await statsOf(other.id)).doNotCall]).toEqual([1, 0])
  })

  it('[POOL-16] only an administrator takes a beginning off, and only known lists are written', async () => {
    const path = `/api/do-not-call/${encodeURIComponent('+90861*')}`
    await put('+90861*')
    expect((await api(path, { as: supervisor, method: 'DELETE' })).status).toBe(403)
    expect(await (await api(path, { as: administrator, method: 'DELETE' })).json()).toMatchObject({ listed: false })
    expect((await barsOn('+908615550000')).listed).toBe(false)
    expect((await api(`${path}?list=nowhere`, { as: supervisor, method: 'PUT', body: {} })).status).toBe(404)
  })
})

describe('a list imported', () => {
  const open = (list = 'global') =>
    ask<DoNotCallImport>('/do-not-call/imports', {
      body: { list, fileName: 'robinson.csv', country: 'TR', reason: 'Robinson list' },
    })
  const chunk = (id: string, n: number, rows: string[], firstRow = 1) =>
    ask<DoNotCallImport>(`/do-not-call/imports/${id}/chunks/${n}?firstRow=${firstRow}`, {
      method: 'PUT',
      body: { rows },
    })

  it('[POOL-16] bars as it comes; the same chunk again changes nothing; what is no number is reported', async () => {
    const pool = await make()
    const number = '+905329990051'
    await fill(poolRoom(env, pool.id), [aRow(1, { phone: number })])
    const { id } = await open()
    const rows = ['0532 999 00 51', '+90 532 999 00 52', '+905329990052', '5,32E+09', '', '+908506*']
    const counted = { rows: 6, added: 3, known: 1, invalid: 1 }
    expect(await chunk(id, 0, rows, 2)).toMatchObject(counted)
    expect((await statsOf(pool.id)).doNotCall).toBe(1)
    expect(await chunk(id, 0, rows, 2)).toMatchObject(counted)
    const report = await ask<DoNotCallReport>(`/do-not-call/imports/${id}/finish`, { method: 'POST' })
    expect(report).toMatchObject({ ...counted, byName: 'carol' })
    expect(report.finishedAt).not.toBeNull()
    expect(report.faults).toEqual([{ row: 5, value: '5,32E+09', reason: 'phone-rounded' }])
    expect((await barsOn('+905329990052')).bars).toMatchObject([{ reason: 'Robinson list', byName: 'carol' }])
    expect((await barsOn('+908506000000')).listed).toBe(true)
    const late = await api(`/api/do-not-call/imports/${id}/chunks/1`, {
      as: supervisor,
      method: 'PUT',
      body: { rows: ['+905329990053'] },
    })
    expect(late.status).toBe(409)
  })

  it('[POOL-16] customers on it are not imported, by number nor by beginning', async () => {
    const { id } = await open()
    await chunk(id, 0, ['+905329990061', '+908507*'])
    const pool = await make()
    const opened = await ask<ImportView>(`/pools/${pool.id}/imports`, {
      body: { fileName: 'list.csv', sha256: 'a'.repeat(64), rowCount: 3, policy: 'merge' },
    })
    const rows = ['+905329990061', '+908507123456', '+905329990069'].map((phone, at) => ({ row: at + 2, phone }))
    await ask(`/imports/${opened.id}/chunks/0`, { method: 'PUT', body: { rows } })
    expect((await ask<ImportView>(`/imports/${opened.id}`)).counts).toMatchObject({ 'do-not-call': 2, new: 1 })
    await ask(`/imports/${opened.id}/commit`, { method: 'POST' })
    expect((await statsOf(pool.id)).total).toBe(1)
  })

  it('[POOL-16] a customer who came in by a way that asked no list is barred when the journal has told of them', async () => {
    const { id } = await open()
    await chunk(id, 0, ['+905329990071'])
    const pool = await make()
    const room = poolRoom(env, pool.id)
    await fill(room, [aRow(1, { phone: '+905329990071' })])
    await room.settled()
    expect((await statsOf(pool.id)).doNotCall).toBe(1)
  })
})
