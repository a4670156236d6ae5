import { isGuest } from '../../carriers/demo'
import type { Env } from '../../env'
import { log } from '../../log'
import { callRoom } from '../doors'
import { withTimeout } from '../room'
import type { SipRows } from './sip-rows'

/** After a call has begun, or a telephone has registered: on the way of neither. */
const PREPARE_MS = 300
const TIMEOUT_MS = 5_000

/**
 * The room of the agent's next call, made while nobody waits for it (decision 0236): the first visit to an object is the slow
 * one, for its database's files here, for finding its place in the world on Cloudflare. Without one a call's room is named by its
 * Call-ID, and made when the INVITE comes.
 */
export class NextRoom {
  private isPreparing = false

  constructor(
    private readonly host: { ctx: DurableObjectState; env: Env; aor(): string },
    private readonly rows: SipRows,
  ) {}

  /** For the INVITE that opens a call. `keep` is for when it is on its way: a write before would hold it up (decision 0237). */
  take(callId: string): { keep: () => void } | null {
    const taken = this.rows.takeNext(callId)
    this.prepareSoon()
    return taken
  }

  prepareSoon(): void {
    if (this.isPreparing || this.rows.hasNext || isGuest(this.host.aor())) return
    this.isPreparing = true
    setTimeout(() => this.host.ctx.waitUntil(this.prepare()), PREPARE_MS)
  }

  private async prepare(): Promise<void> {
    const room = crypto.randomUUID().replaceAll('-', '').slice(0, 24)
    try {
      await withTimeout(callRoom(this.host.env, room).stand(), TIMEOUT_MS)
      if (!this.rows.hasNext) this.rows.keepNext(room)
    } catch (fault) {
      log.warn('no room for the next call', { fault })
    } finally {
      this.isPreparing = false
    }
  }
}
