import { attemptPage, type Attempt } from '#shared/protocol/attempts'
import { commandResults, type CorrectDisposition } from '#shared/protocol/commands'
import type { Projection } from '#shared/protocol/common'
import { api } from '$lib/api/client'
import { bookQuery } from '$lib/books/filters'

export const listAttempts = (...wanted: Parameters<typeof bookQuery>) =>
  api.get(`/api/attempts?${bookQuery(...wanted)}`, { schema: attemptPage })

/** POOL-14: a supervisor's word about an attempt goes the way of every command. */
export const correctAttempt = (command: CorrectDisposition) =>
  api.post('/api/commands', { body: { commands: [command] }, schema: commandResults })

/** The attempt as the books show it once they know of that change; null: not there. */
export async function readAttempt({ id, customerId }: Attempt, { room, seq }: Projection): Promise<Attempt | null> {
  const query = new URLSearchParams({ customerId, limit: '500', after: `${room}:${seq}` })
  const reply = await api.get(`/api/attempts?${query}`, { schema: attemptPage, quiet: true })
  return reply.ok ? (reply.value.items.find((one) => one.id === id) ?? null) : null
}
