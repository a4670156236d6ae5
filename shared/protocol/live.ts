import * as z from 'zod'
import { epochMs, id } from './common'
import { customerNews } from './customer-edit'
import { agentState, dialling } from './session'
import { poolStats } from './pools'
import { leaseView } from './pulls'

/** FLOOR-1: one agent as the floor sees them. `rev` orders pictures of the same agent: a lower one is dropped. */
export const agentPicture = z.object({
  agentId: id,
  name: z.string(),
  extension: z.string().nullable(),
  state: agentState,
  reason: z.string().nullable(),
  since: epochMs,
  rev: z.number(),
  lease: z
    .object({
      poolId: id,
      poolName: z.string(),
      entryId: id,
      customerName: z.string().nullable(),
      phone: z.string(),
      token: z.int(),
      expiresAt: epochMs,
    })
    .nullable(),
  callId: id.nullable(),
})
export type AgentPicture = z.infer<typeof agentPicture>

export const callPicture = z.object({
  callId: id,
  state: z.enum(['initiated', 'ringing', 'in-progress', 'on-hold', 'completed', 'failed']),
  direction: z.enum(['outgoing', 'internal', 'incoming']),
  agentId: id,
  agentName: z.string(),
  other: z.string(),
  customerName: z.string().nullable(),
  poolId: id.nullable(),
  startedAt: epochMs,
  answeredAt: epochMs.nullable(),
  endedAt: epochMs.nullable(),
  hangupCause: z.string().nullable(),
  rev: z.number(),
})
export type CallPicture = z.infer<typeof callPicture>

export const poolPicture = z.object({
  poolId: id,
  name: z.string(),
  state: z.enum(['open', 'paused', 'closed']),
  stats: poolStats,
  rev: z.number(),
})
export type PoolPicture = z.infer<typeof poolPicture>

const stamp = { epoch: z.string(), seq: z.int(), at: epochMs }

/** The floor as it stands: every agent signed in, live calls and the last 50 ended ones, every pool. */
export const floorPicture = z.object({
  agents: z.array(agentPicture),
  calls: z.array(callPicture),
  pools: z.array(poolPicture),
})
export type FloorPicture = z.infer<typeof floorPicture>
export const floorSnapshot = floorPicture.extend({ ...stamp, type: z.literal('snapshot') })
export const floorEvent = z.discriminatedUnion('type', [
  floorSnapshot,
  z.object({ ...stamp, type: z.literal('agent-state-changed'), agent: agentPicture }),
  z.object({ ...stamp, type: z.literal('agent-removed'), agentId: id }),
  z.object({ ...stamp, type: z.literal('call-started'), call: callPicture }),
  z.object({ ...stamp, type: z.literal('call-updated'), call: callPicture }),
  z.object({ ...stamp, type: z.literal('call-ended'), call: callPicture }),
  z.object({ ...stamp, type: z.literal('pool-changed'), pool: poolPicture }),
])
export type FloorEvent = z.infer<typeof floorEvent>

/** POOL-17: a disposition this agent still owes. */
export const owed = z.object({
  poolId: id,
  poolName: z.string(),
  entryId: id,
  token: z.int(),
  callId: id.nullable(),
  customerName: z.string().nullable(),
  phone: z.string(),
  endedAt: epochMs,
  talkMs: z.int(),
  hangupCause: z.string().nullable(),
  /** The server booked the attempt with its disposition missing. */
  bookedMissing: z.boolean(),
})
export type Owed = z.infer<typeof owed>

export const meState = z.object({
  state: agentState,
  reason: z.string().nullable(),
  since: epochMs,
  wrapUpEndsAt: epochMs.nullable(),
  dialling,
  owed: z.array(owed),
  /** poolId:entryId:token of the desk lease, as the server knows it; null: none. */
  leaseId: z.string().nullable(),
  /** PHONE-8: the last time the telephone's page did not answer, when that is over. */
  notReached: z.object({ since: epochMs, until: epochMs }).optional(),
})
export const meEvent = z.discriminatedUnion('type', [
  z.object({ ...stamp, type: z.literal('snapshot'), me: meState }),
  z.object({ ...stamp, type: z.literal('agent-state-changed'), me: meState }),
  z.object({
    ...stamp,
    type: z.literal('lease-released'),
    leaseId: z.string(),
    by: z.string(),
    reason: z.string().nullable(),
  }),
  /** POOL-25: an urgent customer was given to this agent without a pull. */
  z.object({ ...stamp, type: z.literal('lease-pushed'), lease: leaseView }),
  z.object({
    ...stamp,
    type: z.literal('lease-warned'),
    leaseId: z.string(),
    warning: z.literal('completed-meanwhile'),
    by: z.string(),
  }),
  z.object({ ...stamp, type: z.literal('call-updated'), call: callPicture }),
  z.object({ ...stamp, type: z.literal('call-ended'), call: callPicture }),
  /** SIP-4: the page that has these calls brings them together, or apart. */
  z.object({ ...stamp, type: z.literal('merge-ordered'), callIds: z.array(id), on: z.boolean() }),
  /** POOL-15: someone else moved, gave or cancelled a callback of mine. */
  z.object({ ...stamp, type: z.literal('callbacks-changed') }),
  /** POOL-23. */
  z.object({ ...stamp, type: z.literal('customer-news'), ...customerNews.shape }),
  z.object({ ...stamp, type: z.literal('signed-out'), code: z.string() }),
])
export type MeEvent = z.infer<typeof meEvent>

/** Opens one live socket until `expiresAt`: offered as the subprotocol `ticket.X` beside `switchroom.v1`. */
export const liveTicket = z.object({ ticket: z.string(), expiresAt: epochMs })
