import { createHash } from 'node:crypto'
import type { Env } from '../../env'
import { roomOfEdgeLeg } from '../../sip/gate'
import { callRoom } from '../doors'
import { InOrder } from '../in-order'
import type { CallerContext, CallPort } from '../ports'
import { withTimeout } from '../room'

const TIMEOUT_MS = 2_000
const MOST_STUBS = 64

/** The way from a trunk to its CallRooms: messages of one call in their order, a broken stub replaced and asked once more. */
export class CallDoors {
  private readonly stubs = new Map<string, CallPort>()
  private readonly toCalls = new InOrder()

  constructor(
    private readonly env: Env,
    private readonly aor: string,
  ) {}

  /** The CallRoom a Call-ID belongs to: no table, so it is the same after any restart. */
  roomOf(sipCallId: string): string {
    return (
      roomOfEdgeLeg(sipCallId) ?? createHash('sha256').update(`${this.aor}|${sipCallId}`).digest('hex').slice(0, 24)
    )
  }

  /** Rejects when the call could not be reached. */
  async receive(room: string, instance: string, text: string, caller: CallerContext | null): Promise<void> {
    const ask = () => withTimeout(this.stub(room).receive(this.aor, instance, text, caller), TIMEOUT_MS)
    await this.toCalls.run(room, () =>
      ask().catch(() => {
        this.stubs.delete(room)
        return ask()
      }),
    )
  }

  private stub(room: string): CallPort {
    const known = this.stubs.get(room)
    if (known) return known
    if (this.stubs.size >= MOST_STUBS) this.stubs.delete(this.stubs.keys().next().value!)
    const stub = callRoom(this.env, room)
    this.stubs.set(room, stub)
    return stub
  }
}
