import type { AgentPicture } from '#shared/protocol/live'
import type { Env } from '../../env'
import { log } from '../../log'
import { floorRoom } from '../doors'
import { MAIN_TEAM } from '../ports'
import { Patience } from '../patience'
import { withTimeout } from '../room'

const RETRY_MS = [500, 2_000, 8_000]
/** The first change is told at once, those right after it together: a supervisor sees each within a second (FLOOR-1). */
const EVERY_MS = 400

/** Tells the floor how this agent stands: whole pictures, newest wins, so what is missed is mended by the next. */
export class FloorNews {
  private readonly patience = new Patience()
  private rev = 0
  private waiting: AgentPicture | null = null
  private sending: Promise<void> | null = null

  constructor(
    private readonly ctx: DurableObjectState,
    private readonly env: Env,
  ) {}

  /** The time, but always rising, also within a millisecond. */
  nextRev(now: number): number {
    this.rev = Math.max(now, this.rev + 1)
    return this.rev
  }

  say(picture: AgentPicture): void {
    this.waiting = picture
    if (this.sending) return
    this.sending = this.send().finally(() => {
      this.sending = null
    })
    this.ctx.waitUntil(this.sending)
  }

  gone(agentId: string): void {
    this.waiting = null
    this.ctx.waitUntil(
      withTimeout(floorRoom(this.env, MAIN_TEAM).agentRemoved(agentId), 2_000).catch((fault: unknown) =>
        log.warn('floor not told', { fault }),
      ),
    )
  }

  private async send(): Promise<void> {
    for (let failures = 0; this.waiting;) {
      const picture: AgentPicture = this.waiting
      this.waiting = null
      try {
        await this.patience.within(floorRoom(this.env, MAIN_TEAM).agentChanged(picture), 2_000)
        failures = 0
        await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
      } catch (fault) {
        const pause = RETRY_MS[failures++]
        if (pause === undefined) return log.warn('floor not told', { fault })
        this.waiting ??= picture
        await new Promise((resolve) => setTimeout(resolve, pause))
      }
    }
  }
}
