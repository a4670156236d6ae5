import * as z from 'zod'
import { epochMs } from './common'
import { preferences, role, user, username } from './users'

export const signIn = z.object({
  username: z.string().trim().toLowerCase().pipe(username),
  password: z.string().min(1).max(200),
  /** Sent again after `already-signed-in` was shown: the other person's session in this browser ends. */
  replace: z.boolean().optional(),
})
export const passwordChange = z.object({ current: z.string().max(200), next: z.string().min(10).max(200) })
export const setUp = z.object({
  token: z.string().min(20).max(200),
  username,
  name: z.string().trim().min(1).max(100),
  password: z.string().min(10).max(200),
})
/** GET /api/setup/status, open to guests: `needed` while there is no administrator; `demo` when the demo's people exist. */
export const setUpStatus = z.object({ needed: z.boolean(), demo: z.boolean() })
export const tokenRequest = z.union([
  z.object({ username, password: z.string().min(1).max(200) }),
  z.object({ refreshToken: z.string().min(20).max(400) }),
])
export const tokens = z.object({ accessToken: z.string(), expiresIn: z.int(), refreshToken: z.string() })

export const AGENT_STATES = [
  'offline',
  'available',
  'with-customer',
  'ringing',
  'on-call',
  'wrap-up',
  'not-ready',
  'unreachable',
] as const
export const agentState = z.enum(AGENT_STATES)
export type AgentState = z.infer<typeof agentState>

export const stateChange = z.object({
  state: z.enum(['available', 'not-ready', 'offline']),
  reason: z.string().trim().max(60).optional(),
})

/** What dialling a number would do now (POOL-12). `why` says what decided when the setting is `auto`. */
export const dialling = z.object({
  with: z.enum(['browser', 'device', 'handset']),
  carrier: z.enum(['demo', 'trunk', 'none']),
  why: z.enum(['chosen', 'demo-telephone-open', 'trunk', 'no-carrier']),
})
export type Dialling = z.infer<typeof dialling>

export const me = z.object({
  user,
  role,
  preferences,
  permissions: z.array(z.string()),
  state: agentState,
  stateReason: z.string().nullable(),
  stateSince: epochMs,
  sipDomain: z.string(),
  dialling,
  /** Server's clock, so that a device three hours wrong still shows true times. */
  now: epochMs,
})
export type Me = z.infer<typeof me>
