import * as z from 'zod'
import { bulkList, bulkRowPage, bulkRowQuery, bulkView, newBulk } from '#shared/protocol/bulk'
import { id } from '#shared/protocol/common'
import { startBulk } from '../bulk'
import { granted } from '../import/run'
import { poolRoom } from '../rooms/doors'
import { body, endpoint, json, router } from './endpoint'

/** POOL-24: what is done to many of a pool's customers at once. The pool's room does it in the background. */
export const bulk = router()
const tags = ['pools']
const params = z.object({ poolId: id })
const one = params.extend({ bulkId: id })

/** Refuses unknown-pool, pool-closed (of a transfer), not-a-member (of who is to get them), invalid-input. */
endpoint(
  bulk,
  'bulk.run',
  {
    method: 'post',
    path: '/pools/{poolId}/bulk',
    tags,
    summary: 'Assign, transfer, re-prioritise, pause, resume, reopen, recycle, tag or untag many customers',
    request: { params, ...body(newBulk) },
    responses: { 202: json(bulkView, 'Taken on; asked again with the same id it is the same') },
  },
  async (c) => c.json(await startBulk(c.env, c.get('actor'), c.req.valid('param').poolId, c.req.valid('json')), 202),
)

endpoint(
  bulk,
  'bulk.run',
  {
    method: 'get',
    path: '/pools/{poolId}/bulk',
    tags,
    summary: 'The last bulk actions of a pool, newest first',
    request: { params },
    responses: { 200: json(bulkList, 'With their progress') },
  },
  async (c) => c.json({ items: await poolRoom(c.env, c.req.valid('param').poolId).bulks() }, 200),
)

endpoint(
  bulk,
  'bulk.run',
  {
    method: 'get',
    path: '/pools/{poolId}/bulk/{bulkId}',
    tags,
    summary: 'How far a bulk action has come',
    request: { params: one },
    responses: { 200: json(bulkView, 'done + unchanged + refusals of total') },
  },
  async (c) => {
    const { poolId, bulkId } = c.req.valid('param')
    return c.json(granted(await poolRoom(c.env, poolId).bulk(bulkId)), 200)
  },
)

endpoint(
  bulk,
  'bulk.run',
  {
    method: 'post',
    path: '/pools/{poolId}/bulk/{bulkId}/cancel',
    tags,
    summary: 'Stop a bulk action; what is done stays done',
    request: { params: one },
    responses: { 200: json(bulkView, 'As it ended') },
  },
  async (c) => {
    const { poolId, bulkId } = c.req.valid('param')
    const { userId, name, role } = c.get('actor')
    return c.json(granted(await poolRoom(c.env, poolId).cancelBulk({ userId, name, role }, bulkId)), 200)
  },
)

endpoint(
  bulk,
  'bulk.run',
  {
    method: 'get',
    path: '/pools/{poolId}/bulk/{bulkId}/rows',
    tags,
    summary: 'What became of each customer; kept for a week',
    request: { params: one, query: bulkRowQuery },
    responses: { 200: json(bulkRowPage, 'In the order of arrival') },
  },
  async (c) => {
    const { poolId, bulkId } = c.req.valid('param')
    const { cursor, limit } = c.req.valid('query')
    return c.json(granted(await poolRoom(c.env, poolId).bulkRows(bulkId, Number(cursor ?? 0), limit)), 200)
  },
)
