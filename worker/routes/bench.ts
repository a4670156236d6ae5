import * as z from 'zod'
import { RefusalError } from '../refusals'
import { poolRoom } from '../rooms/doors'
import { endpoint, json, router } from './endpoint'

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
