import * as z from 'zod'

const most = (limit: number) => z.int().min(1).max(limit).nullable()

/** POOL-19: tries of a number over all pools, per calendar day of the pool, in any seven days, ever; null: no limit. */
export const capSettings = {
  caps: z.object({ perDay: most(50), perWeek: most(200), lifetime: most(1000) }).optional(),
}
