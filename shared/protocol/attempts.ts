import * as z from 'zod'
import { after, epochMs, id, page } from './common'
import { answer } from './pool-talk'
import { receipt } from './receipt'

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
  tags: z.array(z.string()).default([]),
  /** POOL-28: the form as it was filled in. */
  answers: z.array(answer).default([]),
  /** POOL-20; null: booked before there were receipts. */
  receipt: receipt.nullable().default(null),
})
export type Attempt = z.infer<typeof attempt>

export const attemptQuery = z.object({
  poolId: id.optional(),
  customerId: id.optional(),
  agentId: id.optional(),
  /** Epoch ms: from inclusive, to exclusive. */
  from: z.coerce.number().int().min(0).optional(),
  to: z.coerce.number().int().min(0).optional(),
  /** `at:id` of the last one shown. */
  cursor: z
    .string()
    .regex(/^\d{1,15}:[A-Za-z0-9:_.-]{1,80}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  after,
})
export const attemptPage = page(attempt)

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
export const customerPage = page(customer)
export const customerQuery = z.object({
  q: z.string().trim().min(2).max(100).optional(),
  cursor: id.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after,
})
