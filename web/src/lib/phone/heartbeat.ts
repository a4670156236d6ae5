/** How often a socket is asked whether it lives, and how long its answer may take, in ms. */
export type Pace = { everyMs: number; answerMs: number }
/** Between calls a dead socket may cost a ring, in a call it costs the customer's ear. RFC 5626 §4.4.1 allows 10 s for the answer. */
export const IDLE_PACE: Pace = { everyMs: 12_000, answerMs: 4_000 }
export const CALL_PACE: Pace = { everyMs: 2_500, answerMs: 2_000 }
/** What asks at once (the network changed, the page woke, the sound stopped) does not wait long. */
export const HURRY_MS = 1_500
/** A timer that fired so much too late slept with its page: the answer may lie unread beside it. */
const SLEPT_MS = 1_000

export type HeartbeatDeps = {
  /** Sends a double CRLF (RFC 5626 §3.5.1). */
  ask(): void
  /** No answer in time: the flow has failed. */
  died(): void
  now(): number
  later(ms: number, run: () => void): () => void
}

/**
 * PHONE-8. Whether a socket still leads anywhere, by keep-alives with a deadline (RFC 5626 §4.4.1; RFC 7118 §6).
 *
 *   quiet ──every──▶ asked ──answer──▶ quiet
 *     └──hurry──▶      └──no answer in time──▶ died
 */
export class Heartbeat {
  private pace = IDLE_PACE
  private isOn = false
  private isAsked = false
  private cancel: (() => void) | null = null

  constructor(private readonly deps: HeartbeatDeps) {}

  start(): void {
    this.isOn = true
    this.rest()
  }

  stop(): void {
    this.isOn = this.isAsked = false
    this.cancel?.()
    this.cancel = null
  }

  keepPace(pace: Pace): void {
    if (pace === this.pace) return
    this.pace = pace
    if (this.isOn && !this.isAsked) this.rest()
  }

  /** Anything came over the socket: it lives. */
  heard(): void {
    if (!this.isOn) return
    this.isAsked = false
    this.rest()
  }

  /** Asks now, unless an answer is due already: hint upon hint must not put the verdict off. */
  hurry(): void {
    if (this.isOn && !this.isAsked) this.ask(HURRY_MS)
  }

  private rest(): void {
    this.after(this.pace.everyMs, () => this.ask(this.pace.answerMs))
  }

  private ask(answerMs: number): void {
    this.isAsked = true
    const dueAt = this.deps.now() + answerMs
    this.after(answerMs, () => {
      if (this.deps.now() - dueAt > SLEPT_MS) return this.ask(HURRY_MS)
      this.stop()
      this.deps.died()
    })
    this.deps.ask()
  }

  private after(ms: number, run: () => void): void {
    this.cancel?.()
    this.cancel = this.deps.later(ms, run)
  }
}
