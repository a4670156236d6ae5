import type { LineProblem, LineState } from './phone'

/** What the line needs from outside: the socket, the registration, a clock and chance. */
export type LineDeps = {
  /** Opens the socket; rejects when it cannot. */
  connect(): Promise<void>
  /** Sends REGISTER and waits for its final response's status; rejects when the socket went meanwhile. */
  register(): Promise<number>
  changed(line: LineState, problem: LineProblem | null): void
  now(): number
  random(): number
  /** A call depends on the line. */
  isUrgent?(): boolean
  later(ms: number, run: () => void): () => void
}

/** Without a line for so long it is called lost; attempts go on. */
export const LOST_AFTER_MS = 30_000
const SIGNED_OUT = 4401
const FIRST_MS = 400
const LONGEST_MS = 8_000
/** In a call nobody waits longer than this for the next attempt. */
const LONGEST_IN_CALL_MS = 1_600

/** The n-th wait before a new attempt: doubling, half of it by chance, so that a deploy's thousand tabs do not come at once. */
export function backOff(attempt: number, random: number, isUrgent = false): number {
  const whole = Math.min(isUrgent ? LONGEST_IN_CALL_MS : LONGEST_MS, FIRST_MS * 2 ** attempt)
  return Math.round(whole * (0.5 + random / 2))
}

/**
 * PHONE-1, PHONE-8: keeps one socket registered. Connect → REGISTER → registered; a cut → wait with jitter →
 * again, until stopped. A refusal (403, or signed out) ends it: trying again would change nothing.
 */
export class LineKeeper {
  line: LineState = 'off'
  private attempt = 0
  private cutAt: number | null = null
  private cancelTimer: (() => void) | null = null
  /** Raised by every start, stop and cut: what an older run answers is no longer of interest. */
  private run = 0

  constructor(private readonly deps: LineDeps) {}

  start(): void {
    if (this.line !== 'off' && this.line !== 'lost') return
    this.cutAt = null
    this.attempt = 0
    this.become('connecting', null)
    void this.tryOnce()
  }

  stop(): void {
    this.forget()
    this.become('off', null)
  }

  /** The socket closed without our doing. With 4401 the edge says that this person is signed out: no more attempts. */
  cut(code: number | null): void {
    if (this.line === 'off') return
    this.forget()
    if (code === SIGNED_OUT) return this.become('lost', 'signed-out')
    this.again()
  }

  /** The network is back, or the page is seen again: now, not after the wait. */
  wake(): void {
    if (this.cancelTimer === null) return
    this.cancelTimer()
    this.cancelTimer = null
    void this.tryOnce()
  }

  private async tryOnce(): Promise<void> {
    const run = ++this.run
    try {
      await this.deps.connect()
      if (run !== this.run) return
      const status = await this.deps.register()
      if (run !== this.run) return
      if (status >= 200 && status < 300) {
        this.attempt = 0
        this.cutAt = null
        this.become('registered', null)
      } else if (status >= 400 && status < 500 && status !== 408 && status !== 480) {
        this.become('lost', 'refused')
      } else this.again()
    } catch {
      if (run === this.run) this.again()
    }
  }

  private again(): void {
    const now = this.deps.now()
    this.cutAt ??= now
    const isLost = now - this.cutAt >= LOST_AFTER_MS
    const wait = backOff(this.attempt++, this.deps.random(), this.deps.isUrgent?.() ?? false)
    this.cancelTimer = this.deps.later(wait, () => {
      this.cancelTimer = null
      void this.tryOnce()
    })
    // told when the next attempt is sure: whoever hears it may fail
    this.become(isLost ? 'lost' : 'reconnecting', isLost ? 'unreachable' : null)
  }

  private forget(): void {
    this.run++
    this.cancelTimer?.()
    this.cancelTimer = null
  }

  private become(line: LineState, problem: LineProblem | null): void {
    if (line === this.line && problem === null) return
    this.line = line
    this.deps.changed(line, problem)
  }
}
