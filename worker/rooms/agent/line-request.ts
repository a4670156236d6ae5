import { TICKET_HEADER } from './sip-line'

/**
 * How the route hands an upgrade of /sip to the room (`stub.fetch`), after it has checked who it is for. Made from nothing:
 * no header of the client reaches the room. A guest's AOR (the demo telephone) has no session. `ticket`: `id:expiresAt` of
 * the ticket it was opened with; the line lets it in once.
 */
/** A foreign user agent that is still to prove itself (SIP-2). */
export type LineDevice = { id: string; username: string; secret: string }

export function lineRequest(who: {
  userId: string
  sessionId: string | null
  ticket?: string
  device?: LineDevice
}): Request {
  return new Request('https://room/sip', {
    headers: {
      upgrade: 'websocket',
      [USER]: who.userId,
      ...(who.sessionId ? { [SESSION]: who.sessionId } : {}),
      ...(who.ticket ? { [TICKET_HEADER]: who.ticket } : {}),
      ...(who.device ? { [DEVICE]: JSON.stringify(who.device) } : {}),
    },
  })
}

export function lineViewer(request: Request): { userId: string; sessionId: string | null } {
  return { userId: request.headers.get(USER) ?? '', sessionId: request.headers.get(SESSION) }
}

export function deviceOf(request: Request): LineDevice | null {
  const text = request.headers.get(DEVICE)
  return text === null ? null : (JSON.parse(text) as LineDevice)
}

const DEVICE = 'x-switchroom-device'
const USER = 'x-switchroom-user'
const SESSION = 'x-switchroom-session'
