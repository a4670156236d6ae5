import * as z from 'zod'
import type { Context } from 'hono'
import { id, uuid } from '#shared/protocol/common'
import { leaseView, pullReply, pullRequest } from '#shared/protocol/pulls'
import { RefusalError } from '../refusals'
import { agentRoom } from '../rooms/doors'
import { isRefusal } from '../rooms/ports'
import { endpoint, json, router, type AppContext } from './endpoint'

export const pulls = router()

const request = { body: { required: false, content: { 'application/json': { schema: pullRequest } } } }
const responses = {
  200: json(pullReply, 'The lease this agent holds already, or nothing due, with the counts of what blocks'),
  201: json(leaseView, 'A new lease'),
}

/** POOL-9: walks the agent's pools in order. Refuses not-available, disposition-owed, unavailable. */
endpoint(
  pulls,
  'pull',
  { method: 'post', path: '/pulls', tags: ['pulls'], summary: 'Next customer', request, responses },
  async (c) => (await pullFor(c, null, c.req.valid('json').id)) as never,
)

/** POOL-1: asks one pool. A lease held in another pool is answered all the same (POOL-4). */
endpoint(
  pulls,
  'pull',
  {
    method: 'post',
    path: '/pools/{poolId}/pulls',
    tags: ['pulls'],
    summary: 'Next customer of one pool',
    request: { ...request, params: z.object({ poolId: id }) },
    responses,
  },
  async (c) => (await pullFor(c, c.req.valid('param').poolId, c.req.valid('json').id)) as never,
)

async function pullFor(c: Context<AppContext>, poolId: string | null, bodyId: string | undefined) {
  const actor = c.get('actor')
  const answer = await agentRoom(c.env, actor.userId).pull(actor, { id: bodyId ?? idempotencyKey(c), poolId })
  if (isRefusal(answer)) throw new RefusalError(answer.refused, answer.detail)
  // told as the room made it: parsing our own answer again cost as much as the rest of this route (0136)
  const { reply, granted } = answer
  return granted && reply.lease ? c.json(reply, 201) : c.json(reply, 200)
}

function idempotencyKey(c: Context<AppContext>): string | null {
  const key = c.req.header('idempotency-key')
  if (key === undefined) return null
  const parsed = uuid.safeParse(key)
  if (parsed.success) return parsed.data
  throw new RefusalError('invalid-input', undefined, [{ field: 'Idempotency-Key', message: 'a UUID is expected' }])
}
