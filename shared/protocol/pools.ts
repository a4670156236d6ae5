import * as z from 'zod'
import { country, epochMs, id, LANGUAGES, projection, timeZone } from './common'
import { talkSettings } from './pool-talk'
import { capSettings } from './pool-caps'
import { diallingSettings } from './pool-dialling'
import { hoursSettings } from './pool-hours'
import { listSettings } from './pool-list'
import { recordingPoolSettings } from './pool-recording'

export const ENTRY_STATES = ['pending', 'leased', 'completed', 'unreachable', 'do-not-call', 'paused'] as const
export const entryState = z.enum(ENTRY_STATES)

export const FLAGS = [
  'reached',
  'human-answered',
  'completed',
  'positive',
  'do-not-call',
  'callback',
  'unreachable',
  'retry',
  'wrong-number',
] as const
export const flag = z.enum(FLAGS)
export const colour = z.enum(['blue', 'green', 'red', 'yellow', 'purple', 'plain'])
/** POOL-10: dispositions are data. Reports and rules read flags, never codes. */
export const disposition = z.object({
  code: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  labels: z.record(z.enum(LANGUAGES), z.string().min(1).max(60)),
  flags: z.array(flag),
  colour,
  /** KeyboardEvent.code, e.g. Digit1. */
  hotkey: z.string().nullable(),
  retryDelayMinutes: z.int().min(0).max(43_200).nullable(),
  noteRequired: z.boolean(),
  callbackTimeRequired: z.boolean(),
  tags: z.array(z.string().trim().min(1).max(40)).max(20),
  /** Not offered any more; what was said with it keeps its name. */
  retired: z.boolean().optional(),
})
export type Disposition = z.infer<typeof disposition>

export const PRESETS = ['telecalling', 'simple-panel', 'contact-ageing'] as const
export const preset = z.enum(PRESETS)

export const newPool = z.object({
  name: z.string().trim().min(1).max(100),
  country,
  timeZone: timeZone.optional(),
  maxAttempts: z.int().min(1).max(20).optional(),
  leaseMinutes: z.int().min(1).max(240).optional(),
  preset: preset.optional(),
  /** POOL-9: chosen by hand, beside the teams. */
  members: z.union([z.literal('everyone'), z.array(id).max(10_000)]).optional(),
  teams: z.array(id).max(1_000).optional(),
  script: z.string().max(10_000).optional(),
  wrapUpSeconds: z.int().min(0).max(600).optional(),
  /** null: unlimited. Per agent and day. */
  skipBudget: z.int().min(0).max(1000).nullable().optional(),
  ...listSettings,
  ...diallingSettings,
  ...capSettings,
  ...hoursSettings,
  ...recordingPoolSettings,
})
export const poolPatch = newPool
  .omit({ country: true, preset: true })
  .partial()
  .extend({
    state: z.enum(['open', 'paused', 'closed']).optional(),
  })

/** A pool's settings as its room and D1 hold them; `version` rises with each change. */
export const pool = z.object({
  id,
  version: z.int(),
  name: z.string(),
  country,
  timeZone: z.string(),
  maxAttempts: z.int(),
  leaseMinutes: z.int(),
  preset,
  /** All who may pull: `people` (by hand) and those of `teams`. */
  members: z.union([z.literal('everyone'), z.array(id)]),
  people: z.array(id).optional(),
  teams: z.array(id).optional(),
  script: z.string(),
  wrapUpSeconds: z.int(),
  skipBudget: z.int().nullable(),
  callbackGraceMinutes: z.int(),
  ...diallingSettings,
  ...capSettings,
  ...hoursSettings,
  ...listSettings,
  ...recordingPoolSettings,
  state: z.enum(['open', 'paused', 'closed']),
  dispositions: z.array(disposition),
  ...talkSettings,
  createdAt: epochMs,
})
export type Pool = z.infer<typeof pool>

/** POOL-10: the whole set in its order. `version`: of the pool as it was read; another since then is a conflict. */
export const dispositionsChange = z.object({ version: z.int(), dispositions: z.array(disposition).min(1).max(100) })
/** Codes that attempts were booked with: they can be retired, never deleted. */
export const usedDispositions = z.object({ used: z.array(z.string()) })

/** POOL-26. Counts by state add up to `total` (POOL-3). */
export const poolStats = z.object({
  total: z.int(),
  pending: z.int(),
  leased: z.int(),
  completed: z.int(),
  unreachable: z.int(),
  doNotCall: z.int(),
  paused: z.int(),
  byDisposition: z.record(z.string(), z.int()),
  attemptsToday: z.int(),
  reachedToday: z.int(),
})
export type PoolStats = z.infer<typeof poolStats>
export const poolView = pool.extend({ stats: poolStats })
export type PoolView = z.infer<typeof poolView>
export const poolChanged = poolView.extend({ projection })

/** POOL-26, per agent: today is the pool's day. */
export const agentToday = z.object({ attempts: z.int(), reached: z.int(), positive: z.int(), talkMs: z.int() })
export type AgentToday = z.infer<typeof agentToday>

/** An entry as lists show it: what D1 knows. `dueAt`: when it comes back, or the time of a promised call. */
export const poolEntry = z.object({
  id,
  poolId: id,
  customerId: id,
  customerName: z.string().nullable(),
  phone: z.string(),
  phoneGiven: z.string(),
  userCode: z.string().nullable(),
  state: entryState,
  priority: z.int(),
  attempts: z.int(),
  ownerId: z.string().nullable(),
  dueAt: epochMs.nullable(),
  lastDisposition: z.string().nullable(),
})
export type PoolEntry = z.infer<typeof poolEntry>
