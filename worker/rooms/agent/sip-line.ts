import type { Env } from '../../env'
import type { Binding, CallerContext } from '../ports'

/** What the AgentRoom lends to its line. */
export type LineHost = {
  ctx: DurableObjectState
  env: Env
  /** The room's name: a user id, or a guest's AOR. */
  aor(): string
  /**
   * Who calls, as the room knows it, for an initial INVITE. `leaseHeader` is the message's `X-Switchroom-Lease`
   * (`poolId:entryId:token`) or null; the room answers with a lease only when it holds that one. Throws nothing.
   */
  caller(leaseHeader: string | null): CallerContext
  /** The number of registered devices changed (0: the phone is not connected). */
  onBindingsChanged(count: number): void
  setTimer(name: string, at: number): void
  clearTimer(name: string): void
}

/** Whose socket it is; kept in the socket's attachment, so it survives hibernation. */
export type LineUser = { userId: string; username: string; extension: string | null; sessionId: string }

/** Timers of the line start with this; the AgentRoom passes them to `onTimer`. */
export const LINE_TIMER = 'sip:'

/** The SIP side of an AgentRoom: sockets, the registrar of one AOR, and the way to and from CallRooms. Rules SIP-1…3, 6. */
export class SipLine {
  constructor(private readonly host: LineHost) {}

  /** Answers the upgrade: 101 with subprotocol `sip`. The route has authenticated; the room has checked the session. */
  accept(_request: Request, _who: LineUser): Response {
    throw new Error('not built yet')
  }

  /** Whether this socket is the line's (and not a live one). */
  owns(_ws: WebSocket): boolean {
    return false
  }

  async message(_ws: WebSocket, _data: string | ArrayBuffer): Promise<void> {}

  /** For webSocketClose and webSocketError. */
  closed(_ws: WebSocket): void {}

  bindings(): Binding[] {
    return []
  }

  /** Sends to one device, in order. False: it has no socket now; the texts are owed for 32 s and flushed on REGISTER. */
  deliver(_instance: string, _texts: string[]): boolean {
    return false
  }

  /** E.g. `closeAll(4401, 'signed-out')`. `sessionId`: only the sockets of that session. */
  closeAll(_code: number, _reason: string, _sessionId?: string): void {}

  onTimer(_name: string): void {}

  /** The CallRoom that a Call-ID of this AOR's device belongs to. */
  callIdOf(_sipCallId: string): string {
    return this.host.aor()
  }
}
