import { liveRequest, PONG, type LiveViewer } from '#worker/rooms/live-sockets'

type Heard = { type: string; epoch: string; seq: number; at: number } & Record<string, unknown>

/** A viewer of a room's live events, for tests in workerd: hears all, and can be asked to wait for something. */
export class Viewer {
  readonly heard: Heard[] = []
  closed: { code: number; reason: string } | null = null
  private readonly waiting = new Set<() => void>()

  private constructor(
    readonly socket: WebSocket,
    readonly protocol: string | null,
  ) {
    socket.addEventListener(
      'message',
      (message) => message.data !== PONG && this.note(() => this.heard.push(JSON.parse(String(message.data)) as Heard)),
    )
    socket.addEventListener('close', (close) =>
      this.note(() => (this.closed = { code: close.code, reason: close.reason })),
    )
    socket.accept()
  }

  static async of(
    room: { fetch(request: Request): Promise<Response> },
    viewer: LiveViewer = carol,
    resume: { epoch?: string; seq?: string } = {},
  ): Promise<Viewer> {
    return Viewer.from(await room.fetch(liveRequest(viewer, resume)))
  }

  static from(response: Response): Viewer {
    if (!response.webSocket) throw new Error(`not upgraded: ${response.status}`)
    return new Viewer(response.webSocket, response.headers.get('sec-websocket-protocol'))
  }

  get last(): Heard | undefined {
    return this.heard.at(-1)
  }

  get resume(): { epoch: string; seq: string } {
    return { epoch: this.last!.epoch, seq: String(this.last!.seq) }
  }

  /** Resolves once `is` holds; checked at every message and at the close. */
  async until(is: (viewer: this) => boolean): Promise<this> {
    while (!is(this)) await new Promise<void>((resolve) => this.waiting.add(resolve))
    return this
  }

  private note(take: () => void): void {
    take()
    const waiting = [...this.waiting]
    this.waiting.clear()
    for (const resolve of waiting) resolve()
  }
}

export const carol: LiveViewer = { userId: 'carol', sessionId: 'carol-1' }
