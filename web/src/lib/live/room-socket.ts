import * as z from 'zod'
import { Delay } from './delay'
import { Heartbeat, PONG } from './heartbeat'

/** Never connected yet · connected · lost and trying again · the session ended (no more tries until `start`). */
export type LiveStatus = 'connecting' | 'live' | 'reconnecting' | 'signed-out'
type Stamped = { type: string; epoch: string; seq: number; at: number }
/** What of the browser is needed here; tests give their own. */
export type Socket = {
  readonly readyState: number
  send(text: string): void
  close(code?: number): void
  onopen: (() => void) | null
  onmessage: ((message: { data: unknown }) => void) | null
  onclose: ((close: { code: number; reason: string }) => void) | null
}
export type Surroundings = {
  open(path: string, protocol: string): Socket
  now(): number
  random(): number
  after(ms: number, act: () => void): () => void
}
export type RoomSocketOptions<E extends Stamped> = {
  topic: string
  /** Every event is parsed by it; one it does not know (a newer server's) is passed over. */
  schema: z.ZodType<E>
  onEvent(event: E): void
  onStatus?(status: LiveStatus, code: string | null): void
  /** Asked before each new try after one that did not even connect: false stops (signed out, not permitted). */
  mayRetry?(): Promise<boolean>
  surroundings?: Surroundings
}

const PROTOCOL = 'switchroom.v1'
/** First retry within this, doubling to the most; each delay is drawn at random so that a deploy does not bring all back at once. */
const RETRY_MS = 500
const MOST_RETRY_MS = 15_000
const SIGNED_OUT = 4401
const OPEN = 1
/** A browser opens one WebSocket to a host at a time (RFC 6455 §4.1): one that never opens keeps the telephone's from opening. */
const OPENS_WITHIN_MS = 4_000

const stamp = z.object({ type: z.string(), epoch: z.string(), seq: z.int(), at: z.number() })

/**
 * One live topic of the server, kept open: `me` or `floor:main`.
 *
 *   connecting ─open─▶ live ─lost─▶ reconnecting ─open (&epoch=&seq=)─▶ live
 *                        └─ 4401 ─▶ signed-out
 *
 * Events come once and in order: a repeated one is dropped, a gap or a foreign epoch asks for a snapshot. A connection
 * that no longer answers pings counts as lost.
 */
export class RoomSocket<E extends Stamped> {
  status: LiveStatus = 'connecting'
  /** Device clock; when anything last came. */
  lastHeardAt: number | null = null
  readonly delay = new Delay()
  private socket: Socket | null = null
  private position: { epoch: string; seq: number } | null = null
  private failures = 0
  private stopRetry: (() => void) | null = null
  private readonly heartbeat: Heartbeat
  private isStarted = false
  private readonly around: Surroundings

  constructor(private readonly options: RoomSocketOptions<E>) {
    this.around = options.surroundings ?? browser
    this.heartbeat = new Heartbeat({
      send: (text) => this.socket?.send(text),
      onSilence: () => {
        this.letGo(4001)
        this.lost(true, 4001, '')
      },
      onTrip: (ms) => this.delay.ponged(ms),
      now: () => this.around.now(),
      after: (ms, act) => this.around.after(ms, act),
    })
  }

  start(): void {
    if (this.isStarted) return
    this.isStarted = true
    this.setStatus('connecting')
    this.connect()
  }

  stop(): void {
    this.isStarted = false
    this.stopRetry?.()
    this.letGo(1000)
  }

  /** The network is back, or the tab is looked at again: try now, or make sure that the line still answers. */
  nudge(): void {
    if (!this.isStarted) return
    if (this.socket?.readyState === OPEN) this.heartbeat.beat()
    else if (this.stopRetry) this.connect()
  }

  private connect(): void {
    this.stopRetry?.()
    this.stopRetry = null
    const resume = this.position ? `&epoch=${this.position.epoch}&seq=${this.position.seq}` : ''
    const socket = this.around.open(`/api/live?topic=${this.options.topic}${resume}`, PROTOCOL)
    this.socket = socket
    let hasOpened = false
    const stopWaiting = this.around.after(OPENS_WITHIN_MS, () => {
      if (this.socket !== socket || hasOpened) return
      this.letGo(4001)
      this.lost(true, 4001, '')
    })
    socket.onopen = () => {
      hasOpened = true
      stopWaiting()
      this.delay.reset()
      this.lastHeardAt = this.around.now()
      this.setStatus('live')
      this.heartbeat.beat()
    }
    socket.onmessage = ({ data }) => this.take(String(data))
    socket.onclose = ({ code, reason }) => {
      stopWaiting()
      this.lost(hasOpened, code, reason)
    }
  }

  private take(text: string): void {
    this.lastHeardAt = this.around.now()
    this.failures = 0
    this.heartbeat.heard(text)
    if (text === PONG) return
    const stamped = stamp.safeParse(parseJson(text))
    if (!stamped.success) return this.startOver()
    const { type, epoch, seq, at } = stamped.data
    if (type !== 'snapshot') {
      if (this.position?.epoch === epoch && seq <= this.position.seq) return
      if (this.position?.epoch !== epoch || seq !== this.position.seq + 1) return this.startOver()
    }
    this.position = { epoch, seq }
    this.delay.heard(at, this.around.now())
    const event = this.options.schema.safeParse(JSON.parse(text))
    if (event.success) this.options.onEvent(event.data)
  }

  /** What came cannot be trusted to be whole: the next connection begins with a snapshot. */
  private startOver(): void {
    this.position = null
    this.letGo(4000)
    this.lost(true, 4000, '')
  }

  private lost(hadOpened: boolean, code: number, reason: string): void {
    this.heartbeat.stop()
    this.socket = null
    if (!this.isStarted) return
    if (code === SIGNED_OUT) {
      this.isStarted = false
      return this.setStatus('signed-out', reason)
    }
    if (this.status === 'live') this.setStatus('reconnecting')
    const most = Math.min(MOST_RETRY_MS, RETRY_MS * 2 ** this.failures++)
    this.stopRetry = this.around.after(most * (0.3 + 0.7 * this.around.random()), () => void this.tryAgain(hadOpened))
  }

  private async tryAgain(hadOpened: boolean): Promise<void> {
    this.stopRetry = () => undefined
    if (!hadOpened && this.options.mayRetry && !(await this.options.mayRetry())) {
      this.isStarted = false
      return this.setStatus('signed-out', null)
    }
    if (this.isStarted && !this.socket) this.connect()
  }

  /** Closes without hearing of it again: a dead line's close event may be a minute late. */
  private letGo(code: number): void {
    this.heartbeat.stop()
    const { socket } = this
    this.socket = null
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close(code)
  }

  private setStatus(status: LiveStatus, code: string | null = null): void {
    this.status = status
    this.options.onStatus?.(status, code)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const browser: Surroundings = {
  open: (path, protocol) => new WebSocket(location.origin.replace(/^http/, 'ws') + path, protocol) as Socket,
  now: () => Date.now(),
  random: () => Math.random(),
  after: (ms, act) => {
    const timer = setTimeout(act, ms)
    return () => clearTimeout(timer)
  },
}
