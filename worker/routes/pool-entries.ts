import * as z from 'zod'
import { uuidv7 } from 'uuidv7'
import { id, projection } from '#shared/protocol/common'
import { RefusalError } from '../refusals'
import { poolRoom } from '../rooms/doors'
import { isRefusal } from '../rooms/ports'
import { body, endpoint, json, router } from './endpoint'

/** What a supervisor does to leases and entries by hand. The pool's room decides and keeps the audit. */
export const poolEntries = router()
const tags = ['pools']
const params = z.object({ poolId: id })

const released = z.object({ released: z.array(z.object({ entryId: id, agentId: id, token: z.int() })) })
endpoint(
  poolEntries,
  'lease.release',
  {
    method: 'post',
    path: '/pools/{poolId}/leases/release',
    tags,
    summary: 'Free one lease, or every stale one',
    request: {
      params,
      ...body(z.object({ entryId: id.nullable().optional(), reason: z.string().trim().max(200).default('') })),
    },
    responses: { 200: json(released, 'What was held and is free now; the agents are told') },
  },
  async (c) => {
    const { entryId, reason } = c.req.valid('json')
    const room = poolRoom(c.env, c.req.valid('param').poolId)
    if (!(await room.settings())) throw new RefusalError('unknown-pool')
    return c.json(await room.releaseFor(c.get('actor'), entryId ?? null, reason), 200)
  },
)

/** POOL-3. Refuses entry-state, not-permitted (do-not-call is an administrator's), reason-required, do-not-call (still listed). */
endpoint(
  poolEntries,
  'pool.change',
  {
    method: 'post',
    path: '/pools/{poolId}/entries/{entryId}/{action}',
    tags,
    summary: 'Pause, resume or reopen an entry',
    request: {
      params: params.extend({ entryId: id, action: z.enum(['pause', 'resume', 'reopen']) }),
      ...body(z.object({ id: z.uuid().optional(), reason: z.string().trim().max(200).default('') })),
    },
    responses: { 200: json(z.object({ projection }), 'Done') },
  },
  async (c) => {
    const { poolId, entryId, action } = c.req.valid('param')
    const { id: commandId = uuidv7(), reason } = c.req.valid('json')
    const { userId, name, role } = c.get('actor')
    const input = { id: commandId, entryId, action, reason }
    const reply = await poolRoom(c.env, poolId).supervise({ userId, name, role }, input)
    if (isRefusal(reply)) throw new RefusalError(reply.refused, reply.detail)
    return c.json(reply, 200)
  },
)
