import { concernsOf, heldOrder, whoNeedsMeFirst, type Concern } from '#shared/domain/metrics/attention'
import { endedNewestFirst, liveLongestFirst } from '#shared/domain/metrics/floor-calls'
import { floorFigures } from '#shared/domain/metrics/floor-figures'
import type { AgentPicture, CallPicture, PoolPicture } from '#shared/protocol/live'
import type { FloorFeed } from '$lib/live/floor-feed.svelte'
import { clock } from '$lib/ui/clock.svelte'

export type Filter = 'all' | 'needs' | 'free' | 'offline'

/** What the floor page shows of the feed: order, filter, who is chosen. No rule lives here. */
export class FloorView {
  filter = $state<Filter>('all')
  chosenId = $state<string | null>(null)
  /** The pointer or the focus is on the cards: nobody moves (the look's rule for lists). */
  isHeld = $state(false)
  private shown: string[] = []

  constructor(private readonly feed: FloorFeed) {}

  readonly figures = $derived.by(() =>
    floorFigures({ agents: this.agents, calls: this.feed.floor.calls.values(), pools: this.pools }, clock.now),
  )
  readonly concerns: ReadonlyMap<string, Concern> = $derived.by(() => concernsOf(this.agents, clock.now))
  readonly counts: Record<Filter, number> = $derived.by(() => {
    const count = (filter: Filter) => this.agents.filter((agent) => this.fits(agent, filter)).length
    return { all: count('all'), needs: count('needs'), free: count('free'), offline: count('offline') }
  })
  /** In the order of the screen. */
  readonly cards: AgentPicture[] = $derived.by(() => {
    const wanted = whoNeedsMeFirst(
      this.agents.filter((agent) => this.fits(agent, this.filter)),
      clock.now,
    ).map((agent) => agent.agentId)
    this.shown = this.isHeld ? heldOrder(this.shown, wanted) : wanted
    return this.shown.map((id) => this.feed.floor.agents.get(id)!)
  })
  readonly alarms: { agent: AgentPicture; concern: Concern }[] = $derived.by(() =>
    whoNeedsMeFirst(this.agents, clock.now).flatMap((agent) => {
      const concern = this.concerns.get(agent.agentId)
      return concern ? [{ agent, concern }] : []
    }),
  )
  readonly live: CallPicture[] = $derived.by(() => liveLongestFirst(this.feed.floor.calls.values()))
  readonly ended: CallPicture[] = $derived.by(() => endedNewestFirst(this.feed.floor.calls.values()))
  readonly pools: PoolPicture[] = $derived.by(() =>
    [...this.feed.floor.pools.values()].sort((a, b) => a.name.localeCompare(b.name)),
  )
  readonly chosen: AgentPicture | null = $derived.by(() => this.agentOf(this.chosenId))

  private get agents(): AgentPicture[] {
    return [...this.feed.floor.agents.values()]
  }

  /** The call an agent takes part in now. */
  callOf(agent: AgentPicture): CallPicture | null {
    const named = agent.callId === null ? undefined : this.feed.floor.calls.get(agent.callId)
    const call = named ?? this.live.find((one) => one.agentId === agent.agentId)
    return call && call.endedAt === null ? call : null
  }

  poolName(poolId: string | null): string | null {
    return poolId === null ? null : (this.feed.floor.pools.get(poolId)?.name ?? null)
  }

  agentOf(agentId: string | null): AgentPicture | null {
    return agentId === null ? null : (this.feed.floor.agents.get(agentId) ?? null)
  }

  choose(agentId: string | null): void {
    this.chosenId = this.chosenId === agentId ? null : agentId
  }

  private fits(agent: AgentPicture, filter: Filter): boolean {
    if (filter === 'needs') return this.concerns.has(agent.agentId)
    if (filter === 'free') return agent.state === 'available'
    if (filter === 'offline') return agent.state === 'offline'
    return agent.state !== 'offline' || agent.lease !== null
  }
}
