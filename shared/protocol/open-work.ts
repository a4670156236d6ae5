import * as z from 'zod'
import { epochMs, id } from './common'
import { refusalCode } from './problem'

/** POOL-24: what waits for one person: a pool's owned customers and promised calls. */
export const openWork = z.object({
  pools: z.array(z.object({ poolId: id, poolName: z.string(), owned: z.int(), promised: z.int() })),
  /** The promised calls, soonest first, at most 200. */
  callbacks: z.array(
    z.object({
      poolId: id,
      poolName: z.string(),
      timeZone: z.string(),
      entryId: id,
      customerName: z.string().nullable(),
      phone: z.string(),
      at: epochMs,
    }),
  ),
})
export type OpenWork = z.infer<typeof openWork>

/** `to` null: anyone. `id` is made once by who asks. */
export const handOver = z.object({ id: z.uuid(), to: id.nullable(), reason: z.string().trim().max(200).default('') })
/** In each pool a bulk action goes on in the background, or why it could not begin there. */
export const handedOver = z.object({
  pools: z.array(z.object({ poolId: id, bulkId: id.nullable(), refused: refusalCode.nullable() })),
})
