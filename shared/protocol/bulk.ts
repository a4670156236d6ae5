import * as z from 'zod'
import type { BulkAction } from '../domain/pool/bulk'
import { epochMs, id, page, projection } from './common'
import { entryFilter, tag } from './entries'

const to = id.nullable()
const tags = z.array(tag).min(1).max(20)
/** POOL-24. `to` null: anyone. */
export const bulkAction = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('assign'), to }),
  z.object({ kind: z.literal('hand-over'), from: id, to }),
  z.object({ kind: z.literal('prioritise'), priority: z.int().min(-100).max(100) }),
  z.object({ kind: z.literal('pause') }),
  z.object({ kind: z.literal('resume') }),
  z.object({ kind: z.literal('reopen') }),
  z.object({ kind: z.literal('recycle') }),
  z.object({ kind: z.literal('tag'), tags }),
  z.object({ kind: z.literal('untag'), tags }),
  z.object({ kind: z.literal('transfer'), toPoolId: id }),
]) satisfies z.ZodType<BulkAction>

const entryId = z.string().regex(/^\d{1,15}$/)
/** All that match but some, or some by name. */
export const bulkSelection = z.union([
  z.object({ filter: entryFilter, except: z.array(entryId).max(5_000).default([]) }),
  z.object({ entries: z.array(entryId).min(1).max(5_000) }),
])
export type BulkSelection = z.output<typeof bulkSelection>

/** `id` is made once by who asks: asked again with it, it is the same bulk action. */
export const newBulk = z.object({
  id: z.uuid(),
  action: bulkAction,
  selection: bulkSelection,
  reason: z.string().trim().max(200).default(''),
})
export type NewBulk = z.input<typeof newBulk>

export const BULK_STATES = ['collecting', 'working', 'finished', 'cancelled'] as const
/** `total` is known once it is collected; done + unchanged + refusals = handled. */
export const bulkView = z.object({
  id,
  poolId: id,
  action: bulkAction,
  reason: z.string(),
  by: z.object({ id, name: z.string() }),
  state: z.enum(BULK_STATES),
  total: z.int(),
  done: z.int(),
  unchanged: z.int(),
  refusals: z.int(),
  createdAt: epochMs,
  endedAt: epochMs.nullable(),
  projection: projection.optional(),
})
export type BulkView = z.infer<typeof bulkView>
export const bulkList = z.object({ items: z.array(bulkView) })

/** One entry of the report. `outcome`: done, unchanged, a refusal's code, or null where it was not reached. */
export const bulkRow = z.object({
  entryId: id,
  name: z.string().nullable(),
  phone: z.string(),
  userCode: z.string().nullable(),
  outcome: z.string().nullable(),
})
export type BulkRow = z.infer<typeof bulkRow>
export const bulkRowPage = page(bulkRow)
export const bulkRowQuery = z.object({
  cursor: entryId.optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(500),
})
