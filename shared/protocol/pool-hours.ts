import * as z from 'zod'
import { MINUTES_A_DAY } from '../domain/hours/hours'
import { PACK_CODES } from '../domain/hours/pack-codes'
import { epochMs, id } from './common'

const minute = z.int().min(0).max(MINUTES_A_DAY)
/** Minutes after local midnight: from inclusive, to exclusive. */
const window = z
  .object({ from: minute, to: minute })
  .refine(({ from, to }) => from < to, { error: 'a window ends after it begins' })
const date = z.iso.date()

/** POOL-18: when a pool's customers may be called, in their own local time. null: at any time. */
export const poolHours = z.object({
  /** Jurisdictions whose rules hold (`GET /api/calling-hours/packs`); the strictest of all applies. */
  packs: z.array(z.enum(PACK_CODES)).max(20),
  /** The pool's own windows, Monday first; null: none of its own. */
  week: z.array(z.array(window).max(12)).length(7).nullable(),
  /** Days of the customer's calendar without calls. */
  holidays: z.array(z.object({ date, name: z.string().trim().max(60) })).max(200),
})
export type PoolHours = z.infer<typeof poolHours>
export const hoursSettings = { hours: poolHours.nullable().optional() }

export const hoursPack = z.object({
  code: z.string(),
  version: z.string(),
  basis: z.enum(['law', 'custom']),
  source: z.string(),
  week: z.array(z.array(z.object({ from: z.int(), to: z.int() }))),
  /** The next ones, as local dates. */
  holidays: z.array(z.string()),
})
export const hoursPacks = z.object({ items: z.array(hoursPack) })
export type HoursPack = z.infer<typeof hoursPack>

/** Customers who share zones and jurisdiction: how many wait, whether they may be called, what their clocks show. */
export const hoursClass = z.object({
  zones: z.array(z.string()),
  jurisdiction: z.string().nullable(),
  from: z.enum(['list', 'number', 'country', 'unsorted']),
  n: z.int(),
  isOpen: z.boolean(),
  changesAt: epochMs.nullable(),
})
export type HoursClass = z.infer<typeof hoursClass>
/** What hours would do now to those whose turn it is; `of`: customers that are waiting. */
export const hoursPreview = z.object({
  open: z.int(),
  of: z.int(),
  opensAt: epochMs.nullable(),
  classes: z.array(hoursClass),
})
export type HoursPreview = z.infer<typeof hoursPreview>

/** POOL-8, the rules that may keep a customer from being called, and `ready`. */
export const RULES = [
  'ready',
  'reserved',
  'leased',
  'notDue',
  'callbackLater',
  'outsideHours',
  'cap',
  'heldElsewhere',
  'paused',
  'exhausted',
  'completed',
  'doNotCall',
  'poolPaused',
  'poolClosed',
] as const
export const whyNothing = z.object({
  total: z.int(),
  /** Add up to `total`. `clearsAt`: when the first of them comes free by time alone; null: not by time, or not known. */
  rules: z.array(z.object({ rule: z.enum(RULES), n: z.int(), clearsAt: epochMs.nullable() })),
  /** Where hours keep somebody back or let somebody through: by class. */
  hours: z.array(hoursClass),
  at: epochMs,
})
export type WhyNothing = z.infer<typeof whyNothing>

/** POOL-8 for one customer: every rule that holds now, the one that decides first. `ready` alone: they may be called. */
export const whyEntry = z.object({
  entryId: id,
  customerName: z.string().nullable(),
  rules: z.array(
    z.object({
      rule: z.enum(RULES),
      /** When time alone lifts it. */
      until: epochMs.nullable(),
      /** Whose it is: who holds, owns or promised. */
      agentId: id.nullable(),
      agentName: z.string().nullable(),
    }),
  ),
  /** When this customer comes next by time alone, all rules together; null: now, or not by time. */
  nextDueAt: epochMs.nullable(),
  locality: z.object({
    zones: z.array(z.string()),
    jurisdiction: z.string().nullable(),
    from: z.enum(['list', 'number', 'country', 'unsorted']),
    /** What their clocks show, one per zone: 2026-11-21 14:32. */
    localTimes: z.array(z.string()),
  }),
  attempts: z.int(),
  maxAttempts: z.int(),
  at: epochMs,
})
export type WhyEntry = z.infer<typeof whyEntry>
