/** Without a packet for so long, while some are due, the sound has stopped, and the person is told. */
export const SILENT_MS = 1_800
/** Silence that is not of our own network may mend by itself, or from the other side: so long it is left alone. */
export const PATIENCE_MS = 4_000
/** After an ICE restart, before the next. */
export const RESTART_MS = 5_000
/** With a line to mend it over, sound that stays away ends the call: longer than the other page has to rejoin (PHONE-9). Without one the edge decides. */
export const LOST_MS = 30_000
export const LOST_WITHOUT_LINE_MS = 90_000
/** How soon after the line came back the sound is looked at. */
export const RETURN_MS = 350

export type MediaWatchDeps = {
  /** Offers the media anew, with an ICE restart (RFC 8445 §9), when there is a line. */
  restart(): void
  /** Sound stopped, so the socket may have died too. */
  doubt(): void
  /** It did not come back. */
  lost(): void
  interrupted(on: boolean): void
  now(): number
}

/**
 * PHONE-8: whether bytes flow in an answered call, and what is done when they do not.
 *
 *   flowing ──no packet for 1.8 s, or ICE failed──▶ stopped ──a packet──▶ flowing
 *                                                     │ ICE restart: at once when ICE failed or our own line was cut, else
 *                                                     │ after 4 s; again every 5 s
 *                                                     └──30 s with a line──▶ lost
 */
export class MediaWatch {
  private received = -1
  private flowedAt: number
  private stoppedAt: number | null = null
  private restartedAt = -Infinity
  private lineSince: number | null
  private isOurs = false
  private hasFailed = false
  private isExpected = true

  constructor(private readonly deps: MediaWatchDeps) {
    this.flowedAt = this.lineSince = deps.now()
  }

  /** Packets counted so far, and whether the other side is to be heard (nobody holds). Asked a few times a second. */
  sample(received: number, isExpected: boolean): void {
    const now = this.deps.now()
    if (!isExpected || !this.isExpected || received !== this.received) this.flowedAt = now
    const isNew = this.received >= 0 && received !== this.received
    this.received = received
    this.isExpected = isExpected
    if (isNew) this.hasFailed = this.isOurs = false
    if (this.hasFailed || now - this.flowedAt >= SILENT_MS) this.stop(now)
    else if (this.stoppedAt !== null && now === this.flowedAt) this.flow()
    if (this.stoppedAt !== null) this.mend(now)
  }

  connection(state: RTCPeerConnectionState): void {
    const now = this.deps.now()
    if (state === 'failed') {
      this.hasFailed = true
      this.stop(now)
      this.mend(now)
    } else if (state === 'connected') this.hasFailed = false
    else if (state === 'disconnected') this.deps.doubt()
  }

  /** The line went or came back. Who was cut off knows that the sound was, too, and does not wait for the other side. */
  line(isUp: boolean): void {
    if (isUp === (this.lineSince !== null)) return
    this.lineSince = isUp ? this.deps.now() : null
    this.isOurs = isUp
    if (isUp) this.restartedAt = -Infinity
    if (isUp && this.stoppedAt !== null) this.mend(this.deps.now())
  }

  /** `RETURN_MS` after the line came back: what has not flowed since then is offered anew, not waited for. */
  returned(received: number, isExpected: boolean): void {
    if (!isExpected || received !== this.received || this.stoppedAt !== null) return this.sample(received, isExpected)
    this.stop(this.deps.now())
    this.mend(this.deps.now())
  }

  private stop(now: number): void {
    if (this.stoppedAt !== null) return
    this.stoppedAt = now
    this.deps.interrupted(true)
    this.deps.doubt()
  }

  private flow(): void {
    this.stoppedAt = null
    this.isOurs = false
    this.restartedAt = -Infinity
    this.deps.interrupted(false)
  }

  private mend(now: number): void {
    const { lineSince, stoppedAt } = this
    if (stoppedAt === null) return
    const isLost =
      lineSince === null ? now - stoppedAt >= LOST_WITHOUT_LINE_MS : now - Math.max(stoppedAt, lineSince) >= LOST_MS
    if (isLost) return this.deps.lost()
    const isDue = this.hasFailed || this.isOurs || now - stoppedAt >= PATIENCE_MS - SILENT_MS
    if (lineSince === null || !isDue || now - this.restartedAt < RESTART_MS) return
    this.restartedAt = now
    this.deps.restart()
  }
}
