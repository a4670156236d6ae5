import type { Env } from '../../env'
import { log } from '../../log'
import { REJOIN_MS } from '../../sip/b2bua/orphan'
import { callRoom } from '../doors'
import { withTimeout } from '../room'

type Parts = {
  env: Env
  userId(): string
  /** Whether this device has a socket now. */
  isThere(instance: string): boolean
}

/**
 * PHONE-9: pages that said they go (close code 1001); their calls wait a while for them to come back. The news of a call may come
 * after its page has gone: such a call is told when it is heard of.
 */
export class LeftPages {
  private readonly left = new Map<string, number>()

  constructor(private readonly room: Parts) {}

  /** These devices' page has gone, and left these calls. */
  async gone(instances: string[], callIds: string[]): Promise<void> {
    const now = Date.now()
    for (const [instance, at] of this.left) if (now - at > REJOIN_MS) this.left.delete(instance)
    for (const instance of instances) this.left.set(instance, now)
    for (const instance of instances) for (const callId of callIds) await this.tell(callId, instance)
  }

  /** A device has a socket again: a cut of that one is no page that goes. */
  back(): void {
    for (const instance of this.left.keys()) if (this.room.isThere(instance)) this.left.delete(instance)
  }

  /** This call was not known until now. */
  async heardOf(callId: string): Promise<void> {
    const now = Date.now()
    for (const [instance, at] of this.left) if (now - at < REJOIN_MS) await this.tell(callId, instance)
  }

  private async tell(callId: string, instance: string): Promise<void> {
    const { env, userId } = this.room
    await withTimeout(callRoom(env, callId).orphaned(userId(), instance), 2_000).catch((fault: unknown) =>
      log.warn('call not told that its page has gone', { callId, fault }),
    )
  }
}
