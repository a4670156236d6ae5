import * as z from 'zod'
import { id } from '#shared/protocol/common'
import { handedOver, handOver, openWork } from '#shared/protocol/open-work'
import { audited } from '../auth/audit'
import { startBulk } from '../bulk'
import { openWorkOf } from '../db/open-work'
import { userById } from '../db/users'
import { RefusalError } from '../refusals'
import { body, endpoint, json, router } from './endpoint'

/** POOL-24: when somebody leaves, what waited for them goes to somebody else. */
export const work = router()
const tags = ['users']
const params = z.object({ userId: id })

endpoint(
  work,
  'bulk.run',
  {
    method: 'get',
    path: '/users/{userId}/open-work',
    tags,
    summary: 'The customers and promised calls that wait for one person',
    request: { params },
    responses: { 200: json(openWork, 'By pool; promised calls soonest first') },
  },
  async (c) => c.json(await openWorkOf(c.env.DB, c.req.valid('param').userId), 200),
)

/** One bulk action in each pool; a pool that cannot (the other is no member there) says why, the others go on. */
endpoint(
  work,
  'bulk.run',
  {
    method: 'post',
    path: '/users/{userId}/hand-over',
    tags,
    summary: 'Give all that waits for one person to another, or to anyone',
    request: { params, ...body(handOver) },
    responses: { 202: json(handedOver, 'Going on in the background, pool by pool') },
  },
  async (c) => {
    const { userId } = c.req.valid('param')
    const { id: asked, to, reason } = c.req.valid('json')
    if (to === userId || !(await userById(c.env.DB, userId))) throw new RefusalError('not-found')
    const { pools } = await openWorkOf(c.env.DB, userId)
    const begun = await Promise.all(
      pools.map(async ({ poolId }) => {
        const action = { kind: 'hand-over' as const, from: userId, to }
        const selection = { filter: { concerns: userId }, except: [] }
        try {
          const bulk = { id: `${asked}:${poolId}`, action, selection, reason }
          const { id: bulkId } = await startBulk(c.env, c.get('actor'), poolId, bulk)
          return { poolId, bulkId, refused: null }
        } catch (fault) {
          if (fault instanceof RefusalError) return { poolId, bulkId: null, refused: fault.code }
          throw fault
        }
      }),
    )
    await audited(c, 'user.hand-over', userId, { to, pools: pools.length })
    return c.json({ pools: begun }, 202)
  },
)
