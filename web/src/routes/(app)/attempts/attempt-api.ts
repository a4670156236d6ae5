import { attemptPage, type Attempt } from '#shared/protocol/attempts'
import { commandResults, type CorrectDisposition } from '#shared/protocol/commands'
import { page, type Projection } from '#shared/protocol/common'
import { poolView } from '#shared/protocol/pools'
import { user } from '#shared/protocol/users'
import { api, type Reply } from '$lib/api/client'
import { boundsOf } from './day'

/** Empty: not filtered by it. */
export type Filters = { poolId: string; agentId: string; day: string }
export type AttemptPage = { items: Attempt[]; nextCursor: string | null }

const poolPage = page(poolView)
const userPage = page(user)
export const listPools = () => api.get('/api/pools', { schema: poolPage })
export const listPeople = () => api.get('/api/users', { schema: userPage })

/** `zone`: on whose clock the day begins. */
export function listAttempts(
  { poolId, agentId, day }: Filters,
  zone: string,
  cursor: string | null,
  limit: number,
): Promise<Reply<AttemptPage>> {
  const query = new URLSearchParams({ limit: String(limit) })
  if (poolId) query.set('poolId', poolId)
  if (agentId) query.set('agentId', agentId)
  const bounds = day ? boundsOf(day, zone) : null
  if (bounds) {
    query.set('from', String(bounds.from))
    query.set('to', String(bounds.to))
  }
  if (cursor) query.set('cursor', cursor)
  return api.get(`/api/attempts?${query}`, { schema: attemptPage })
}

/** POOL-14: a supervisor's word about an attempt goes the way of every command. */
export const correctAttempt = (command: CorrectDisposition) =>
  api.post('/api/commands', { body: { commands: [command] }, schema: commandResults })

/** The attempt as the books show it once they know of that change; null: not there. */
export async function readAttempt({ id, customerId }: Attempt, { room, seq }: Projection): Promise<Attempt | null> {
  const query = new URLSearchParams({ customerId, limit: '500', after: `${room}:${seq}` })
  const reply = await api.get(`/api/attempts?${query}`, { schema: attemptPage, quiet: true })
  return reply.ok ? (reply.value.items.find((one) => one.id === id) ?? null) : null
}
