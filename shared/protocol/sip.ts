import * as z from 'zod'
import { epochMs } from './common'

/** SIP-2: opens one socket, `GET /sip?ticket=…`, until `expiresAt`. */
export const sipTicket = z.object({ ticket: z.string(), expiresAt: epochMs })

/** What the server did with a call it was told to hold, resume or end. */
export const callControl = z.object({ ended: z.boolean(), held: z.boolean() })
export type CallControl = z.infer<typeof callControl>
