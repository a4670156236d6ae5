import * as z from 'zod'
import { epochMs, id, projection } from './common'
import { entryState } from './pools'

/** POOL-25: one customer put into a pool by a program, under the name its own system has for them. */
export const putEntry = z.object({
  /** As a person writes it; without a country code it is one of the pool's country. */
  phone: z.string().min(3).max(60),
  name: z.string().max(200).optional(),
  userCode: z.string().max(64).optional(),
  email: z.string().max(254).optional(),
  notes: z.string().max(2000).optional(),
  language: z.string().max(35).optional(),
  timeZone: z.string().max(64).optional(),
  tags: z.array(z.string().max(60)).max(20).optional(),
  custom: z.record(z.string().max(100), z.string().max(2000)).optional(),
  /** POOL-2, high first; from the pool's push threshold on they are offered to an agent at once. */
  priority: z.int().min(-100).max(100).optional(),
  /** Not before; null or a time past: now. */
  dueAt: epochMs.nullable().optional(),
  /** Completed and unreachable ones are called again, with fresh attempts. */
  reopen: z.boolean().default(false),
})
export type PutEntry = z.infer<typeof putEntry>

export const putEntryReply = z.object({
  outcome: z.enum(['created', 'updated', 'reopened', 'unchanged']),
  entry: z.object({
    id,
    poolId: id,
    externalId: id,
    customerId: id,
    phone: z.string(),
    state: entryState,
    priority: z.int(),
    dueAt: epochMs.nullable(),
  }),
  projection,
})
export type PutEntryReply = z.infer<typeof putEntryReply>
