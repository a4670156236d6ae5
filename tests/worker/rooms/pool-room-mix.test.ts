import { describe, expect, it } from 'vitest'
import { alice, lease, openPool, said } from '#tests/support/workerd/pool'
import { PoolRoom } from '#worker/rooms/pool-room'

/** Who comes next, with three due retries (1, 2, 3) and four fresh ones (4…7), all of one priority. */
async function given(id: string, mix: 'retries-first' | 'fresh-first' | { oneIn: number }): Promise<number[]> {
  const room = await openPool(id, 7, { mix: 'retries-first' })
  for (let n = 0; n < 3; n += 1) await room.apply(alice, [said(await lease(room, alice), 'busy')])
  const later = Date.now() + 16 * 60_000
  PoolRoom.clock = () => later
  try {
    await room.configure({ ...(await room.settings())!, mix, version: 2 })
    const order: number[] = []
    for (let n = 0; n < 7; n += 1) {
      const view = await lease(room, alice)
      order.push(Number(view.entry.id))
      await room.apply(alice, [said(view, 'reached')])
    }
    return order
  } finally {
    PoolRoom.clock = () => Date.now()
  }
}

describe('the mix of due retries and fresh ones', () => {
  it('[POOL-2] gives out due retries first by default', async () => {
    expect(await given('mix-retries', 'retries-first')).toEqual([1, 2, 3, 4, 5, 6, 7])
  })
  it('[POOL-2] gives out fresh ones first where the pool says so', async () => {
    expect(await given('mix-fresh', 'fresh-first')).toEqual([4, 5, 6, 7, 1, 2, 3])
  })
  it('[POOL-2] gives out a fresh one each nth time; what is left over follows', async () => {
    expect(await given('mix-one-in', { oneIn: 2 })).toEqual([1, 4, 2, 5, 3, 6, 7])
  })
})
