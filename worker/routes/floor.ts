import { floorPicture, type FloorPicture } from '#shared/protocol/live'
import { MAIN_TEAM } from '../rooms/ports'
import { endpoint, json, router } from './endpoint'

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
  async (c) => c.json((await c.env.FLOOR.getByName(MAIN_TEAM).picture()) as FloorPicture, 200),
)
