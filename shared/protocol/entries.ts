import * as z from 'zod'
import { ENTRY_SORTS, type EntryFilter } from '../domain/pool/entry-filter'
import { after, epochMs, id, page } from './common'
import { entryState, poolEntry } from './pools'

const priority = z.int().min(-100).max(100)
const attempts = z.int().min(0).max(10_000)
export const tag = z.string().trim().min(1).max(60)

/** POOL-24: what narrows the list, and what a bulk action means by "all that match". */
export const entryFilter = z.object({
  states: z.array(entryState).min(1).max(6).optional(),
  owner: id.optional(),
  priorityFrom: priority.optional(),
  priorityTo: priority.optional(),
  attemptsFrom: attempts.optional(),
  attemptsTo: attempts.optional(),
  lastDispositions: z.array(z.string().max(40)).min(1).max(60).optional(),
  tags: z.array(tag).min(1).max(20).optional(),
  importId: z.string().max(200).optional(),
  callback: z.enum(['promised', 'due', 'later', 'none']).optional(),
  callbackFor: id.optional(),
  concerns: id.optional(),
  text: z.string().trim().min(1).max(100).optional(),
}) satisfies z.ZodType<EntryFilter>
export const entrySort = z.object({ by: z.enum(ENTRY_SORTS), descending: z.boolean() })

/** How someone likes to see the list. */
export const shows = z.object({ filter: entryFilter, sort: entrySort })
export type Shows = z.infer<typeof shows>

/** A page: what stands after a cursor of the outline, in its order. The text searched for is in the body, never in an address. */
export const entrySearch = z.object({
  filter: entryFilter.default({}),
  sort: entrySort.default({ by: 'arrival', descending: false }),
  cursor: z.string().max(2_000).nullable().default(null),
  limit: z.int().min(1).max(1_000).default(100),
  /** With everything that is known of the customers, for an export. */
  whole: z.boolean().default(false),
  after,
})
export type EntrySearch = z.input<typeof entrySearch>

export const entryRow = poolEntry.extend({
  /** Since it came in or was last reopened. */
  tries: z.int(),
  callbackAt: epochMs.nullable(),
  callbackFor: z.string().nullable(),
  tags: z.array(z.string()),
  known: z
    .object({
      email: z.string().nullable(),
      notes: z.string().nullable(),
      language: z.string().nullable(),
      timeZone: z.string().nullable(),
      custom: z.record(z.string(), z.string()),
    })
    .optional(),
})
export type EntryRow = z.infer<typeof entryRow>
export const entryRowPage = page(entryRow)

/** How many match, and the cursor of the last of every `every` rows: any page can be asked for at once. */
export const entryOutline = z.object({ total: z.int(), every: z.int(), cursors: z.array(z.string()) })
export type EntryOutline = z.infer<typeof entryOutline>
/** What the list can be narrowed by: values that occur in it. */
export const entryFacets = z.object({ tags: z.array(z.string()) })

export const entryView = z.object({
  id,
  name: z.string(),
  isShared: z.boolean(),
  isMine: z.boolean(),
  by: z.string(),
  shows,
})
export type EntryView = z.infer<typeof entryView>
export const newEntryView = z.object({
  name: z.string().trim().min(1).max(60),
  isShared: z.boolean().default(false),
  shows,
})
