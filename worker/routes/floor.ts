import { leaseRelease, leasesReleased } from '#shared/protocol/floor'
import { floorPicture } from '#shared/protocol/live'
import { RefusalError } from '../refusals'
import { floorRoom, poolRoom } from '../rooms/doors'
import { MAIN_TEAM } from '../rooms/ports'
import { body, endpoint, json, router } from './endpoint'

export const floor = router()

/** FLOOR-1 for programs that poll; /live?topic=floor:main tells the same as it happens. */
endpoint(
  floor,
  'floor.read',
  {
    method: 'get',
    path: '/floor/main',
    tags: ['floor'],
    summary: 'Agents, calls and pools as they stand',
    responses: { 200: json(floorPicture, 'The floor') },
  },
  async (c) => c.json(await floorRoom(c.env, MAIN_TEAM).picture(), 200),
)

/**
 * FLOOR-2. The entry may be pulled by the next agent at once; the one who held it is told, and what they still send for
 * it is late (POOL-5). Nothing held any more answers an empty list. Refuses unknown-pool.
 */
endpoint(
  floor,
  'lease.release',
  {
    method: 'post',
    path: '/floor/leases/release',
    tags: ['floor'],
    summary: 'Free a customer that an agent holds',
    request: body(leaseRelease),
    responses: { 200: json(leasesReleased, 'What was freed') },
  },
  async (c) => {
    const { poolId, entryId, reason } = c.req.valid('json')
    const room = poolRoom(c.env, poolId)
    if ((await room.settings()) === null) throw new RefusalError('unknown-pool')
    const { userId, name, role } = c.get('actor')
    return c.json(await room.releaseFor({ userId, name, role }, entryId, reason), 200)
  },
)
