import * as z from 'zod'
import { id, uuid } from '#shared/protocol/common'
import {
  ageingRun,
  listCursor,
  listFound,
  listPage,
  listSearch,
  listStatus,
  MOST_FOUND,
} from '#shared/protocol/list-mode'
import { leaseView } from '#shared/protocol/pulls'
import { audited } from '../auth/audit'
import { findInList } from '../db/list-search'
import { RefusalError } from '../refusals'
import { agentRoom, poolRoom } from '../rooms/doors'
import { answered } from './customer-edit'
import { body, endpoint, json, router } from './endpoint'

/** POOL-21, 22: the pool as a list that agents take from, and what age makes of it. */
export const listMode = router()
const tags = ['pools']
const params = z.object({ poolId: id })

const query = z.object({
  cursor: listCursor.optional(),
  status: listStatus
    .optional()
    .meta({ description: 'Only these: a disposition’s code, `untouched`, or one of the three ages' }),
  limit: z.coerce.number().int().min(1).max(100).default(50),
})

/** Refuses list-mode-off, not-a-member. */
endpoint(
  listMode,
  'entry.list',
  {
    method: 'get',
    path: '/pools/{poolId}/list',
    tags,
    summary: 'The pool by display rank, with who has whom until when',
    request: { params, query },
    responses: { 200: json(listPage, 'One page') },
  },
  async (c) => {
    const { userId, name, role } = c.get('actor')
    const { cursor = null, status = null, limit } = c.req.valid('query')
    const room = poolRoom(c.env, c.req.valid('param').poolId)
    return c.json(answered(await room.listPage({ userId, name, role }, { cursor, status, limit })), 200)
  },
)

/** By POST: names do not belong into addresses. D1 finds them, the room says how they stand. Refuses what the list refuses. */
endpoint(
  listMode,
  'entry.list',
  {
    method: 'post',
    path: '/pools/{poolId}/list/search',
    tags,
    summary: 'The list of those who have this in their name or code',
    request: { params, ...body(listSearch) },
    responses: { 200: json(listFound, 'One page') },
  },
  async (c) => {
    const { userId, name, role } = c.get('actor')
    const { poolId } = c.req.valid('param')
    const { text, ...page } = c.req.valid('json')
    const room = poolRoom(c.env, poolId)
    answered(await room.listPage({ userId, name, role }, { cursor: null, status: null, limit: 1, among: [] }))
    const found = await findInList(c.env.DB, poolId, text)
    const among = found.slice(0, MOST_FOUND)
    const shown = answered(await room.listPage({ userId, name, role }, { ...page, among }))
    return c.json({ ...shown, found: among.length, isCut: found.length > among.length }, 200)
  },
)

/**
 * POOL-22: a lease like any other, of this entry and no other. Refuses taken (by whom, until when), not-due (when, `detail`
 * says by which rule), assigned-to-another, entry-state, do-not-call, holding-another, list-mode-off, and what a pull refuses.
 */
endpoint(
  listMode,
  'entry.take',
  {
    method: 'post',
    path: '/pools/{poolId}/entries/{entryId}/take',
    tags: ['pulls'],
    summary: 'Take this customer',
    request: {
      params: params.extend({ entryId: id }),
      body: { required: false, content: { 'application/json': { schema: z.object({ id: uuid.optional() }) } } },
    },
    responses: { 200: json(leaseView, 'You hold this customer already'), 201: json(leaseView, 'A new lease') },
  },
  async (c) => {
    const { poolId, entryId } = c.req.valid('param')
    const actor = c.get('actor')
    const command = { id: c.req.valid('json').id ?? null, poolId, entryId }
    const { reply, granted } = answered(await agentRoom(c.env, actor.userId).pull(actor, command))
    if (!reply.lease) throw new RefusalError('unavailable')
    return granted ? c.json(leaseView.parse(reply), 201) : c.json(leaseView.parse(reply), 200)
  },
)

endpoint(
  listMode,
  'pool.age',
  {
    method: 'get',
    path: '/pools/{poolId}/ageing',
    tags,
    summary: 'How ageing goes: when it ran, how far it is, how many of each status',
    request: { params },
    responses: { 200: json(ageingRun, 'Now') },
  },
  async (c) => {
    const room = poolRoom(c.env, c.req.valid('param').poolId)
    if (!(await room.settings())) throw new RefusalError('unknown-pool')
    return c.json(await room.ageing(), 200)
  },
)

/** It runs slice by slice behind the pulls. Refuses list-mode-off where the pool neither ages nor is in list mode. */
endpoint(
  listMode,
  'pool.age',
  {
    method: 'post',
    path: '/pools/{poolId}/ageing',
    tags,
    summary: 'Age now',
    request: { params },
    responses: { 202: json(ageingRun, 'It has begun') },
  },
  async (c) => {
    const { poolId } = c.req.valid('param')
    const run = answered(await poolRoom(c.env, poolId).ageNow())
    await audited(c, 'pool.age', poolId, {})
    return c.json(run, 202)
  },
)
