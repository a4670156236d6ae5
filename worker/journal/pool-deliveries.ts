import { doNotCallVersion, GLOBAL } from '../db/do-not-call'
import { poolIds } from '../db/pools'
import type { Env } from '../env'
import { log } from '../log'
import type { PoolStore } from '../rooms/pool/pool-store'
import { agentRoom, asking, poolRoom } from '../rooms/doors'
import type { Journalled } from './pool-drain'
import { doNotCallChanges } from './pool-projection'

/** Agents whose hold ended or who must know something before they dial: at once, whether D1 answers or not; best effort. */
export async function tellAgents(env: Env, events: Journalled[]): Promise<void> {
  await Promise.all(events.map(({ event }) => tellAgent(env, event)))
}

/** POOL-16: pools that follow the list, once it stands in D1. Throwing repeats the batch until all have heard. */
export async function tellPools(env: Env, store: PoolStore, events: Journalled[]): Promise<void> {
  const changes = doNotCallChanges(events).filter(({ list }) => list === GLOBAL)
  if (changes.length === 0) return
  const version = await doNotCallVersion(env.DB)
  const others = (await poolIds(env.DB)).filter((id) => id !== store.poolId)
  await Promise.all(
    others.map(async (id) => {
      const door = () => poolRoom(env, id)
      for (const change of changes) {
        const { list, number } = change
        if (change.kind === 'do-not-call-lifted')
          await asking(door, (pool) => pool.removeDoNotCall({ list, version, value: number }))
        else {
          const by = { id: change.by, name: change.byName ?? '' }
          await asking(door, (pool) => pool.addDoNotCall({ list, version, at: change.at, by, values: [number] }))
        }
      }
    }),
  )
}

async function tellAgent(env: Env, event: Journalled['event']): Promise<void> {
  if (event.kind === 'callback-changed') {
    const told = asking(
      () => agentRoom(env, event.agentId),
      (agent) => agent.callbacksChanged(),
    )
    return told.catch((fault: unknown) => log.warn('agent not told', { kind: event.kind, fault }))
  }
  if (event.kind === 'card-news') {
    const told = asking(
      () => agentRoom(env, event.agentId),
      (agent) => agent.customerNews(event.news),
    )
    return told.catch((fault: unknown) => log.warn('agent not told', { kind: event.kind, fault }))
  }
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
