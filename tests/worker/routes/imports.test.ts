import { env, SELF } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ImportView, RowVerdict } from '#shared/protocol/imports'
import type { Problem } from '#shared/protocol/problem'
import { readList } from '#shared/spreadsheet/list'
import { fileOf, turkishList, type TestList } from '#tests/support/lists'
import { makePool } from '#tests/support/workerd/pools'
import { api, ORIGIN, signedIn, type Person } from '#tests/support/workerd/people'
import { EDGE_LIMITS } from '#worker/import/program'
import { poolRoom } from '#worker/rooms/doors'

const PEOPLE = [
  ['Ad', 'Soyad', 'Kullanıcı Kodu', 'Telefon', 'Şehir'],
  ['Ayşe', 'Işık', 'A1', '0532 000 11 22', 'İzmir'],
  ['Ömer', 'Çağ', 'A2', 5_330_001_122, 'Aydın'],
  ['Elif', null, 'A3', 'yok', 'Muş'],
  ['Ece', 'Su', 'A4', '+90 532 000 11 22', 'Van'],
]
let dora: Person
beforeAll(async () => {
  dora = await signedIn('administrator', 'dora')
})
const json = async <T>(reply: Response | Promise<Response>) => (await (await reply).json()) as T

function upload(
  poolId: string,
  file: Uint8Array<ArrayBuffer>,
  fields: Record<string, string> = {},
  name = 'list.xlsx',
  as: Person = dora,
): Promise<Response> {
  const form = new FormData()
  form.set('file', new File([file], name))
  for (const [key, value] of Object.entries(fields)) form.set(key, value)
  return SELF.fetch(`${ORIGIN}/api/pools/${poolId}/imports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${as.token}` },
    body: form,
  })
}

async function inChunks(poolId: string, file: Uint8Array, size = 1_000): Promise<string> {
  const list = await readList(file, { name: 'list.xlsx', country: 'TR' }, EDGE_LIMITS)
  if (!list.ok) throw new Error(list.refusal)
  const { rows, columns } = list.value
  const head = {
    fileName: 'list.xlsx',
    sha256: 'a'.repeat(64),
    rowCount: rows.length,
    columns: columns.map(({ header, field }) => ({ header, field })),
  }
  const opened = await json<ImportView>(api(`/api/pools/${poolId}/imports`, { body: head, as: dora }))
  for (let n = 0; n * size < rows.length; n += 1) {
    const put = await api(`/api/imports/${opened.id}/chunks/${n}`, {
      method: 'PUT',
      body: { rows: rows.slice(n * size, (n + 1) * size) },
      as: dora,
    })
    expect(put.status).toBe(200)
  }
  return opened.id
}

async function rowsOf(importId: string, query = ''): Promise<RowVerdict[]> {
  const rows: RowVerdict[] = []
  let cursor = ''
  do {
    const page = await json<{ items: RowVerdict[]; nextCursor: string | null }>(
      api(`/api/imports/${importId}/rows?limit=1000${query}${cursor}`, { as: dora }),
    )
    rows.push(...page.items)
    cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`
  } while (cursor)
  return rows
}
const viewOf = (importId: string) => json<ImportView>(api(`/api/imports/${importId}`, { as: dora }))

describe('imports', () => {
  it('[IMP-4] chunks, dry run, commit; the dry run changes nothing', async () => {
    const pool = await makePool([], 0)
    const id = await inChunks(pool.id, fileOf(PEOPLE), 2)
    const dry = await viewOf(id)
    expect(dry).toMatchObject({
      state: 'checked',
      rowCount: 4,
      received: 4,
      counts: { new: 2, shared: 1, invalid: 1, update: 0 },
      poolName: pool.name,
      country: 'TR',
    })
    expect((await poolRoom(env, pool.id).stats()).total).toBe(0)
    expect(await rowsOf(id, '&verdict=invalid,shared')).toMatchObject([
      { row: 4, verdict: 'invalid', column: 'phone', value: 'yok', reason: 'phone-invalid', name: 'Elif' },
      { row: 5, verdict: 'shared', reason: 'same-number', of: 2, phone: '+905320001122' },
    ])
    const done = await json<ImportView>(api(`/api/imports/${id}/commit`, { method: 'POST', as: dora }))
    expect(done).toMatchObject({ state: 'committed', committedRows: 4, projection: { room: `pool:${pool.id}` } })
    expect((await poolRoom(env, pool.id).stats()).total).toBe(2)
  })

  it('[IMP-9] rows come while the file is read: how many there are is told at its end', async () => {
    const pool = await makePool([], 0)
    const body = { fileName: 'x.csv', sha256: 'd'.repeat(64) }
    const { id } = await json<ImportView>(api(`/api/pools/${pool.id}/imports`, { body, as: dora }))
    const put = (n: number) =>
      api(`/api/imports/${id}/chunks/${n}`, {
        method: 'PUT',
        body: { rows: [{ row: n + 2, phone: `0532 000 11 0${n}` }] },
        as: dora,
      })
    const end = (rowCount: number) => api(`/api/imports/${id}`, { method: 'PATCH', body: { rowCount }, as: dora })
    await put(0)
    await put(1)
    expect(await viewOf(id)).toMatchObject({ state: 'receiving', rowCount: 2, received: 2 })
    expect((await api(`/api/imports/${id}/commit`, { method: 'POST', as: dora })).status).toBe(409)
    expect((await end(1)).status).toBe(409)
    expect(await json(end(3))).toMatchObject({ state: 'receiving', rowCount: 3 })
    expect((await end(4)).status).toBe(409)
    await put(2)
    expect(await json(end(3))).toMatchObject({ state: 'checked', rowCount: 3, counts: { new: 3 } })
    expect((await put(3)).status).toBe(409)
  })

  it('[IMP-5] the same chunk again is answered again; with other rows it is refused and nothing changes', async () => {
    const pool = await makePool([], 0)
    const opened = await json<ImportView>(
      api(`/api/pools/${pool.id}/imports`, {
        body: { fileName: 'x.csv', sha256: 'b'.repeat(64), rowCount: 2 },
        as: dora,
      }),
    )
    const put = (rows: unknown[]) =>
      api(`/api/imports/${opened.id}/chunks/0`, { method: 'PUT', body: { rows }, as: dora })
    const rows = [{ row: 2, phone: '05320001122' }]
    expect(await json(put(rows))).toEqual({ received: 1 })
    expect(await json(put(rows))).toEqual({ received: 1 })
    const other = await put([{ row: 2, phone: '05330001122' }])
    expect([other.status, (await json<Problem>(other)).code]).toEqual([409, 'chunk-mismatch'])
    expect(await viewOf(opened.id)).toMatchObject({ state: 'receiving', received: 1 })
    const early = await api(`/api/imports/${opened.id}/commit`, { method: 'POST', as: dora })
    expect([early.status, (await json<Problem>(early)).code]).toEqual([409, 'import-state'])
  })

  it('[IMP-5] the same file again changes nothing; committing again changes nothing', async () => {
    const pool = await makePool([], 0)
    const file = fileOf(PEOPLE)
    const first = await json<ImportView>(upload(pool.id, file, { commit: 'true' }))
    expect(first).toMatchObject({ state: 'committed', counts: { new: 2 } })
    const seq = first.projection!.seq
    const again = await json<ImportView>(upload(pool.id, file, { commit: 'true' }))
    expect(again).toMatchObject({
      state: 'committed',
      counts: { new: 0, update: 0, unchanged: 2, shared: 1, invalid: 1 },
    })
    expect(again.sha256).toBe(first.sha256)
    await api(`/api/imports/${again.id}/commit`, { method: 'POST', as: dora })
    expect((await poolRoom(env, pool.id).stats()).total).toBe(2)
    const listed = await json<{ items: { id: string; counts: object }[] }>(
      api(`/api/pools/${pool.id}/imports?after=pool:${pool.id}:${seq}`, { as: dora }),
    )
    expect(listed.items.map((item) => item.id)).toContain(first.id)
  })

  it('[IMP-4] merge fills and updates, never blanks', async () => {
    const pool = await makePool([], 0)
    await upload(pool.id, fileOf(PEOPLE), { commit: 'true' })
    const next = fileOf([
      ['Telefon', 'Ad Soyad', 'E-posta'],
      ['05320001122', null, 'ayse@example.com'],
    ])
    expect(await json<ImportView>(upload(pool.id, next, { commit: 'true' }))).toMatchObject({
      counts: { update: 1, new: 0 },
    })
    const skipped = fileOf([
      ['Telefon', 'Ad Soyad'],
      ['05320001122', 'Somebody Else'],
    ])
    expect(await json<ImportView>(upload(pool.id, skipped, { policy: 'skip' }))).toMatchObject({
      counts: { unchanged: 1 },
    })
    expect(await json<ImportView>(upload(pool.id, skipped, { policy: 'error' }))).toMatchObject({
      counts: { invalid: 1 },
    })
  })

  it('[IMP-4] shared numbers are taken as a second person where the dry run, or a program, chooses it', async () => {
    const pool = await makePool([], 0)
    const id = await inChunks(pool.id, fileOf(PEOPLE), 2)
    const choice = { method: 'PATCH', as: dora, body: { sharedNumbers: 'second-person' } }
    expect(await json<ImportView>(api(`/api/imports/${id}`, choice))).toMatchObject({
      sharedNumbers: 'second-person',
      policy: 'merge',
      counts: { new: 2, second: 1, shared: 0, invalid: 1 },
    })
    expect(await rowsOf(id, '&verdict=second')).toMatchObject([{ row: 5, verdict: 'second', reason: null, of: 2 }])
    await api(`/api/imports/${id}/commit`, { method: 'POST', as: dora })
    expect((await poolRoom(env, pool.id).stats()).total).toBe(3)
    const again = await upload(pool.id, fileOf(PEOPLE), { commit: 'true', sharedNumbers: 'second-person' })
    expect(await json<ImportView>(again)).toMatchObject({ counts: { new: 0, second: 0, unchanged: 3, invalid: 1 } })
    expect((await upload(pool.id, fileOf(PEOPLE), { sharedNumbers: 'both' })).status).toBe(422)
  })

  it('[IMP-3] a program’s file and a browser’s chunks give the same verdicts, row by row', async () => {
    const list: TestList = turkishList({ good: 930, nameless: 10, repeats: 40, bad: 25 })
    const odd = [
      ['x'.repeat(10_000), 'Y', 'A', '05320009999', null, null],
      ['Ad', 'Soyad', 'B', '0532 000 99 98 / 0533 000 99 98', 'n'.repeat(2_001), null],
      ['Ad', 'Soyad', 'C', '٠٥٣٢٠٠٠٩٩٩٧', null, 'x'.repeat(9_000)],
      ['Ad', 'Soyad', 'D', '+90 111 111 11 11', null, null],
      ['Ad', 'Soyad', 'E', '0532 000 99 96 / 0533 000 99 96', null, null],
    ]
    const file = fileOf([...list.rows, ...odd])
    const [one, other] = [await makePool([], 0), await makePool([], 0)]
    const byProgram = await json<ImportView>(upload(one.id, file))
    const byBrowser = await viewOf(await inChunks(other.id, file, 333))
    expect(byProgram.counts).toMatchObject({ new: 942, duplicate: 40, invalid: 28 })
    expect(byBrowser.counts).toEqual(byProgram.counts)
    expect(byBrowser.warnings).toBe(byProgram.warnings)
    const [rows, others] = [await rowsOf(byProgram.id), await rowsOf(byBrowser.id)]
    expect(rows).toHaveLength(list.rows.length - 1 + odd.length)
    expect(others).toEqual(rows)
    expect((await rowsOf(byProgram.id, '&warned=true')).every((row) => row.warnings.length > 0)).toBe(true)
  })

  it('[IMP-1] a list that an old Windows saved as csv keeps its letters', async () => {
    const pool = await makePool([], 0)
    const turkish = Uint8Array.from(
      'Ad;Soyad;Telefon\r\nAyşe;Işık;0532 000 11 22',
      (letter) => ({ ş: 0xfe, ı: 0xfd })[letter] ?? letter.charCodeAt(0),
    )
    const view = await json<ImportView>(upload(pool.id, turkish, {}, 'liste.csv'))
    expect(await rowsOf(view.id)).toMatchObject([{ name: 'Ayşe Işık', phone: '+905320001122', verdict: 'new' }])
  })

  it('[IMP-5] errors come back as a spreadsheet of the same shape with a reason, ready to be mended', async () => {
    const pool = await makePool([], 0)
    const view = await json<ImportView>(upload(pool.id, fileOf(PEOPLE)))
    const reply = await api(`/api/imports/${view.id}/errors.xlsx?language=tr`, { as: dora })
    expect(reply.headers.get('content-type')).toContain('spreadsheetml')
    const list = await readList(
      new Uint8Array(await reply.arrayBuffer()),
      { name: 'errors.xlsx', country: 'TR' },
      EDGE_LIMITS,
    )
    if (!list.ok) throw new Error(list.refusal)
    expect(list.value.columns.map((column) => column.header)).toEqual([
      'Ad',
      'Soyad',
      'Kullanıcı Kodu',
      'Telefon',
      'Şehir',
      'Satır',
      'Neden',
    ])
    expect(list.value.rows).toMatchObject([
      {
        firstName: 'Elif',
        userCode: 'A3',
        phone: 'yok',
        custom: { Şehir: 'Muş', Satır: '4', Neden: 'Telefon numarası değil' },
      },
      {
        firstName: 'Ece',
        lastName: 'Su',
        phone: '+90 532 000 11 22',
        custom: { Satır: '5', Neden: '2. satırla aynı numara, kullanıcı kodu başka' },
      },
    ])
  })
})

describe('files that are not taken', () => {
  const text = (content: string) => new TextEncoder().encode(content) as Uint8Array<ArrayBuffer>
  it.each([
    ['a text file named .xlsx', () => text('Ad,Telefon\nAyşe,05320001122'), 422, 'file-unreadable'],
    ['a broken zip', () => fileOf(PEOPLE).slice(0, 2_000), 422, 'file-unreadable'],
    ['an empty file', () => new Uint8Array(), 422, 'file-empty'],
    ['a sheet with nothing in it', () => fileOf([]), 422, 'file-empty'],
    ['no phone column', () => fileOf([['Ad'], ['Ayşe']]), 422, 'no-phone-column'],
    [
      'more than 20,000 rows',
      () => fileOf([['Telefon'], ...Array.from({ length: 20_001 }, (_, row) => [5_320_000_000 + row])]),
      413,
      'file-too-large',
    ],
    ['more than 10 MB', () => new Uint8Array(10_000_001), 413, 'file-too-large'],
    ['much more than 10 MB', () => new Uint8Array(12_000_000), 413, 'file-too-large'],
  ])('[IMP-6] %s: one sentence, nothing changed', async (_, file, status, code) => {
    const pool = await makePool([], 0)
    const reply = await upload(pool.id, file(), { commit: 'true' })
    const problem = await json<Problem>(reply)
    expect([reply.status, problem.code]).toEqual([status, code])
    expect(problem.title.length).toBeGreaterThan(10)
    if (status === 413) expect(problem.detail).toContain('/chunks/')
    expect((await poolRoom(env, pool.id).stats()).total).toBe(0)
    await poolRoom(env, pool.id).settled()
    expect((await json<{ items: unknown[] }>(api(`/api/pools/${pool.id}/imports`, { as: dora }))).items).toEqual([])
  })

  it('[IMP-6] a form without a file, with an unknown policy, a body of another kind', async () => {
    const pool = await makePool([], 0)
    const form = new FormData()
    form.set('commit', 'true')
    const send = (body: BodyInit, headers: Record<string, string> = {}) =>
      SELF.fetch(`${ORIGIN}/api/pools/${pool.id}/imports`, {
        method: 'POST',
        headers: { authorization: `Bearer ${dora.token}`, ...headers },
        body,
      })
    for (const reply of [
      await send(form),
      await upload(pool.id, fileOf(PEOPLE), { policy: 'replace' }),
      await send('x', { 'content-type': 'text/plain' }),
      await send('{', { 'content-type': 'application/json' }),
    ]) {
      expect(reply.status).toBeGreaterThanOrEqual(400)
      expect((await json<Problem>(reply)).code).toBe('invalid-input')
    }
  })

  it('[IMP-5] imports and pools that are not there', async () => {
    for (const path of ['nothing', 'no.such', `${crypto.randomUUID()}.x`]) {
      const reply = await api(`/api/imports/${path}`, { as: dora })
      expect([reply.status, (await json<Problem>(reply)).code]).toEqual([404, 'unknown-import'])
    }
    const reply = await upload(crypto.randomUUID(), fileOf(PEOPLE))
    expect([reply.status, (await json<Problem>(reply)).code]).toEqual([404, 'unknown-pool'])
  })

  it('[AUTH-1] an agent imports nothing', async () => {
    const alice = await signedIn('agent', 'alice')
    const pool = await makePool([], 0)
    const reply = await upload(pool.id, fileOf(PEOPLE), {}, 'list.xlsx', alice)
    expect([reply.status, (await json<Problem>(reply)).code]).toEqual([403, 'not-permitted'])
  })
})
