/** RFC 5626 §3.5.1's bytes: a room's live sockets share its one automatic answer with SIP's. */
export const PING = '\r\n\r\n'
export const PONG = '\r\n'
const EVERY_MS = 20_000
const WITHIN_MS = 8_000

type Deps = {
  send(text: string): void
  /** Nothing came within 8 s of a ping. */
  onSilence(): void
  onTrip(ms: number): void
  now(): number
  after(ms: number, act: () => void): () => void
}

/** Proves that a line is alive: a ping every 20 s, anything at all within 8 s. */
export class Heartbeat {
  private cancel: (() => void) | null = null
  private sentAt: number | null = null
  private heardSince = false

  constructor(private readonly deps: Deps) {}

  beat(): void {
    this.stop()
    this.sentAt = this.deps.now()
    this.heardSince = false
    this.deps.send(PING)
    this.cancel = this.deps.after(WITHIN_MS, () => {
      if (!this.heardSince) return this.deps.onSilence()
      this.cancel = this.deps.after(EVERY_MS - WITHIN_MS, () => this.beat())
    })
  }

  heard(text: string): void {
    this.heardSince = true
    if (text !== PONG || this.sentAt === null) return
    this.deps.onTrip(this.deps.now() - this.sentAt)
    this.sentAt = null
  }

  stop(): void {
    this.cancel?.()
    this.cancel = null
    this.sentAt = null
  }
}
