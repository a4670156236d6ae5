import * as z from 'zod'
import { epochMs, id } from './common'
import { editLock } from './customer-edit'

/** Who has a customer now, and until when. */
export const taken = z.object({ agentId: id, agentName: z.string(), since: epochMs, until: epochMs })

/**
 * POOL-22: an entry as the list shows it. The number is not in it but for its last digits: it is told to whoever takes the
 * customer. `blocked`: why it cannot be taken now (the lane it stands in); null: it can. `keptFor`: the only agent who may.
 */
export const listedEntry = z.object({
  entryId: id,
  name: z.string().nullable(),
  userCode: z.string().nullable(),
  phoneEnd: z.string(),
  status: z.string(),
  rank: z.int(),
  state: z.string(),
  attempts: z.int(),
  lastSeenAt: epochMs,
  blocked: z.string().nullable(),
  dueAt: epochMs.nullable(),
  keptFor: z.string().nullable(),
  taken: taken.nullable(),
  lock: editLock.nullable(),
  /** Of the customer's card: another one means that fields were changed. */
  updatedAt: epochMs,
})
export type ListedEntry = z.infer<typeof listedEntry>

/** By display rank, then by arrival. `isReady` false: the list is still being put in order (after a change of settings). */
export const listPage = z.object({
  items: z.array(listedEntry),
  nextCursor: z.string().nullable(),
  isReady: z.boolean(),
  byStatus: z.record(z.string(), z.int()),
})
export type ListPage = z.infer<typeof listPage>

/** A search shows so many in the order of the list, the first that came in; more than that asks for more words. */
export const MOST_FOUND = 500
export const listCursor = z.string().regex(/^\d{1,3}\.\d{1,15}$/)
export const listStatus = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/)
export const listSearch = z.object({
  /** Part of a name or user code, without case and accents; or the last digits of a number, as many as are shown. */
  text: z.string().trim().min(1).max(100),
  cursor: listCursor.nullable().default(null),
  status: listStatus.nullable().default(null),
  limit: z.int().min(1).max(100).default(50),
})
export const listFound = listPage.extend({
  /** Of this search; `isCut`: there are more than are shown. */
  found: z.int(),
  isCut: z.boolean(),
})
export type ListFound = z.infer<typeof listFound>

/** How ageing goes: `waiting` entries are still to be looked at; `ranAt`: when the last run was through. */
export const ageingRun = z.object({
  isRunning: z.boolean(),
  seen: z.int(),
  total: z.int(),
  ranAt: epochMs.nullable(),
  nextAt: epochMs.nullable(),
  byStatus: z.record(z.string(), z.int()),
})
export type AgeingRun = z.infer<typeof ageingRun>

const stamp = { epoch: z.string(), seq: z.int(), at: epochMs }
/** Topic `pool:ID`: entries that are taken or edited now, then every entry that changes. */
export const poolEvent = z.discriminatedUnion('type', [
  z.object({ ...stamp, type: z.literal('snapshot'), poolId: id, entries: z.array(listedEntry) }),
  z.object({ ...stamp, type: z.literal('entry-changed'), entry: listedEntry }),
  /** Too many changed at once to be told one by one: ask the list again. */
  z.object({ ...stamp, type: z.literal('list-changed') }),
])
export type PoolEvent = z.infer<typeof poolEvent>
