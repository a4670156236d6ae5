import * as z from 'zod'
import { e164, page } from '#shared/protocol/common'
import { doNotCallEntry } from '#shared/protocol/pools'
import { audited } from '../auth/audit'
import { listedNumber, listNumber, numbersAfter, unlistNumber, type ListedNumber } from '../db/do-not-call'
import { poolIds } from '../db/pools'
import type { Env } from '../env'
import { RefusalError } from '../refusals'
import { asking, poolRoom } from '../rooms/doors'
import type { PoolPort } from '../rooms/ports'
import { body, endpoint, json, router } from './endpoint'

/** POOL-16: the global list, durable here and in every pool before it is acknowledged. */
export const doNotCall = router()
const tags = ['do not call']
const params = z.object({ number: e164 })
const shown = (number: string, row: ListedNumber | null) => ({
  number,
  listed: row !== null,
  at: row?.at ?? null,
  byId: row?.byId ?? null,
  byName: row?.byName ?? null,
  reason: row?.reason ?? null,
})

/** A pool that does not answer makes the whole request fail: the row stands, and asking again finishes it. */
async function tellPools(env: Env, tell: (pool: PoolPort) => Promise<void>): Promise<void> {
  const ids = await poolIds(env.DB)
  const told = await Promise.allSettled(ids.map((id) => asking(() => poolRoom(env, id), tell)))
  if (told.some((one) => one.status === 'rejected')) throw new RefusalError('unavailable')
}

const query = z.object({
  /** The digits a number ends with. */
  q: z
    .string()
    .regex(/^\+?\d{1,15}$/)
    .optional(),
  cursor: z.string().max(20).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})
endpoint(
  doNotCall,
  'do-not-call.read',
  {
    method: 'get',
    path: '/do-not-call',
    tags,
    summary: 'Numbers nobody may call',
    request: { query },
    responses: { 200: json(page(doNotCallEntry), 'By number') },
  },
  async (c) => {
    const { q = '', cursor = '', limit } = c.req.valid('query')
    const rows = await numbersAfter(c.env.DB, cursor, limit, q)
    const nextCursor = rows.length === limit ? rows.at(-1)!.number : null
    return c.json({ items: rows.map((row) => shown(row.number, row)), nextCursor }, 200)
  },
)

endpoint(
  doNotCall,
  'do-not-call.read',
  {
    method: 'get',
    path: '/do-not-call/{number}',
    tags,
    summary: 'Whether a number may not be called',
    request: { params },
    responses: { 200: json(doNotCallEntry, '`listed` says it') },
  },
  async (c) => {
    const { number } = c.req.valid('param')
    return c.json(shown(number, await listedNumber(c.env.DB, number)), 200)
  },
)

endpoint(
  doNotCall,
  'do-not-call.add',
  {
    method: 'put',
    path: '/do-not-call/{number}',
    tags,
    summary: 'Put a number on the list; every hold on it ends',
    request: { params, ...body(z.object({ reason: z.string().trim().max(200).optional() })) },
    responses: { 200: json(doNotCallEntry, 'Listed, in every pool') },
  },
  async (c) => {
    const { number } = c.req.valid('param')
    const { userId } = c.get('actor')
    const row = { number, at: Date.now(), byId: userId, reason: c.req.valid('json').reason ?? null }
    const added = await listNumber(c.env.DB, row)
    await tellPools(c.env, (pool) => pool.addDoNotCall([{ number, at: row.at, by: userId }]))
    if (added) await audited(c, 'do-not-call.add', 'do-not-call')
    return c.json(shown(number, await listedNumber(c.env.DB, number)), 200)
  },
)

/** An administrator's; entries that it barred stay so until each is reopened (POOL-3). */
endpoint(
  doNotCall,
  'do-not-call.remove',
  {
    method: 'delete',
    path: '/do-not-call/{number}',
    tags,
    summary: 'Take a number off the list',
    request: { params, query: z.object({ reason: z.string().trim().max(200).optional() }) },
    responses: { 200: json(doNotCallEntry, 'No longer listed') },
  },
  async (c) => {
    const { number } = c.req.valid('param')
    const removed = await unlistNumber(c.env.DB, number)
    await tellPools(c.env, (pool) => pool.removeDoNotCall(number))
    if (removed) await audited(c, 'do-not-call.remove', 'do-not-call', { reason: c.req.valid('query').reason ?? null })
    return c.json(shown(number, null), 200)
  },
)
