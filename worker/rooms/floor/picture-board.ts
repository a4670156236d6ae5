import { endedPast } from '#shared/domain/metrics/floor-calls'
import type { AgentPicture, CallPicture, FloorPicture, PoolPicture } from '#shared/protocol/live'
import type { Kind } from './picture-store'

/**
 * The floor's pictures in memory, newest wins: rooms push best effort, so one may come twice or late. `rev` orders the
 * pictures of one subject; what is not newer changes nothing. Remembers what its rows do not hold yet.
 */
export class PictureBoard {
  private readonly agents = new Map<string, AgentPicture>()
  private readonly calls = new Map<string, CallPicture>()
  private readonly pools = new Map<string, PoolPicture>()
  private unsaved = new Map<string, { kind: Kind; id: string }>()

  constructor(stored: FloorPicture) {
    for (const agent of stored.agents) this.agents.set(agent.agentId, agent)
    for (const call of stored.calls) this.calls.set(call.callId, call)
    for (const pool of stored.pools) this.pools.set(pool.poolId, pool)
  }

  picture(): FloorPicture {
    return { agents: [...this.agents.values()], calls: [...this.calls.values()], pools: [...this.pools.values()] }
  }

  /** True: it was news. */
  putAgent(agent: AgentPicture): boolean {
    return this.put(this.agents, 'agent', agent.agentId, agent)
  }

  putPool(pool: PoolPicture): boolean {
    return this.put(this.pools, 'pool', pool.poolId, pool)
  }

  /** What became of it: null when it was no news. Ended calls past the last 50 are forgotten. */
  putCall(call: CallPicture): 'call-started' | 'call-updated' | 'call-ended' | null {
    const known = this.calls.get(call.callId)
    if (!this.put(this.calls, 'call', call.callId, call)) return null
    if (call.endedAt === null) return known ? 'call-updated' : 'call-started'
    for (const id of endedPast(this.calls.values())) this.forget('call', id)
    return 'call-ended'
  }

  removeAgent(agentId: string): boolean {
    return this.forget('agent', agentId)
  }

  liveCalls(): CallPicture[] {
    return [...this.calls.values()].filter((call) => call.endedAt === null)
  }

  /** What the rows lack, as `PictureStore.save` takes it; from now on they are taken to hold it. */
  takeUnsaved(): { kind: Kind; id: string; body: unknown }[] {
    const unsaved = [...this.unsaved.values()].map(({ kind, id }) => ({
      kind,
      id,
      body: this.mapOf(kind).get(id) ?? null,
    }))
    this.unsaved = new Map()
    return unsaved
  }

  private put<T extends { rev: number }>(map: Map<string, T>, kind: Kind, id: string, next: T): boolean {
    const known = map.get(id)
    if (known && known.rev >= next.rev) return false
    map.set(id, next)
    this.unsaved.set(`${kind} ${id}`, { kind, id })
    return true
  }

  private forget(kind: Kind, id: string): boolean {
    this.unsaved.set(`${kind} ${id}`, { kind, id })
    return this.mapOf(kind).delete(id)
  }

  private mapOf(kind: Kind): Map<string, unknown> {
    return kind === 'agent' ? this.agents : kind === 'call' ? this.calls : this.pools
  }
}
