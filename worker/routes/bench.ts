import * as z from 'zod'
import { RefusalError } from '../refusals'
import { id } from '#shared/protocol/common'
import { poolRoom } from '../rooms/doors'
import { isRefusal } from '../rooms/ports'
import { body, endpoint, json, router } from './endpoint'

export const bench = router()

/** What a room call costs that does nothing: the floor under every pull (POOL-29). Not there unless BENCH=1. */
endpoint(
  bench,
  'system.read',
  {
    method: 'get',
    path: '/bench/empty',
    tags: ['system'],
    summary: 'A room call that does nothing',
    responses: { 200: json(z.object({ known: z.boolean() }), 'Nothing was done') },
  },
  async (c) => {
    if (c.env.BENCH !== '1') throw new RefusalError('not-found')
    return c.json({ known: (await poolRoom(c.env, 'bench-empty').settings()) !== null }, 200)
  },
)

/** Customers by the thousand, straight into the pool's room: importing a million would be what a bench of pulls measures. */
endpoint(
  bench,
  'import.run',
  {
    method: 'post',
    path: '/bench/pools/{poolId}/entries',
    tags: ['system'],
    summary: 'Customers for a bench',
    request: {
      params: z.object({ poolId: id }),
      ...body(z.object({ from: z.int().min(0), count: z.int().min(1).max(5_000) })),
    },
    responses: { 200: json(z.object({ added: z.number() }), 'They can be pulled') },
  },
  async (c) => {
    if (c.env.BENCH !== '1') throw new RefusalError('not-found')
    const { from, count } = c.req.valid('json')
    const added = await poolRoom(c.env, c.req.valid('param').poolId).addBenchRows(from, count)
    if (isRefusal(added)) throw new RefusalError(added.refused)
    return c.json({ added }, 200)
  },
)
