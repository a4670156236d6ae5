import { endedPast } from '#shared/domain/metrics/floor-calls'
import type { AgentPicture, CallPicture, FloorEvent, PoolPicture } from '#shared/protocol/live'

/** The floor as this viewer knows it, by id. Replaced, never changed in place. */
export type Floor = {
  agents: ReadonlyMap<string, AgentPicture>
  calls: ReadonlyMap<string, CallPicture>
  pools: ReadonlyMap<string, PoolPicture>
}
export const EMPTY_FLOOR: Floor = { agents: new Map(), calls: new Map(), pools: new Map() }

/** FLOOR-1: what the floor is after an event. Idempotent: pictures are whole and the newest rev stands. */
export function applyFloorEvent(floor: Floor, event: FloorEvent): Floor {
  switch (event.type) {
    case 'snapshot':
      return {
        agents: byId(event.agents, (agent) => agent.agentId),
        calls: byId(event.calls, (call) => call.callId),
        pools: byId(event.pools, (pool) => pool.poolId),
      }
    case 'agent-state-changed':
      return { ...floor, agents: withNewer(floor.agents, event.agent.agentId, event.agent) }
    case 'agent-removed': {
      const agents = new Map(floor.agents)
      agents.delete(event.agentId)
      return { ...floor, agents }
    }
    case 'call-started':
    case 'call-updated':
      return { ...floor, calls: withNewer(floor.calls, event.call.callId, event.call) }
    case 'call-ended': {
      const calls = new Map(withNewer(floor.calls, event.call.callId, event.call))
      for (const id of endedPast(calls.values())) calls.delete(id)
      return { ...floor, calls }
    }
    case 'pool-changed':
      return { ...floor, pools: withNewer(floor.pools, event.pool.poolId, event.pool) }
  }
}

function byId<T>(items: readonly T[], idOf: (item: T) => string): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [idOf(item), item]))
}

function withNewer<T extends { rev: number }>(
  map: ReadonlyMap<string, T>,
  id: string,
  next: T,
): ReadonlyMap<string, T> {
  const known = map.get(id)
  return known && known.rev > next.rev ? map : new Map(map).set(id, next)
}
