import type { Socket, Surroundings } from '../../web/src/lib/live/room-socket'

/** The other end of a live socket in a test: what was sent, and what the server does. */
export class FakeSocket implements Socket {
  readyState = 0
  onopen: (() => void) | null = null
  onmessage: ((message: { data: unknown }) => void) | null = null
  onclose: ((close: { code: number; reason: string }) => void) | null = null
  readonly sent: string[] = []
  closedWith: number | null = null

  constructor(
    readonly path: string,
    readonly protocol: string,
  ) {}

  send(text: string): void {
    this.sent.push(text)
  }
  close(code?: number): void {
    this.readyState = 3
    this.closedWith = code ?? null
  }

  accept(): void {
    this.readyState = 1
    this.onopen?.()
  }
  says(event: object | string): void {
    this.onmessage?.({ data: typeof event === 'string' ? event : JSON.stringify(event) })
  }
  drops(code = 1006, reason = ''): void {
    this.readyState = 3
    this.onclose?.({ code, reason })
  }
}

/** A network and a clock that move only when the test says so. */
export class FakeNetwork implements Surroundings {
  readonly sockets: FakeSocket[] = []
  private time = 1_000_000
  private timers: { at: number; act: () => void }[] = []

  get last(): FakeSocket {
    return this.sockets.at(-1)!
  }
  open(path: string, protocol: string): FakeSocket {
    const socket = new FakeSocket(path, protocol)
    this.sockets.push(socket)
    return socket
  }
  now = (): number => this.time
  random = (): number => 0.5
  after(ms: number, act: () => void): () => void {
    const timer = { at: this.time + ms, act }
    this.timers.push(timer)
    return () => {
      this.timers = this.timers.filter((other) => other !== timer)
    }
  }
  /** Lets time pass, firing what comes due in its order, and the promises after each. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms
    for (;;) {
      const due = this.timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!due) break
      this.timers = this.timers.filter((timer) => timer !== due)
      this.time = due.at
      due.act()
      await Promise.resolve()
      await Promise.resolve()
    }
    this.time = end
  }
}
