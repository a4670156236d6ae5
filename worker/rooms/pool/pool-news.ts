import type { ListedEntry, PoolEvent } from '#shared/protocol/list-mode'
import { LiveSockets } from '../live-sockets'
import { listed } from './listing'
import type { PoolStore } from './pool-store'

/** More than this in one commit (an import's slice, ageing) is told as one: ask again. */
const MOST_TOLD = 100

/**
 * Who looks at a pool (topic `pool:ID`): right after a commit they hear of every entry that changed, as it stands now.
 * Without viewers it costs a look at the sockets and nothing else.
 */
export class PoolNews {
  readonly live: LiveSockets<PoolEvent>

  constructor(
    ctx: DurableObjectState,
    private readonly store: PoolStore,
    private readonly now: () => number,
  ) {
    this.live = new LiveSockets<PoolEvent>(ctx, () => ({
      type: 'snapshot',
      poolId: store.poolId,
      entries: this.atWork(),
    }))
  }

  flush(): void {
    const { touched } = this.store
    if (touched.size === 0) return
    const ids = [...touched]
    touched.clear()
    if (this.live.viewers === 0) return
    if (ids.length > MOST_TOLD) return this.live.publish({ type: 'list-changed' })
    for (const id of ids) {
      const entry = listed(this.store, id, this.now())
      if (entry) this.live.publish({ type: 'entry-changed', entry })
    }
  }

  /** Taken, or edited. */
  private atWork(): ListedEntry[] {
    if (!this.store.pool) return []
    const ids = new Set([
      ...this.store.entries.holders().map(({ entryId }) => entryId),
      ...this.store.locks.all().map(({ entryId }) => entryId),
    ])
    return [...ids].slice(0, 1_000).flatMap((id) => listed(this.store, id, this.now()) ?? [])
  }
}
