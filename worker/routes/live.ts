import * as z from 'zod'
import type { Context } from 'hono'
import { uuidv7 } from 'uuidv7'
import { may } from '#shared/domain/access/table'
import { id } from '#shared/protocol/common'
import { liveTicket } from '#shared/protocol/live'
import { isOwnOrigin } from '../auth/origin'
import { checkSession } from '../auth/session-check'
import { readTicket, signTicket, TICKET_S } from '../auth/sip-ticket'
import type { Env } from '../env'
import { RefusalError } from '../refusals'
import { poolRoom } from '../rooms/doors'
import { LIVE_PROTOCOL, liveRequest } from '../rooms/live-sockets'
import { isRefusal, MAIN_TEAM, type Actor } from '../rooms/ports'
import { endpoint, json, router, type AppContext } from './endpoint'

export const live = router()

endpoint(
  live,
  'me.read',
  {
    method: 'post',
    path: '/live/tickets',
    tags: ['live'],
    summary: 'A ticket that opens one live socket within 30 s',
    responses: { 201: json(liveTicket, 'The ticket') },
  },
  async (c) => {
    const { userId, sessionId } = c.get('actor')
    const expiresAt = Date.now() + TICKET_S * 1000
    return c.json(
      { ticket: await signTicket(c.env, { id: uuidv7(), userId, sessionId, expiresAt }, 'live-ticket'), expiresAt },
      201,
    )
  },
)

const query = z.object({
  topic: z.union([z.enum(['me', `floor:${MAIN_TEAM}`]), z.templateLiteral(['pool:', id])]).meta({
    description: 'What to hear of: my own state and calls, the floor of a team, or who takes and edits in a pool',
  }),
  epoch: z.string().max(64).optional().meta({ description: 'Resume: the epoch of the last event heard' }),
  seq: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional()
    .meta({ description: 'Resume: the seq of the last event heard' }),
})

/**
 * GET /live: a WebSocket of the subprotocol `switchroom.v1` (programs without a cookie: `switchroom.v1, ticket.X`) that
 * tells what happens: a snapshot, then events `{epoch, seq, at, type, …}`; see shared/protocol/live. Send "\r\n\r\n" every
 * 20 s; it is answered "\r\n".
 *
 * Refuses not-signed-in (no session; a ticket that is forged, used or expired), foreign-origin (a browser's cookie from
 * another site), not-permitted (AUTH-1: the floor needs floor.read), invalid-input (no such topic, upgrade, subprotocol).
 */
endpoint(
  live,
  'live.connect',
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
    const offered = offeredProtocols(c)
    const { actor, ticketId } = await whoseSocket(c, offered)
    const room = await roomOf(c.env, topic, actor)
    const answer = await room.fetch(liveRequest(actor, { epoch, seq }, ticketId))
    if (answer.status === 403) throw usedTicket()
    return answer as never
  },
)

/** Whose events these are; refused here where the viewer may not hear them. */
async function roomOf(env: Env, topic: string, actor: Pick<Actor, 'userId' | 'role'>) {
  const needs = topic === 'me' ? 'me.read' : topic.startsWith('pool:') ? 'entry.list' : 'floor.read'
  if (!may(actor.role, needs)) throw new RefusalError('not-permitted')
  if (topic === 'me') return env.AGENT.getByName(actor.userId)
  if (!topic.startsWith('pool:')) return env.FLOOR.getByName(MAIN_TEAM)
  const poolId = topic.slice('pool:'.length)
  const answer = await poolRoom(env, poolId).mayWatch({ userId: actor.userId, role: actor.role })
  if (isRefusal(answer)) throw new RefusalError(answer.refused, answer.detail)
  return env.POOL.getByName(poolId)
}

const TICKET = 'ticket.'
const usedTicket = () => new RefusalError('not-signed-in', 'This ticket is used or has expired.')

async function whoseSocket(
  c: Context<AppContext>,
  offered: string[],
): Promise<{ actor: Pick<Actor, 'userId' | 'sessionId' | 'role'>; ticketId?: string }> {
  const text = offered.find((name) => name.startsWith(TICKET))?.slice(TICKET.length)
  if (text !== undefined) {
    const ticket = await readTicket(c.env, text, 'live-ticket')
    if (!ticket) throw usedTicket()
    const checked = await checkSession(c.env, { ...ticket, use: 'access' }, Date.now())
    if (!checked.live || !checked.actor) throw new RefusalError(checked.code ?? 'session-revoked')
    if (checked.actor.mustChangePassword) throw new RefusalError('password-change-required')
    return {
      actor: { userId: ticket.userId, sessionId: ticket.sessionId, role: checked.actor.role },
      ticketId: ticket.id,
    }
  }
  // a browser always names its Origin on a socket; a program with its own token has no cookie to be misused
  const isProgram = c.req.header('authorization') !== undefined
  if (!isProgram && !isOwnOrigin(c.req.raw.headers, c.get('origin'), true)) throw new RefusalError('foreign-origin')
  const actor = c.get('actor') as Actor | undefined
  if (!actor) throw new RefusalError('not-signed-in')
  return { actor }
}

function offeredProtocols(c: Context<AppContext>): string[] {
  const refuse = (field: string, message: string) => new RefusalError('invalid-input', message, [{ field, message }])
  if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') throw refuse('upgrade', 'This is a WebSocket.')
  const offered = (c.req.header('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim())
  if (!offered.includes(LIVE_PROTOCOL))
    throw refuse('sec-websocket-protocol', `Offer the subprotocol ${LIVE_PROTOCOL}.`)
  return offered
}
