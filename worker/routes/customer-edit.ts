import * as z from 'zod'
import { uuidv7 } from 'uuidv7'
import { id, page, uuid } from '#shared/protocol/common'
import {
  cardEdit,
  customerPatch,
  entryCard,
  entryCardChanged,
  lockReply,
  lockRequest,
} from '#shared/protocol/customer-edit'
import { RefusalError } from '../refusals'
import { poolRoom } from '../rooms/doors'
import { isRefusal, type Actor, type Asked } from '../rooms/ports'
import { body, endpoint, json, router } from './endpoint'

/** POOL-23: editing a customer. An agent the one they hold, a supervisor anyone: the pool's room decides. */
export const customerEdit = router()
const tags = ['customers']
const params = z.object({ poolId: id, entryId: id })

const by = ({ userId, name, role }: Actor) => ({ userId, name, role })

export function answered<T>(reply: Asked<T>): T {
  if (isRefusal(reply)) throw new RefusalError(reply.refused, reply.detail, undefined, undefined, reply.facts)
  return reply
}

endpoint(
  customerEdit,
  'customer.edit',
  {
    method: 'get',
    path: '/pools/{poolId}/entries/{entryId}/customer',
    tags,
    summary: 'A customer of a pool as an editor needs them: fields, who edits now, which fields people changed',
    request: { params },
    responses: { 200: json(entryCard, 'As the pool has it now') },
  },
  async (c) => {
    const { poolId, entryId } = c.req.valid('param')
    return c.json(answered(await poolRoom(c.env, poolId).readCard(by(c.get('actor')), entryId)), 200)
  },
)

/** Refuses conflict (`detail` names the fields that changed meanwhile), being-edited (`facts.held`: who), invalid-input. */
endpoint(
  customerEdit,
  'customer.edit',
  {
    method: 'patch',
    path: '/pools/{poolId}/entries/{entryId}/customer',
    tags,
    summary: 'Change fields, each from what was seen',
    request: { params, ...body(customerPatch) },
    responses: { 200: json(entryCardChanged, 'As it is now') },
  },
  async (c) => {
    const { poolId, entryId } = c.req.valid('param')
    const { id: commandId = uuidv7(), lockId, changes } = c.req.valid('json')
    const input = { id: commandId, entryId, changes, ...(lockId ? { lockId } : {}) }
    return c.json(answered(await poolRoom(c.env, poolId).editCard(by(c.get('actor')), input)), 200)
  },
)

endpoint(
  customerEdit,
  'customer.edit',
  {
    method: 'get',
    path: '/pools/{poolId}/entries/{entryId}/customer/history',
    tags,
    summary: 'Every change of a field: who, when, from, to',
    request: {
      params,
      query: z.object({
        cursor: z
          .string()
          .regex(/^\d{1,15}$/)
          .optional(),
      }),
    },
    responses: { 200: json(page(cardEdit), 'Newest first') },
  },
  async (c) => {
    const { poolId, entryId } = c.req.valid('param')
    const { cursor } = c.req.valid('query')
    const input = { entryId, before: cursor === undefined ? null : Number(cursor) }
    return c.json(answered(await poolRoom(c.env, poolId).cardHistory(by(c.get('actor')), input)), 200)
  },
)

/** Opens, renews (every 15 s; it lapses 45 s after the last word) or takes over. Refuses being-edited with who and since when. */
endpoint(
  customerEdit,
  'customer.edit',
  {
    method: 'post',
    path: '/pools/{poolId}/entries/{entryId}/lock',
    tags,
    summary: 'The editing lock of a customer',
    request: { params, ...body(lockRequest) },
    responses: { 200: json(lockReply, 'Yours') },
  },
  async (c) => {
    const { poolId, entryId } = c.req.valid('param')
    const input = { entryId, ...c.req.valid('json') }
    return c.json({ lock: answered(await poolRoom(c.env, poolId).lockCard(by(c.get('actor')), input)) }, 200)
  },
)

endpoint(
  customerEdit,
  'customer.edit',
  {
    method: 'delete',
    path: '/pools/{poolId}/entries/{entryId}/lock/{lockId}',
    tags,
    summary: 'Let the editing lock go',
    request: { params: params.extend({ lockId: uuid }) },
    responses: { 204: { description: 'It is not yours any more' } },
  },
  async (c) => {
    const { poolId, entryId, lockId } = c.req.valid('param')
    answered(await poolRoom(c.env, poolId).unlockCard(by(c.get('actor')), { entryId, lockId }))
    return c.body(null, 204)
  },
)
