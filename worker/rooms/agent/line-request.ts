import { TICKET_HEADER } from './sip-line'

/**
 * How the route hands an upgrade of /sip to the room (`stub.fetch`), after it has checked who it is for. Made from nothing:
 * no header of the client reaches the room. A guest's AOR (the demo telephone) has no session. `ticket`: `id:expiresAt` of
 * the ticket it was opened with; the line lets it in once.
 */
export function lineRequest(who: { userId: string; sessionId: string | null; ticket?: string }): Request {
  return new Request('https://room/sip', {
    headers: {
      upgrade: 'websocket',
      [USER]: who.userId,
      ...(who.sessionId ? { [SESSION]: who.sessionId } : {}),
      ...(who.ticket ? { [TICKET_HEADER]: who.ticket } : {}),
    },
  })
}

export function lineViewer(request: Request): { userId: string; sessionId: string | null } {
  return { userId: request.headers.get(USER) ?? '', sessionId: request.headers.get(SESSION) }
}

const USER = 'x-switchroom-user'
const SESSION = 'x-switchroom-session'
