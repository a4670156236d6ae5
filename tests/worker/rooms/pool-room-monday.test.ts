import { describe, expect, it } from 'vitest'
import type { StagedRow } from '#shared/domain/import/staged'
import {
  alice,
  aRow,
  bob,
  carol,
  dora,
  fill,
  granted,
  lease,
  openPool,
  packed,
  pull,
  said,
} from '#tests/support/workerd/pool'

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n)
const list = (from: number, to: number): StagedRow[] => range(from, to).map((n) => aRow(n, { name: `Customer ${n}` }))

describe('Monday’s file again', () => {
  it('[IMP-4] [IMP-5] 200 known and 15 new rows: exactly 15 new, and nothing is disturbed', async () => {
    const room = await openPool('monday', list(1, 200), { maxAttempts: 1 })
    for (const disposition of [...range(1, 50).map(() => 'reached'), ...range(1, 5).map(() => 'do-not-call')])
      await room.apply(alice, [said(await lease(room, alice), disposition)])
    // unreachable at the first attempt, which waits for nothing in this pool
    for (const _ of range(1, 10)) await room.apply(alice, [said(await lease(room, alice), 'wrong-number')])
    for (const n of range(70, 89)) {
      const changes = [{ field: 'name', from: `Customer ${n}`, to: `Corrected ${n}` }]
      granted(await room.editCard(carol, { id: crypto.randomUUID(), entryId: String(n), changes }))
    }
    const held = await lease(room, bob)
    const before = await room.stats()
    expect(before).toMatchObject({ total: 200, completed: 50, unreachable: 10, doNotCall: 5, leased: 1 })

    const { checked, view } = await fill(room, list(1, 215))
    expect(checked.counts).toMatchObject({
      new: 15,
      update: 0,
      'do-not-call': 5,
      closed: 60,
      unchanged: 135,
      invalid: 0,
    })
    expect(view.counts).toEqual(checked.counts)
    expect(await room.stats()).toMatchObject({ ...before, total: 215, pending: before.pending + 15 })
    // the hold is the same, and so are the corrected names
    expect((await lease(room, bob)).lease.id).toBe(held.lease.id)
    const { items } = granted(await room.importRows(view.id, { verdicts: ['unchanged'], warned: false, limit: 1_000 }))
    const kept = items.filter((row) => row.kept.length > 0)
    expect(kept.map(({ kept: [first] }) => first)).toEqual(
      range(70, 89).map((n) => ({ field: 'name', from: `Corrected ${n}`, to: `Customer ${n}` })),
    )
    const again = await fill(room, list(1, 215))
    expect(again.checked.counts).toMatchObject({ new: 0, update: 0, unchanged: 150 })
  })

  it('[IMP-4] "reopen unreachable" gives fresh attempts; completed ones stay closed', async () => {
    const room = await openPool('monday-reopen', list(1, 2), { maxAttempts: 1 })
    await room.apply(alice, [said(await lease(room, alice), 'wrong-number')])
    await room.apply(alice, [said(await lease(room, alice), 'reached')])
    const id = crypto.randomUUID()
    const by = { id: 'dora', name: 'Dora' }
    granted(
      await room.openImport({ id, fileName: 'a.csv', sha256: 'a'.repeat(64), rowCount: 2, policy: 'merge', by, at: 1 }),
    )
    granted(await room.putChunk(id, 0, packed(list(1, 2))))
    expect(granted(await room.importView(id)).counts).toMatchObject({ closed: 2, reopen: 0 })
    expect(granted(await room.chooseImport(id, { reopenUnreachable: true })).counts).toMatchObject({
      closed: 1,
      reopen: 1,
    })
    expect(granted(await room.commitSlice(id))).toMatchObject({ state: 'committed' })
    expect(await room.stats()).toMatchObject({ pending: 1, completed: 1, unreachable: 0 })
    expect(await room.chooseImport(id, { policy: 'skip' })).toEqual({ refused: 'import-state' })
  })

  it('[IMP-5] undo takes out what nobody touched, restores what it changed, keeps the rest', async () => {
    const room = await openPool('monday-undo', [aRow(1, { name: 'Erin' })])
    const { view } = await fill(room, [aRow(1, { name: 'Erin Su' }), ...list(2, 4)])
    expect(view.counts).toMatchObject({ new: 3, update: 1 })
    // alice has had the second customer, and gave them back
    await lease(room, bob)
    const held = await lease(room, alice)
    await room.releaseFor(carol, held.entry.id, 'x')
    await room.releaseFor(carol, '1', 'x')
    let undone = granted(await room.undoSlice(dora, view.id))
    while (undone.state !== 'undone') undone = granted(await room.undoSlice(dora, view.id))
    expect(undone.undone).toEqual({ removed: 2, restored: 1, kept: 1 })
    expect(await room.stats()).toMatchObject({ total: 2, pending: 2 })
    expect(granted(await room.undoSlice(dora, view.id)).undone).toEqual(undone.undone)
    // arrival numbers are not given twice
    await fill(room, list(9, 9))
    const first = await lease(room, alice)
    expect(first.customer.name).toBe('Erin')
    expect((await lease(room, bob)).entry.id).toBe('2')
    expect((await lease(room, { ...bob, userId: 'carl' })).entry.id).toBe('5')
  })

  it('[IMP-5] after a restart of the page the same file goes on where it stopped', async () => {
    const room = await openPool('monday-resume', 0)
    const id = crypto.randomUUID()
    const by = { id: 'dora', name: 'Dora' }
    const sha256 = 'c'.repeat(64)
    granted(await room.openImport({ id, fileName: 'a.csv', sha256, rowCount: 2, policy: 'merge', by, at: 1 }))
    granted(await room.putChunk(id, 1, packed(list(2, 2))))
    const asked = { userId: 'dora', sha256, signature: 'f'.repeat(32) }
    expect(granted(await room.importMemory(asked)).open).toMatchObject({ id, state: 'receiving', chunks: [1] })
    expect(granted(await room.importMemory({ ...asked, userId: 'carol' })).open).toBeNull()
    granted(await room.putChunk(id, 0, packed(list(1, 1))))
    granted(await room.commitSlice(id))
    expect(granted(await room.importMemory(asked)).open).toBeNull()
    expect((await pull(room, alice)).lease).not.toBeNull()
  })
})
