import * as z from 'zod'
import { epochMs, id } from './common'

/** SIP-2: opens one socket, `GET /sip?ticket=…`, until `expiresAt`. */
export const sipTicket = z.object({ ticket: z.string(), expiresAt: epochMs })

/** What the server did with a call it was told to hold, resume or end. */
export const callControl = z.object({ ended: z.boolean(), held: z.boolean() })
export type CallControl = z.infer<typeof callControl>

/** Whom: an extension, a user name, a user's id, or a number (E.164). `agentId`: who leaves, for supervisors. */
export const transferOrder = z.object({ to: z.string().trim().min(1).max(80), agentId: id.optional() })
export const transferStarted = z.object({ moving: z.literal(true) })
/** SIP-4. `with`: which other call of the agent; without it, the only other one that talks. */
export const mergeOrder = z.object({ with: id.optional() })
/** Whose page was told, and to mix which calls. */
export const merged = z.object({ agentId: id, callIds: z.array(id) })
export const stoppedTransfer = z.object({ stopped: z.boolean() })
