import type { PoolPicture } from '#shared/protocol/live'
import type { Env } from '../../env'
import { log } from '../../log'
import { floorRoom } from '../doors'
import { MAIN_TEAM } from '../ports'
import type { PoolStore } from './pool-store'
import { poolStats } from './views'

/** At most so often the floor is told of a pool: a supervisor sees it within a second, the floor is not flooded. */
const EVERY_MS = 250

/**
 * FLOOR-1: the pool's picture for the floor, right after a commit, best effort. A burst is one push, and the last state is
 * always sent: whatever commits while one is on its way is followed by another.
 */
export class PicturePush {
  private scheduled: Promise<void> | null = null
  private lastAt = 0
  private lastRev = 0

  constructor(
    private readonly env: Env,
    private readonly store: PoolStore,
    private readonly now: () => number,
  ) {}

  soon(): Promise<void> {
    if (!this.scheduled) {
      const wait = Math.max(0, this.lastAt + EVERY_MS - Date.now())
      this.scheduled = new Promise<void>((resolve) => setTimeout(resolve, wait)).then(() => this.send())
    }
    return this.scheduled
  }

  private async send(): Promise<void> {
    this.scheduled = null
    this.lastAt = Date.now()
    const { pool } = this.store
    if (!pool) return
    this.lastRev = Math.max(this.lastRev + 1, Date.now())
    const stats = poolStats(this.store, this.now())
    const picture: PoolPicture = { poolId: pool.id, name: pool.name, state: pool.state, stats, rev: this.lastRev }
    await floorRoom(this.env, MAIN_TEAM)
      .poolChanged(picture)
      .catch((fault: unknown) => log.debug('floor not told of a pool', { poolId: pool.id, fault }))
  }
}
