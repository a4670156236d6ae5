import { createHash } from 'node:crypto'
import type { Env } from '../../env'
import { log } from '../../log'
import { roomOfEdgeLeg } from '../../sip/gate'
import type { SipMessage, SipRequest } from '../../sip/message'
import { replacesOf } from '../../sip/replaces'
import { callRoom } from '../doors'
import { InOrder } from '../in-order'
import type { CallerContext, CallPort } from '../ports'
import { withTimeout } from '../room'
import { NextRoom } from './next-room'
import type { SipRows } from './sip-rows'

const TIMEOUT_MS = 2_000
const MOST_STUBS = 32
/** By then the call rings: which room it has is written down on nobody's way (decision 0237). */
const TAKEN_KEPT_MS = 20

/** The way from one AOR's telephones to the rooms of their calls: each room hears all in the order it was said. */
export class ToCalls {
  private readonly stubs = new Map<string, CallPort>()
  private readonly inOrder = new InOrder()
  readonly next: NextRoom

  constructor(
    private readonly host: { ctx: DurableObjectState; env: Env; aor(): string },
    private readonly rows: SipRows,
  ) {
    this.next = new NextRoom(host, rows)
  }

  /** The CallRoom a Call-ID of this AOR's devices belongs to, the same after any restart. */
  roomOf(sipCallId: string): string {
    return (
      roomOfEdgeLeg(sipCallId) ??
      this.rows.roomOf(sipCallId) ??
      createHash('sha256').update(`${this.host.aor()}|${sipCallId}`).digest('hex').slice(0, 24)
    )
  }

  /**
   * The room of a call that this INVITE opens; or, of one with Replaces, that of the dialog whose place it takes, where all that
   * follows in it goes too (RFC 3891).
   */
  opens(invite: SipRequest): void {
    const replaces = replacesOf(invite)
    if (replaces) return this.rows.alias(invite.callId, this.roomOf(replaces.callId))
    const taken = this.next.take(invite.callId)
    if (taken) setTimeout(taken.keep, TAKEN_KEPT_MS)
  }

  /** Two tries: a stub that broke with its room's instance is replaced; rooms know what they have seen. False: not reached. */
  async pass(instance: string, message: SipMessage, text: string, caller: CallerContext | null): Promise<boolean> {
    const room = this.roomOf(message.callId)
    const askTwice = () =>
      this.ask(room, instance, text, caller).catch(() => {
        this.stubs.delete(room)
        return this.ask(room, instance, text, caller)
      })
    try {
      if ((await this.inOrder.run(room, askTwice)) !== 'occupied') return true
      return this.rows.dismiss(message.callId) && (await this.pass(instance, message, text, caller))
    } catch (fault) {
      this.stubs.delete(room)
      log.warn('call not reached', { room: this.host.aor(), callId: room, fault })
      return false
    }
  }

  /** What a telephone would have said. */
  tell(callId: string, instance: string, text: string): void {
    const room = this.roomOf(callId)
    const told = this.inOrder
      .run(room, () => this.ask(room, instance, text, null))
      .catch((fault: unknown) => log.warn('call not told', { callId: room, fault }))
    this.host.ctx.waitUntil(told)
  }

  private ask(room: string, instance: string, text: string, caller: CallerContext | null): Promise<'occupied' | void> {
    return withTimeout(this.stub(room).receive(this.host.aor(), instance, text, caller), TIMEOUT_MS)
  }

  private stub(room: string): CallPort {
    const known = this.stubs.get(room)
    if (known) return known
    if (this.stubs.size >= MOST_STUBS) this.stubs.delete(this.stubs.keys().next().value!)
    const stub = callRoom(this.host.env, room)
    this.stubs.set(room, stub)
    return stub
  }
}
