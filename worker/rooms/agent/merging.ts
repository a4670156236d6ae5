import { callOf } from '#shared/domain/call/part'
import type { MeEvent } from '#shared/protocol/live'
import type { LiveSockets } from '../live-sockets'
import type { Asked } from '../ports'
import type { AgentStore } from './agent-store'

export type MergeOrder = { callId: string; with: string | null; on: boolean }

/**
 * PHONE-4 by order of the edge (SIP-4): this agent's page brings two of its calls together, or apart. Nothing is kept: the page has the
 * calls, and mixes them (decision 0176). Refuses call-not-talking, no-second-call, phone-not-registered (no page to do it).
 */
export function orderMerge(
  store: AgentStore,
  live: LiveSockets<MeEvent>,
  { callId, with: other, on }: MergeOrder,
): Asked<{ callIds: string[] }> {
  const talking = store.calls().filter(({ answered }) => answered)
  const one = talking.find((call) => callOf(call.callId) === callOf(callId))
  if (!one) return { refused: 'call-not-talking' }
  const others = talking.filter((call) => call !== one)
  const second = other === null ? others[0] : others.find((call) => callOf(call.callId) === callOf(other))
  if (!second) return { refused: 'no-second-call' }
  if (live.viewers === 0) return { refused: 'phone-not-registered' }
  const callIds = [one.callId, second.callId]
  live.publish({ type: 'merge-ordered', callIds, on })
  return { callIds }
}
