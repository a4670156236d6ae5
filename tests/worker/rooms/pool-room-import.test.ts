import { env, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { StagedRow } from '#shared/domain/import/staged'
import { poolRoom } from '#worker/rooms/doors'
import type { PoolPort } from '#worker/rooms/ports'
import { evict } from '#tests/support/workerd/evict'
import { alice, aRow, fill, granted, lease, openPool, packed, said } from '#tests/support/workerd/pool'
import { numberOf } from '#tests/support/workerd/numbers'

async function open(room: PoolPort, rowCount: number): Promise<string> {
  const id = crypto.randomUUID()
  const by = { id: 'dora', name: 'Dora' }
  granted(
    await room.openImport({
      id,
      fileName: 'list.xlsx',
      sha256: 'b'.repeat(64),
      rowCount,
      policy: 'merge',
      by,
      at: Date.now(),
    }),
  )
  return id
}
const invalid = (n: number): StagedRow => ({
  row: n + 1,
  given: { phone: 'abc' },
  name: null,
  phone: null,
  fault: { reason: 'phone-invalid', column: 'phone', value: 'abc' },
})

describe('an import in its pool', () => {
  it('[IMP-4] judges every row, commits what is good, and the same file again changes nothing', async () => {
    const room = await openPool('import-verdicts', 0)
    const rows = [
      aRow(1),
      aRow(2),
      aRow(3, { phone: numberOf(1) }),
      invalid(4),
      aRow(5, { phone: numberOf(2), userCode: 'B2' }),
    ]
    const { checked, view } = await fill(room, rows)
    expect(checked).toMatchObject({ state: 'checked', counts: { new: 2, duplicate: 2, invalid: 1, update: 0 } })
    expect(view).toMatchObject({ state: 'committed', committedRows: 5, counts: { new: 2, duplicate: 2, invalid: 1 } })
    const again = await fill(room, rows)
    expect(again.checked.counts).toMatchObject({ new: 0, unchanged: 2, duplicate: 2, invalid: 1 })
    expect(await room.stats()).toMatchObject({ total: 2, pending: 2 })
  })

  it('[IMP-4] merge fills and updates and never blanks; a finished customer stays closed', async () => {
    const room = await openPool('import-merge', [aRow(1, { userCode: 'A1' }), aRow(2)])
    const view = await lease(room, alice)
    await room.apply(alice, [said(view, 'reached')])
    const silent = aRow(2, { name: 'Erin', priority: 5 })
    const { checked } = await fill(room, [aRow(1), { ...silent, row: 9 }])
    expect(checked.counts).toMatchObject({ closed: 1, update: 1 })
    expect((await lease(room, alice)).customer).toMatchObject({ name: 'Erin', phone: numberOf(2) })
    expect((await lease(room, alice)).entry.priority).toBe(5)
  })

  it('[IMP-5] a chunk again is answered again, with other rows it is refused, and nothing is doubled', async () => {
    const room = await openPool('import-chunks', 0)
    const id = await open(room, 2)
    expect(await room.putChunk(id, 0, packed([aRow(1)]))).toEqual({ received: 1 })
    expect(await room.putChunk(id, 0, packed([aRow(1)]))).toEqual({ received: 1 })
    expect(await room.putChunk(id, 0, packed([aRow(7)]))).toEqual({ refused: 'chunk-mismatch' })
    expect(await room.commitSlice(id)).toEqual({ refused: 'import-state' })
    expect(await room.putChunk(id, 1, packed([aRow(2)]))).toEqual({ received: 2 })
    expect(granted(await room.commitSlice(id))).toMatchObject({ state: 'committed', committedRows: 2 })
    expect(granted(await room.commitSlice(id))).toMatchObject({ state: 'committed', committedRows: 2 })
    expect(await room.stats()).toMatchObject({ total: 2 })
  })

  it('[IMP-4] the first in the sheet wins, in whatever order the chunks come', async () => {
    const room = await openPool('import-order', 0)
    const id = await open(room, 2)
    await room.putChunk(id, 1, packed([aRow(8, { phone: numberOf(1), name: 'Second' })]))
    expect(granted(await room.importView(id)).counts).toMatchObject({ new: 1, duplicate: 0 })
    await room.putChunk(id, 0, packed([aRow(1, { name: 'First' })]))
    expect(granted(await room.importView(id)).counts).toMatchObject({ new: 1, duplicate: 1 })
    const { items } = granted(await room.importRows(id, { verdicts: ['duplicate'], warned: false, limit: 10 }))
    expect(items).toMatchObject([{ row: 9, verdict: 'duplicate', of: 2, given: { name: 'Second' } }])
    await room.commitSlice(id)
    expect((await lease(room, alice)).customer.name).toBe('First')
  })

  it('[IMP-9] a large list is committed in slices; what has landed can be pulled meanwhile', async () => {
    const room = await openPool('import-slices', 0)
    const id = await open(room, 3_000)
    for (let n = 0; n < 3; n += 1) {
      await room.putChunk(id, n, packed(Array.from({ length: 1_000 }, (_, row) => aRow(n * 1_000 + row + 1))))
    }
    expect(granted(await room.commitSlice(id))).toMatchObject({ state: 'committing', committedRows: 500 })
    expect((await lease(room, alice)).entry.id).toBe('1')
    for (let slice = 1; slice < 5; slice += 1) await room.commitSlice(id)
    expect(granted(await room.commitSlice(id))).toMatchObject({ state: 'committed', committedRows: 3_000 })
    await room.settled()
    const row = await env.DB.prepare("SELECT count(*) AS n FROM entries WHERE pool_id='import-slices'").first<{
      n: number
    }>()
    expect(row).toEqual({ n: 3_000 })
  })

  it('[IMP-9] the lists are told of a long import in short turns, and it is committed when they were', async () => {
    const room = await openPool('import-told', [aRow(1)])
    const id = await open(room, 6_000)
    for (let n = 0; n < 6; n += 1)
      await room.putChunk(id, n, packed(Array.from({ length: 1_000 }, (_, row) => aRow(n * 1_000 + row + 1))))
    let view = granted(await room.commitSlice(id))
    while (view.committedRows < 6_000) view = granted(await room.commitSlice(id))
    expect(view).toMatchObject({ state: 'committing', committedAt: null })
    expect(view).not.toHaveProperty('toldTo')
    expect(granted(await room.commitSlice(id))).toMatchObject({
      state: 'committed',
      counts: { new: 5_999, unchanged: 1 },
    })
    await room.settled()
    const told = "SELECT count(*) AS n FROM entries WHERE pool_id='import-told' AND lists LIKE ?"
    expect(await env.DB.prepare(told).bind(`%${id}%`).first()).toEqual({ n: 6_000 })
  })

  it.each([false, true])(
    '[IMP-4] who came in since the dry run is not taken twice (cold start: %s)',
    async (isCold) => {
      const name = `import-since-${isCold}`
      const room = await openPool(name, 0)
      const id = await open(room, 3)
      await room.putChunk(id, 0, packed([aRow(1), aRow(2), aRow(3)]))
      expect(granted(await room.importView(id)).counts).toMatchObject({ new: 3 })
      if (isCold) await evict(env.POOL.getByName(name))
      const again = poolRoom(env, name)
      await fill(again, [aRow(2)])
      if (isCold) await evict(env.POOL.getByName(name))
      const { counts } = granted(await poolRoom(env, name).commitSlice(id))
      expect(counts).toMatchObject({ new: 2, unchanged: 1 })
      expect(await poolRoom(env, name).stats()).toMatchObject({ total: 3 })
    },
  )

  it('[IMP-5] goes on after a cold start between chunks: repeats are seen, a chunk again is answered again', async () => {
    const room = await openPool('import-cold', 0)
    const id = await open(room, 4)
    const gap = { ...aRow(5), row: 90 }
    const first = packed([aRow(1), invalid(2), gap])
    await room.putChunk(id, 0, first)
    await evict(env.POOL.getByName('import-cold'))
    const again = poolRoom(env, 'import-cold')
    expect(await again.putChunk(id, 0, first)).toEqual({ received: 3 })
    expect(await again.putChunk(id, 1, packed([gap]))).toEqual({ refused: 'chunk-mismatch' })
    await again.putChunk(id, 1, packed([aRow(6, { phone: numberOf(5) })]))
    const { items } = granted(await again.importRows(id, { verdicts: ['duplicate'], warned: false, limit: 10 }))
    expect(items).toMatchObject([{ row: 90, of: 7 }])
  })

  it('[POOL-24] opens a pool of a release that kept a row for every entry of a list', async () => {
    await openPool(
      'import-lists',
      [1, 2, 3].map((n) => aRow(n)),
    )
    await runInDurableObject(env.POOL.getByName('import-lists'), (_room, state) => {
      state.storage.sql.exec(`
        CREATE TABLE entry_list (entry_id INTEGER NOT NULL, import_id TEXT NOT NULL, PRIMARY KEY (entry_id, import_id)) WITHOUT ROWID;
        CREATE INDEX entry_list_import ON entry_list(import_id, entry_id);
        INSERT INTO entry_list SELECT e.id, list FROM entry e, (SELECT 'may' AS list UNION SELECT 'june') WHERE list='may' OR e.id<>2;
        DROP TABLE list_member; DROP TABLE list_name;`)
    })
    await evict(env.POOL.getByName('import-lists'))
    await fill(poolRoom(env, 'import-lists'), [aRow(2)])
    await poolRoom(env, 'import-lists').settled()
    const of = (id: string) =>
      env.DB.prepare("SELECT lists FROM entries WHERE pool_id='import-lists' AND entry_id=?")
        .bind(id)
        .first<{ lists: string }>()
    expect(JSON.parse((await of('2'))!.lists)).toEqual(['may', expect.any(String)])
    const kept = await runInDurableObject(env.POOL.getByName('import-lists'), (_room, state) =>
      state.storage.sql
        .exec('SELECT import_id AS list, mask FROM list_member JOIN list_name ON no=list ORDER BY no')
        .toArray(),
    )
    expect(kept.slice(0, 2)).toEqual(
      expect.arrayContaining([
        { list: 'may', mask: 0b1110 },
        { list: 'june', mask: 0b1010 },
      ]),
    )
  })

  it('refuses an import that it does not know', async () => {
    expect(await poolRoom(env, 'import-slices').importView('nowhere')).toEqual({ refused: 'unknown-import' })
  })
})
