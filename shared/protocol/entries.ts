import * as z from 'zod'
import { epochMs, id, page, projection } from './common'
import { entryState } from './pools'

/** One entry as lists of a pool show it (D1's projection): `GET /api/pools/{poolId}/entries?state=&cursor=&limit=&after=`. */
export const entry = z.object({
  id,
  poolId: id,
  customerId: id,
  customerName: z.string().nullable(),
  phone: z.string(),
  phoneGiven: z.string(),
  userCode: z.string().nullable(),
  state: entryState,
  priority: z.int(),
  attempts: z.int(),
  dueAt: epochMs.nullable(),
  lastDisposition: z.string().nullable(),
})
export type Entry = z.infer<typeof entry>
export const entryPage = page(entry)
export const entryQuery = z.object({
  state: entryState.optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(500).optional(),
  after: z.string().optional(),
})

/** POOL-3: `POST /api/pools/{poolId}/entries/{entryId}/{pause|resume|reopen}`. */
export const supervision = z.object({ id: z.uuid().optional(), reason: z.string().trim().min(1).max(200) })
export const supervised = z.object({ projection })
