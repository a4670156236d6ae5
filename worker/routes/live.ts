import * as z from 'zod'
import type { Context } from 'hono'
import { may } from '#shared/domain/access/table'
import { isOwnOrigin } from '../auth/origin'
import { RefusalError } from '../refusals'
import { LIVE_PROTOCOL, liveRequest } from '../rooms/live-sockets'
import { MAIN_TEAM } from '../rooms/ports'
import { endpoint, router, type AppContext } from './endpoint'

export const live = router()

const query = z.object({
  topic: z
    .enum(['me', `floor:${MAIN_TEAM}`])
    .meta({ description: 'What to hear of: my own state and calls, or the floor of a team' }),
  epoch: z.string().max(64).optional().meta({ description: 'Resume: the epoch of the last event heard' }),
  seq: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional()
    .meta({ description: 'Resume: the seq of the last event heard' }),
})

/**
 * GET /live: a WebSocket of the subprotocol `switchroom.v1` that tells what happens: a snapshot, then events
 * `{epoch, seq, at, type, …}`; see shared/protocol/live. Send "\r\n\r\n" every 20 s; it is answered "\r\n".
 *
 * Refuses not-signed-in and the like, foreign-origin (a browser's cookie from another site), not-permitted (AUTH-1: the
 * floor needs floor.read), invalid-input (no such topic, no upgrade, no subprotocol).
 */
endpoint(
  live,
  'me.read',
  {
    method: 'get',
    path: '/live',
    tags: ['live'],
    summary: 'Hear what happens, as it happens (WebSocket)',
    request: { query },
    responses: { 101: { description: 'Switching to the WebSocket' } },
  },
  async (c) => {
    const { topic, epoch, seq } = c.req.valid('query')
    requireUpgrade(c)
    const actor = c.get('actor')
    if (topic !== 'me' && !may(actor.role, 'floor.read')) throw new RefusalError('not-permitted')
    const room = topic === 'me' ? c.env.AGENT.getByName(actor.userId) : c.env.FLOOR.getByName(MAIN_TEAM)
    return (await room.fetch(liveRequest(actor, { epoch, seq }))) as never
  },
)

/** A browser always names its Origin on a socket; a program that signs in by token has no cookie to be misused. */
function requireUpgrade(c: Context<AppContext>): void {
  const isProgram = c.req.header('authorization') !== undefined
  if (!isProgram && !isOwnOrigin(c.req.raw.headers, c.get('origin'), true)) throw new RefusalError('foreign-origin')
  if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') {
    throw new RefusalError('invalid-input', 'This is a WebSocket.', [
      { field: 'upgrade', message: 'websocket expected' },
    ])
  }
  const offered = (c.req.header('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim())
  if (!offered.includes(LIVE_PROTOCOL)) {
    throw new RefusalError('invalid-input', `Offer the subprotocol ${LIVE_PROTOCOL}.`, [
      { field: 'sec-websocket-protocol', message: `${LIVE_PROTOCOL} expected` },
    ])
  }
}
