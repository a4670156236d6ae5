import { poolIds } from '../db/pools'
import type { Env } from '../env'
import { log } from '../log'
import type { PoolStore } from '../rooms/pool/pool-store'
import { agentRoom, asking, poolRoom } from '../rooms/doors'
import type { Journalled } from './pool-drain'

/** What other rooms must hear of these events. */
export async function deliver(env: Env, store: PoolStore, events: Journalled[]): Promise<void> {
  await tellPools(env, store, events)
  await Promise.all(events.map(({ event }) => tellAgent(env, event)))
}

/** POOL-16: every other pool keeps the whole list. Throwing repeats the batch until all have it. */
async function tellPools(env: Env, store: PoolStore, events: Journalled[]): Promise<void> {
  const added = events.flatMap(({ event }) => (event.kind === 'do-not-call-added' ? [event] : []))
  const lifted = events.flatMap(({ event }) => (event.kind === 'do-not-call-lifted' ? [event] : []))
  if (added.length === 0 && lifted.length === 0) return
  const others = (await poolIds(env.DB)).filter((id) => id !== store.poolId)
  await Promise.all(
    others.map(async (id) => {
      const numbers = added.map(({ number, at, by }) => ({ number, at, by }))
      const door = () => poolRoom(env, id)
      if (numbers.length > 0) await asking(door, (pool) => pool.addDoNotCall(numbers))
      for (const { number } of lifted) await asking(door, (pool) => pool.removeDoNotCall(number))
    }),
  )
}

async function tellAgent(env: Env, event: Journalled['event']): Promise<void> {
  if (event.kind !== 'lease-ended' && event.kind !== 'holder-warned') return
  const { agentId, leaseId, by } = event
  const told = asking(
    () => agentRoom(env, agentId),
    (agent) =>
      event.kind === 'lease-ended'
        ? agent.leaseEnded({ leaseId, by, reason: event.reason })
        : agent.leaseWarned({ leaseId, warning: 'completed-meanwhile', by }),
  )
  await told.catch((fault: unknown) => log.warn('agent not told', { kind: event.kind, leaseId, fault }))
}
