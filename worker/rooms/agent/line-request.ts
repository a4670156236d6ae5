/**
 * How the route hands an upgrade of /sip to the room (`stub.fetch`), after it has checked who it is for. Made from nothing:
 * no header of the client reaches the room. A guest's AOR (the demo telephone) has no session.
 */
export function lineRequest(who: { userId: string; sessionId: string | null }): Request {
  return new Request('https://room/sip', {
    headers: { upgrade: 'websocket', [USER]: who.userId, ...(who.sessionId ? { [SESSION]: who.sessionId } : {}) },
  })
}

export function lineViewer(request: Request): { userId: string; sessionId: string | null } {
  return { userId: request.headers.get(USER) ?? '', sessionId: request.headers.get(SESSION) }
}

const USER = 'x-switchroom-user'
const SESSION = 'x-switchroom-session'
