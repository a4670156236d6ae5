import * as z from 'zod'
import { uuidv7 } from 'uuidv7'
import { chosenAfter } from '#shared/domain/pool/members'
import { after, id, page } from '#shared/protocol/common'
import { entryState, newPool, poolChanged, poolEntry, poolPatch, poolView, type Pool } from '#shared/protocol/pools'
import { audited } from '../auth/audit'
import { listEntries } from '../db/entries'
import { listPools, poolById } from '../db/pools'
import { waitFor } from '../db/projection'
import { keepPool, madePool, withStats } from '../pools'
import { RefusalError } from '../refusals'
import { poolRoom } from '../rooms/doors'
import type { Actor } from '../rooms/ports'
import type { Env } from '../env'
import { body, endpoint, json, router } from './endpoint'

export const pools = router()
const tags = ['pools']
const params = z.object({ poolId: id })

/** AUTH-1: an agent sees the pools they are a member of. */
async function poolFor(env: Env, actor: Actor, poolId: string): Promise<Pool> {
  const pool = await poolById(env.DB, poolId)
  if (!pool) throw new RefusalError('unknown-pool')
  if (actor.role === 'agent' && pool.members !== 'everyone' && !pool.members.includes(actor.userId)) {
    throw new RefusalError('not-a-member')
  }
  return pool
}

endpoint(
  pools,
  'pool.list',
  {
    method: 'get',
    path: '/pools',
    tags,
    summary: 'Pools with their figures; an agent sees their own',
    responses: { 200: json(page(poolView), 'In the order they were made') },
  },
  async (c) => {
    const actor = c.get('actor')
    const all = await listPools(c.env.DB, actor.role === 'agent' ? actor.userId : undefined)
    return c.json({ items: await Promise.all(all.map((pool) => withStats(c.env, pool))), nextCursor: null }, 200)
  },
)

/** Members are ids of agents, or "everyone", the default unless `teams` are named. The preset decides the dispositions (POOL-10). */
endpoint(
  pools,
  'pool.create',
  {
    method: 'post',
    path: '/pools',
    tags,
    summary: 'Make a pool',
    request: body(newPool),
    responses: { 201: json(poolChanged, 'Made and open') },
  },
  async (c) => {
    const made = madePool(c.req.valid('json'), uuidv7(), Date.now())
    const { pool, projection } = await keepPool(c.env, made)
    await audited(c, 'pool.create', pool.id, { preset: pool.preset })
    return c.json({ ...(await withStats(c.env, pool)), projection }, 201)
  },
)

endpoint(
  pools,
  'pool.read',
  {
    method: 'get',
    path: '/pools/{poolId}',
    tags,
    summary: 'One pool with its figures',
    request: { params },
    responses: { 200: json(poolView, 'The pool; its counts by state add up to `total`') },
  },
  async (c) => {
    const pool = await poolFor(c.env, c.get('actor'), c.req.valid('param').poolId)
    return c.json(await withStats(c.env, pool), 200)
  },
)

/** Settings, members, and `state`: paused, open again, closed (POOL-9). Refuses unknown-pool, conflict. */
endpoint(
  pools,
  'pool.change',
  {
    method: 'patch',
    path: '/pools/{poolId}',
    tags,
    summary: 'Change a pool, pause, resume or close it',
    request: { params, ...body(poolPatch) },
    responses: { 200: json(poolChanged, 'As it is now') },
  },
  async (c) => {
    const change = c.req.valid('json')
    const before = await poolFor(c.env, c.get('actor'), c.req.valid('param').poolId)
    const { pool, projection } = await keepPool(c.env, {
      ...before,
      ...change,
      ...chosenAfter(before, change),
      version: before.version + 1,
    })
    if (change.members || change.teams) {
      // POOL-24: who is no member any more lets go; a live call may finish
      const { userId, name, role } = c.get('actor')
      await poolRoom(c.env, pool.id).releaseFor({ userId, name, role }, null, '')
    }
    await audited(c, 'pool.change', pool.id, { fields: Object.keys(change), state: pool.state })
    return c.json({ ...(await withStats(c.env, pool)), projection }, 200)
  },
)

/** POOL-9: the same settings and members under another name, with no customers. */
endpoint(
  pools,
  'pool.create',
  {
    method: 'post',
    path: '/pools/{poolId}/clones',
    tags,
    summary: 'Clone a pool’s settings',
    request: { params, ...body(newPool.pick({ name: true })) },
    responses: { 201: json(poolChanged, 'The new pool') },
  },
  async (c) => {
    const of = await poolFor(c.env, c.get('actor'), c.req.valid('param').poolId)
    const { name } = c.req.valid('json')
    const clone: Pool = { ...of, id: uuidv7(), name, version: 1, state: 'open', createdAt: Date.now() }
    const { pool, projection } = await keepPool(c.env, clone)
    await audited(c, 'pool.clone', pool.id, { of: of.id })
    return c.json({ ...(await withStats(c.env, pool)), projection }, 201)
  },
)

const entryQuery = z.object({
  state: entryState.optional(),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  after,
})
endpoint(
  pools,
  'customer.read',
  {
    method: 'get',
    path: '/pools/{poolId}/entries',
    tags,
    summary: 'A pool’s entries as they arrived',
    request: { params, query: entryQuery },
    responses: { 200: json(page(poolEntry), 'One page; `after` waits up to 2 s for your own change') },
  },
  async (c) => {
    const { poolId } = c.req.valid('param')
    const { after: mine, ...query } = c.req.valid('query')
    await poolFor(c.env, c.get('actor'), poolId)
    await waitFor(c.env.DB, mine)
    return c.json(await listEntries(c.env.DB, { poolId, ...query }), 200)
  },
)
