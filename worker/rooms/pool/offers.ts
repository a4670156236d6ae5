import type { Env } from '../../env'
import { log } from '../../log'
import { agentRoom, asking, floorRoom } from '../doors'
import { MAIN_TEAM } from '../ports'
import { openLanes } from './hours'
import type { PoolStore } from './pool-store'

/** The timer row under which an urgent customer whom nobody could take is offered again. */
export const OFFER = 'offer'
const AGAIN_MS = 1_000
/** After a minute without anybody it is looked less often; who becomes available can also pull. */
const PATIENT_AFTER = 60
const PATIENT_MS = 5_000

type Parts = {
  env: Env
  store: PoolStore
  now: () => number
  setTimer: (name: string, at: number) => Promise<void>
}

/**
 * POOL-25: customers of the pool's push threshold and above are offered at once, when they come in or come due, to the agent
 * who has been available longest. The agent's room decides whether it takes one, and pulls as it always does: so an agent
 * never gets two, and a customer never goes to two (decision 0111).
 *
 *   urgent? ─▶ who is available, longest first (FloorRoom) ─▶ AgentRoom.offer ─▶ pull from here ─▶ taken: the next one
 *                                                             └ not taken: the next agent ─▶ nobody: again in a second
 */
export class Offers {
  private looking: Promise<void> | null = null
  private isWantedAgain = false
  private fruitless = 0

  constructor(private readonly parts: Parts) {}

  /** Somebody urgent was placed, or it is time to try again. One look at a time; what comes meanwhile is looked at after. */
  look(): Promise<void> {
    if (this.looking) {
      this.isWantedAgain = true
      return this.looking
    }
    this.looking = this.lookNow()
      .catch((fault: unknown) => log.warn('urgent customer not offered', { poolId: this.parts.store.poolId, fault }))
      .finally(() => {
        this.looking = null
        if (!this.isWantedAgain) return
        this.isWantedAgain = false
        void this.look()
      })
    return this.looking
  }

  private async lookNow(): Promise<void> {
    while (this.urgentLanes().size > 0) {
      if (!(await this.offerOne())) return this.again()
      this.fruitless = 0
    }
    this.fruitless = 0
  }

  private urgentLanes(): Set<string> {
    const { store } = this.parts
    if (!store.pool || store.pool.state !== 'open' || store.rules.pushPriority === null) return new Set()
    return store.entries.lanesWith(store.rules.pushPriority)
  }

  /** True: somebody took one. */
  private async offerOne(): Promise<boolean> {
    const { env, store, now } = this.parts
    const available = await asking(
      () => floorRoom(env, MAIN_TEAM),
      (floor) => floor.available(),
    )
    for (const { agentId } of available) {
      const members = store.pool?.members ?? []
      if (members !== 'everyone' && !members.includes(agentId)) continue
      const urgent = this.urgentLanes()
      if (!openLanes(store, agentId, now()).some((rank) => rank.some((lane) => urgent.has(lane)))) continue
      const { taken } = await asking(
        () => agentRoom(env, agentId),
        (agent) => agent.offer({ poolId: store.poolId }),
      ).catch(() => ({ taken: false }))
      if (taken) return true
    }
    return false
  }

  private again(): Promise<void> {
    this.fruitless += 1
    return this.parts.setTimer(OFFER, Date.now() + (this.fruitless > PATIENT_AFTER ? PATIENT_MS : AGAIN_MS))
  }
}
