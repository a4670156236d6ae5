/**
 * How far behind the screen is, and what the server's clock says, from the stamps of events and the round trips of pings.
 * The device's clock may be hours wrong: the smallest difference ever seen between a stamp and its arrival is the clocks'
 * difference plus the quickest way here; what an event took beyond it is delay. A ping's half adds the quickest way.
 */
export class Delay {
  /** Smallest (arrival on this device's clock − stamp of the server's clock). */
  private least = Infinity
  private halfTripMs = 0
  private extraMs = 0

  heard(stampedAt: number, arrivedAt: number): void {
    const difference = arrivedAt - stampedAt
    this.least = Math.min(this.least, difference)
    this.extraMs = difference - this.least
  }

  /** A pong came back after `tripMs`: also proof that nothing is queued behind it. */
  ponged(tripMs: number): void {
    this.halfTripMs = tripMs / 2
    this.extraMs = 0
  }

  /** A clock that was set while we looked would count as delay for ever: a new connection measures anew. */
  reset(): void {
    this.least = Infinity
    this.extraMs = 0
  }

  get behindMs(): number {
    return Math.round(this.halfTripMs + this.extraMs)
  }

  /** The server's clock at this device's `now`; the device's own until something was heard. */
  serverTime(now: number): number {
    return this.least === Infinity ? now : Math.round(now - this.least + this.halfTripMs)
  }
}
