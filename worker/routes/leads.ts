import * as z from 'zod'
import { id } from '#shared/protocol/common'
import { putEntry, putEntryReply } from '#shared/protocol/leads'
import { checkedAgainstLists } from '../import/do-not-call-check'
import { stageRow } from '../import/stage'
import { RefusalError } from '../refusals'
import { poolRoom } from '../rooms/doors'
import { isRefusal } from '../rooms/ports'
import { body, endpoint, json, router } from './endpoint'

/** POOL-25: customers that programs put in one by one: a web form, a shop, another system. */
export const leads = router()

/**
 * Idempotent: the same body again changes nothing. What is not given stays as it is. Refuses unknown-pool, pool-closed,
 * do-not-call, conflict (the name is of a customer with another number), invalid-input (the phone cannot be read).
 */
endpoint(
  leads,
  'entry.put',
  {
    method: 'put',
    path: '/pools/{poolId}/entries/{externalId}',
    tags: ['pools'],
    summary: 'Put one customer into a pool, under your own name for them, with priority and due time',
    request: { params: z.object({ poolId: id, externalId: id }), ...body(putEntry) },
    responses: {
      200: json(putEntryReply, 'They were there: updated, reopened or unchanged'),
      201: json(putEntryReply, 'They are new; from the pool’s push threshold on an agent has them within a second'),
    },
  },
  async (c) => {
    const { poolId, externalId } = c.req.valid('param')
    const { priority, dueAt, reopen, tags = [], ...given } = c.req.valid('json')
    const room = poolRoom(c.env, poolId)
    const pool = await room.settings()
    if (!pool) throw new RefusalError('unknown-pool')
    const row = stageRow(
      c.env,
      { country: pool.country, timeZone: pool.timeZone, owners: new Map() },
      { row: 1, ...given, tags: tags.join(',') },
    )
    if (row.fault) {
      const { column, reason } = row.fault
      throw new RefusalError('invalid-input', undefined, [{ field: column ?? 'phone', message: reason }])
    }
    const { userId, name } = c.get('actor')
    const put = { externalId, row, lead: { priority, dueAt, reopens: reopen }, by: { id: userId, name } }
    const reply = await checkedAgainstLists(c.env, poolId, [row.phone], (check) => room.putLead(put, check))
    if (isRefusal(reply)) throw new RefusalError(reply.refused, reply.detail)
    return c.json(reply, reply.outcome === 'created' ? 201 : 200)
  },
)
