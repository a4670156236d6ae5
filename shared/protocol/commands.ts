import * as z from 'zod'
import { e164, epochMs, id, projection, uuid } from './common'
import { answerValues } from './pool-talk'
import { fieldChanges } from './customer-edit'
import { refusalCode } from './problem'

const target = { poolId: id, entryId: id, token: z.int().min(1) }
const command = { id: uuid, at: epochMs }
/** POOL-10, 28: tags of those the disposition offers; the pool's form as filled in. */
const talk = { tags: z.array(z.string().max(40)).max(20).optional(), answers: answerValues.optional() }

/** SYNC-1: every change an agent makes to their work. `at` is when they did it, by their own clock. */
export const recordDisposition = z.object({
  ...command,
  ...target,
  kind: z.literal('record-disposition'),
  disposition: z.string().max(40),
  note: z.string().max(2000).optional(),
  callbackAt: epochMs.optional(),
  callbackFor: z.enum(['me', 'anyone']).optional(),
  ...talk,
  callId: id.optional(),
  /** POOL-27: which of the customer's numbers it was; default the one that was next. */
  phone: e164.optional(),
  /** Self-reported, only without a callId (POOL-12). */
  talkMs: z.int().min(0).max(86_400_000).optional(),
})
export const correctDisposition = z.object({
  ...command,
  poolId: id,
  entryId: id,
  kind: z.literal('correct-disposition'),
  /** The id of the record-disposition that booked it. */
  attemptId: id,
  disposition: z.string().max(40),
  note: z.string().max(2000).optional(),
  callbackAt: epochMs.optional(),
  callbackFor: z.enum(['me', 'anyone']).optional(),
  ...talk,
})
/** POOL-15. `was`: the time as it stood on the screen; moved by someone else meanwhile it is a `conflict`. */
export const moveCallback = z.object({
  ...command,
  poolId: id,
  entryId: id,
  kind: z.literal('move-callback'),
  was: epochMs,
  callbackAt: epochMs,
  /** Absent: whose it was. */
  callbackFor: z.enum(['me', 'anyone']).optional(),
  /** Absent: as it was. */
  note: z.string().max(2000).optional(),
})
export const cancelCallback = z.object({
  ...command,
  poolId: id,
  entryId: id,
  kind: z.literal('cancel-callback'),
  was: epochMs,
  reason: z.string().trim().max(200).optional(),
})
export const extendLease = z.object({
  ...command,
  ...target,
  kind: z.literal('extend-lease'),
  inCall: z.boolean().optional(),
})
export const skipEntry = z.object({
  ...command,
  ...target,
  kind: z.literal('skip-entry'),
  reason: z.string().trim().min(1).max(200),
})
export const releaseLease = z.object({
  ...command,
  ...target,
  kind: z.literal('release-lease'),
  reason: z.string().trim().max(200).optional(),
})

/** POOL-23: changes to the customer's fields, each from what the person saw. `lockId`: with the editing lock of their screen. */
export const editCustomer = z.object({
  ...command,
  ...target,
  kind: z.literal('edit-customer'),
  lockId: uuid.optional(),
  changes: fieldChanges,
})

export const agentCommand = z.discriminatedUnion('kind', [
  recordDisposition,
  correctDisposition,
  extendLease,
  skipEntry,
  releaseLease,
  editCustomer,
  moveCallback,
  cancelCallback,
])
export type AgentCommand = z.infer<typeof agentCommand>
export type RecordDisposition = z.infer<typeof recordDisposition>
export type CorrectDisposition = z.infer<typeof correctDisposition>
export type EditCustomer = z.infer<typeof editCustomer>
export type CallbackCommand = z.infer<typeof moveCallback> | z.infer<typeof cancelCallback>

/** Each command is parsed by itself, so that one bad one is refused alone (SYNC-2). */
export const commandBatch = z.object({ commands: z.array(z.unknown()).min(1).max(500) })

export const commandResult = z.object({
  id: z.string(),
  outcome: z.enum(['accepted', 'duplicate', 'late', 'refused']),
  code: refusalCode.optional(),
  detail: z.string().optional(),
  /** What became of the entry, for "back at 14:32" and "2 of 3". */
  entry: z
    .object({ id, state: z.string(), attempts: z.int(), maxAttempts: z.int(), dueAt: epochMs.nullable() })
    .optional(),
  expiresAt: epochMs.optional(),
  projection: projection.optional(),
})
export type CommandResult = z.infer<typeof commandResult>
export const commandResults = z.object({ results: z.array(commandResult) })
