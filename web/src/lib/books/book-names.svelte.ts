import { page } from '#shared/protocol/common'
import { poolView, type PoolView } from '#shared/protocol/pools'
import { user } from '#shared/protocol/users'
import { api } from '$lib/api/client'
import { Remote } from '$lib/api/remote.svelte'
import { ownZone } from '$lib/i18n/places'

const poolPage = page(poolView)
const userPage = page(user)

/** The pools and people that the books speak of, and may be filtered by. */
export class BookNames {
  private readonly poolsRead = new Remote(() => api.get('/api/pools', { schema: poolPage }))
  private readonly peopleRead = new Remote(() => api.get('/api/users', { schema: userPage }))

  /** `seesAll`: nobody else is told who there is. */
  load(seesAll: boolean): void {
    void this.poolsRead.load()
    if (seesAll) void this.peopleRead.load()
  }

  get pools() {
    return this.poolsRead.value?.items ?? []
  }
  get people() {
    return this.peopleRead.value?.items ?? []
  }
  pool(id: string | null | undefined): PoolView | null {
    return this.pools.find((pool) => pool.id === id) ?? null
  }
  poolName = (id: string | null): string => this.pool(id)?.name ?? ''
  /** A pool chosen: its clock; else this device's. */
  zoneOf(poolId: string): string {
    return this.pool(poolId)?.timeZone ?? ownZone()
  }
}
