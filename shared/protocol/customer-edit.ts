import * as z from 'zod'
import { epochMs, id, projection, uuid } from './common'
import { customerView } from './pulls'

/** POOL-23: a field by its name; a custom one is `custom.KEY`. */
const fieldName = z
  .string()
  .max(80)
  .regex(/^(name|email|notes|language|timeZone|tags|custom\..+)$/)
export const fieldValue = z.union([z.string().max(2_000), z.array(z.string().max(60)).max(20), z.null()])
/** `from`: as the person saw it; what became something else meanwhile refuses the edit as `conflict`. */
export const fieldChange = z.object({ field: fieldName, from: fieldValue, to: fieldValue })
export const fieldChanges = z.array(fieldChange).min(1).max(60)

/** Who edits a customer now. */
export const editLock = z.object({
  entryId: id,
  lockId: uuid,
  agentId: id,
  agentName: z.string(),
  since: epochMs,
  expiresAt: epochMs,
})
export type EditLockView = z.infer<typeof editLock>

export const lockRequest = z.object({
  /** Made by the screen that edits. */
  lockId: uuid,
  step: z.enum(['open', 'renew', 'take-over']).default('open'),
})
/** Refused `being-edited` it names in `facts.held` who edits. */
export const lockReply = z.object({ lock: editLock })

export const customerPatch = z.object({
  id: uuid.optional(),
  /** The editing lock of this screen; without one the edit counts all the same, field by field. */
  lockId: uuid.optional(),
  changes: fieldChanges,
})

/** One change as history has it, newest first. */
export const cardEdit = z.object({
  n: z.int(),
  field: z.string(),
  at: epochMs,
  by: z.object({ id: z.string(), name: z.string(), how: z.enum(['person', 'import']) }),
  from: fieldValue,
  to: fieldValue,
})
export type CardEditView = z.infer<typeof cardEdit>

/** A customer in a pool with all that an editor needs. `edited`: fields that a person changed, which imports keep (IMP-4). */
export const entryCard = z.object({
  poolId: id,
  entryId: id,
  customer: customerView,
  state: z.string(),
  lock: editLock.nullable(),
  edited: z.array(z.string()),
})
export type EntryCard = z.infer<typeof entryCard>
export const entryCardChanged = entryCard.extend({ projection })

/** To whoever holds the customer: somebody edits them, or changed them. `by`: who did it last. */
export const customerNews = z.object({
  leaseId: z.string(),
  by: z.string(),
  customer: customerView,
  lock: editLock.nullable(),
})
export type CustomerNews = z.infer<typeof customerNews>
