import * as z from 'zod'
import { epochMs, id, page } from './common'
import { legView } from './quality'

/** A call as the books hold it, after it ended (CallRoom → LedgerRoom → D1). */
export const callView = z.object({
  callId: id,
  agentId: id,
  agentName: z.string(),
  other: z.string(),
  poolId: id.nullable(),
  entryId: id.nullable(),
  direction: z.enum(['outgoing', 'internal', 'incoming']),
  startedAt: epochMs,
  answeredAt: epochMs.nullable(),
  endedAt: epochMs.nullable(),
  talkMs: z.int(),
  hangupCause: z.string().nullable(),
  sipStatus: z.int().nullable(),
  endedBy: z.enum(['caller', 'callee', 'server']).nullable(),
  /** PHONE-7: by each phone that measured; none: unknown. */
  legs: z.array(legView).default([]),
})
export type CallView = z.infer<typeof callView>
export const callPage = page(callView)

export const callQuery = z.object({
  agentId: id.optional(),
  poolId: id.optional(),
  /** Epoch ms of its beginning: from inclusive, to exclusive. */
  from: z.coerce.number().int().min(0).optional(),
  to: z.coerce.number().int().min(0).optional(),
  cursor: z
    .string()
    .regex(/^\d{1,15}:[A-Za-z0-9:_.-]{1,80}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
})
