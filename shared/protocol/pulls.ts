import * as z from 'zod'
import { e164, epochMs, id, uuid } from './common'
import { answer, talkSettings } from './pool-talk'
import { dialMode } from './pool-dialling'
import { disposition } from './pools'
import { receipt } from './receipt'

export const pullRequest = z.object({
  /** Command id: a repeated one answers the first answer (POOL-4). */
  id: uuid.optional(),
})

export const customerView = z.object({
  id,
  name: z.string().nullable(),
  phone: e164,
  /** As the list had it; both are shown (IMP-3). */
  phoneGiven: z.string(),
  userCode: z.string().nullable(),
  email: z.string().nullable(),
  notes: z.string().nullable(),
  language: z.string().nullable(),
  timeZone: z.string().nullable(),
  /** Whose clock theirs is: the list's, else their number's, else the pool's. */
  zone: z.string().optional(),
  tags: z.array(z.string()),
  custom: z.record(z.string(), z.string()),
})
export type CustomerView = z.infer<typeof customerView>

export const pastAttempt = z.object({
  id: z.string(),
  at: epochMs,
  agentId: z.string(),
  agentName: z.string(),
  /** null: disposition missing (POOL-17). */
  disposition: z.string().nullable(),
  note: z.string().nullable(),
  talkMs: z.int().nullable(),
  byHandset: z.boolean(),
  late: z.boolean(),
  attempt: z.int(),
  /** POOL-27: the number it was made on, of a customer with several. */
  phone: z.string().optional(),
  tags: z.array(z.string()).optional(),
  answers: z.array(answer).optional(),
  /** POOL-20. */
  receipt: receipt.optional(),
  /** POOL-24: made in another pool, before the customer was transferred here; with that pool's word for it. */
  from: z
    .object({
      poolId: id,
      poolName: z.string(),
      labels: disposition.shape.labels.nullable(),
      colour: disposition.shape.colour,
    })
    .optional(),
})
export type PastAttempt = z.infer<typeof pastAttempt>

/** POOL-27: one of several numbers of a customer, with its attempts in this pool. */
export const customerPhone = z.object({
  number: e164,
  given: z.string(),
  attempts: z.int(),
  isWrong: z.boolean(),
  isNext: z.boolean(),
})
export type CustomerPhone = z.infer<typeof customerPhone>

export const leaseView = z.object({
  lease: z.object({ id: z.string(), token: z.int(), expiresAt: epochMs, since: epochMs }),
  customer: customerView,
  entry: z.object({
    id,
    poolId: id,
    attempt: z.int(),
    maxAttempts: z.int(),
    priority: z.int(),
    callback: z.object({ at: epochMs, note: z.string().nullable() }).nullable(),
  }),
  pool: z.object({
    id,
    name: z.string(),
    timeZone: z.string(),
    country: z.string(),
    script: z.string(),
    wrapUpSeconds: z.int(),
    dispositions: z.array(disposition),
    ...talkSettings,
    /** POOL-25; without them: preview. */
    mode: dialMode.optional(),
    countdownSeconds: z.int().optional(),
  }),
  /** POOL-27: of a customer with several numbers, all, the list's first one first; `customer.phone` is the one that is next. */
  phones: z.array(customerPhone).optional(),
  /** IMP-4: the others of the pool whose number it is as well: ask for the right person. */
  sharedWith: z.array(z.object({ name: z.string().nullable(), userCode: z.string().nullable() })).optional(),
  history: z.array(pastAttempt),
})
export type LeaseView = z.infer<typeof leaseView>

/** POOL-8: the reasons nothing is due; with `ready` the counts add up to the pool. */
export const BLOCKS = [
  'leased',
  'assignedToAnother',
  'notDue',
  'callbackLater',
  'exhausted',
  'completed',
  'doNotCall',
  'paused',
  'outsideHours',
  'cap',
  'heldElsewhere',
  'poolPaused',
  'poolClosed',
] as const
export const blocked = z.partialRecord(z.enum(BLOCKS), z.int())
export type Blocked = z.infer<typeof blocked>
export const nothingDue = z.object({ lease: z.null(), blocked, nextDueAt: epochMs.nullable() })
export type NothingDue = z.infer<typeof nothingDue>
export const pullReply = z.union([leaseView, nothingDue])
export type PullReply = z.infer<typeof pullReply>

/** POOL-15: a promised call: mine or anyone's, at a moment (the zone is the customer's). Soonest first. */
export const callbackDue = z.object({
  poolId: id,
  poolName: z.string(),
  entryId: id,
  customerName: z.string().nullable(),
  phone: e164,
  at: epochMs,
  timeZone: z.string().nullable(),
  note: z.string().nullable(),
  isMine: z.boolean(),
  /** Whether I may move or cancel it: promised to me, or by me. */
  isOwn: z.boolean().optional(),
  country: z.string().optional(),
})
export type CallbackDue = z.infer<typeof callbackDue>
export const callbacksDue = z.object({ items: z.array(callbackDue) })
