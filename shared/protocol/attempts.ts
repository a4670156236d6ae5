import * as z from 'zod'
import { epochMs, id } from './common'

export const attempt = z.object({
  id,
  poolId: id,
  poolName: z.string(),
  entryId: id,
  customerId: id,
  customerName: z.string().nullable(),
  phone: z.string(),
  agentId: id,
  agentName: z.string(),
  at: epochMs,
  attempt: z.int(),
  disposition: z.string().nullable(),
  flags: z.array(z.string()),
  note: z.string().nullable(),
  callId: id.nullable(),
  byHandset: z.boolean(),
  talkMs: z.int().nullable(),
  late: z.boolean(),
  correctedAt: epochMs.nullable(),
})
export type Attempt = z.infer<typeof attempt>

export const attemptQuery = z.object({
  poolId: id.optional(),
  customerId: id.optional(),
  agentId: id.optional(),
  from: z.coerce.number().optional(),
  to: z.coerce.number().optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(500).optional(),
  after: z.string().optional(),
})

export const customer = z.object({
  id,
  name: z.string().nullable(),
  phone: z.string(),
  phoneGiven: z.string(),
  userCode: z.string().nullable(),
  email: z.string().nullable(),
  createdAt: epochMs,
  updatedAt: epochMs,
})
export type Customer = z.infer<typeof customer>
