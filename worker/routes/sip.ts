import * as z from 'zod'
import type { Context } from 'hono'
import { uuidv7 } from 'uuidv7'
import { may } from '#shared/domain/access/table'
import { sipTicket } from '#shared/protocol/sip'
import { isOwnOrigin } from '../auth/origin'
import { readTicket, signTicket, TICKET_S } from '../auth/sip-ticket'
import { DEMO_TELEPHONE } from '../carriers/demo'
import { deviceById } from '../db/devices'
import { RefusalError } from '../refusals'
import { lineRequest, type LineDevice } from '../rooms/agent/line-request'
import { endpoint, json, router, type AppContext } from './endpoint'

export const sip = router()

endpoint(
  sip,
  'phone.register',
  {
    method: 'post',
    path: '/api/sip/tickets',
    tags: ['phone'],
    summary: 'A ticket that opens one SIP socket within 30 s: GET /sip?ticket=…',
    responses: { 201: json(sipTicket, 'The ticket') },
  },
  async (c) => {
    const { userId, sessionId } = c.get('actor')
    const expiresAt = Date.now() + TICKET_S * 1000
    const ticket = await signTicket(c.env, { id: uuidv7(), userId, sessionId, expiresAt })
    return c.json({ ticket, expiresAt }, 201)
  },
)

const query = z.object({
  ticket: z
    .string()
    .max(1000)
    .optional()
    .meta({ description: 'From POST /api/sip/tickets; no Origin is needed with it' }),
  device: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional()
    .meta({ description: 'From POST /api/me/devices: REGISTER with its password within 5 s; no Origin is needed' }),
  guest: z
    .literal('demo-telephone')
    .optional()
    .meta({ description: 'With DEMO=1: the demo telephone, which only receives' }),
})

/**
 * GET /sip (SIP-1, SIP-2): SIP over a WebSocket of the subprotocol `sip` (RFC 7118), ending in the AgentRoom of who it is.
 *
 * Refuses invalid-input (no upgrade, no subprotocol), foreign-origin (a cookie or the demo telephone from another site),
 * not-signed-in (no session; a ticket that is forged, used or expired), session-revoked, not-permitted.
 */
endpoint(
  sip,
  'phone.connect',
  {
    method: 'get',
    path: '/sip',
    tags: ['phone'],
    summary: 'SIP over WebSocket',
    request: { query },
    responses: { 101: { description: 'Switching to the WebSocket' } },
  },
  async (c) => {
    requireSip(c)
    const who = await whose(c, c.req.valid('query'))
    const answer = await c.env.AGENT.getByName(who.userId).fetch(lineRequest(who))
    if (answer.status === 401) throw new RefusalError('session-revoked')
    if (answer.status === 429) throw new RefusalError('too-many-requests')
    if (answer.status === 403) throw new RefusalError('not-signed-in', 'This ticket is used or has expired.')
    return answer as never
  },
)

type Whose = { userId: string; sessionId: string | null; ticket?: string; device?: LineDevice }

async function whose(c: Context<AppContext>, { ticket: text, guest, device }: z.infer<typeof query>): Promise<Whose> {
  if (text !== undefined) {
    const ticket = await readTicket(c.env, text)
    if (!ticket) throw new RefusalError('not-signed-in', 'This ticket is used or has expired.')
    const { userId, sessionId, id, expiresAt } = ticket
    return { userId, sessionId, ticket: `${id}:${expiresAt}` }
  }
  if (device !== undefined) {
    const known = await deviceById(c.env.DB, device)
    if (!known) throw new RefusalError('not-signed-in')
    const { id, userId, username, secret } = known
    return { userId, sessionId: null, device: { id, username, secret } }
  }
  // a browser always names its Origin on a socket; a program with its own token has no cookie to be misused
  const isProgram = c.req.header('authorization') !== undefined
  if (!isProgram && !isOwnOrigin(c.req.raw.headers, c.get('origin'), true)) throw new RefusalError('foreign-origin')
  if (guest !== undefined) {
    if (c.env.DEMO !== '1') throw new RefusalError('not-found')
    return { userId: DEMO_TELEPHONE, sessionId: null }
  }
  const actor = c.get('actor') as AppContext['Variables']['actor'] | undefined
  if (!actor) throw new RefusalError('not-signed-in')
  if (!may(actor.role, 'phone.register')) throw new RefusalError('not-permitted')
  return { userId: actor.userId, sessionId: actor.sessionId }
}

function requireSip(c: Context<AppContext>): void {
  const refuse = (field: string, message: string) => new RefusalError('invalid-input', message, [{ field, message }])
  if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') throw refuse('upgrade', 'This is a WebSocket.')
  const offered = (c.req.header('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim().toLowerCase())
  if (!offered.includes('sip')) throw refuse('sec-websocket-protocol', 'Offer the subprotocol sip.')
}
