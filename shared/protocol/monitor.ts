import * as z from 'zod'
import { MONITOR_MODES } from '../domain/call/monitor'
import { id } from './common'

/** SIP-10. What a supervisor at an agent's call is heard by: nobody, the agent, or both. */
export const monitorMode = z.enum(MONITOR_MODES)

/** `agentId`: at whose end; else of whom the call is. */
export const monitorOrder = z.object({ mode: monitorMode, agentId: id.optional() })
/** `target`: what the supervisor's telephone dials next, within 30 s; only theirs may. */
export const monitorOrdered = z.object({ target: z.string(), agentId: id, mode: monitorMode })
export const monitorChange = z.object({ mode: monitorMode })
export const monitorStopped = z.object({ stopped: z.boolean() })
export const takeOverOrder = z.object({ agentId: id.optional() })

/** `isShown`: agents see who listens or speaks to them. `version`: as it was read; 0 when it was never changed. */
export const monitorSettings = z.object({ isShown: z.boolean(), version: z.int().min(0) })
export type MonitorSettings = z.infer<typeof monitorSettings>
