import { log } from '../log'

/** Whom a live socket belongs to: how a revoked session's sockets are found. */
export type LiveViewer = { userId: string; sessionId: string }
type Stamped = { type: string; epoch: string; seq: number; at: number }
type Without<E, K extends PropertyKey> = E extends unknown ? Omit<E, K> : never
/** An event as a room says it: the stamp is put on here. */
export type LiveBody<E extends Stamped> = Without<E, 'epoch' | 'seq' | 'at'>
type Told = { seq: number; at: number; body: object; text: string | null }
type Attachment = { live: true; acceptedAt: number }

/** The subprotocol of /api/live; programs offer `switchroom.v1, ticket.X` and are answered `switchroom.v1`. */
export const LIVE_PROTOCOL = 'switchroom.v1'
/**
 * RFC 5626 §3.5.1's keep-alive of SIP over a stream. A room has one auto-response pair for all its sockets, and an
 * AgentRoom's also carry SIP, so live sockets ping with the same bytes. The runtime answers; the room sleeps on.
 */
export const PING = '\r\n\r\n'
export const PONG = '\r\n'
/** The viewer's session ended; `reason` is the refusal code. The client signs in again instead of reconnecting. */
export const SIGNED_OUT = 4401

const TAG = 'live'
/** How many events a viewer may have missed and still resume; older needs a snapshot. */
const RING = 512
/** Clients ping every 20 s (a hidden tab once a minute); one silent for this long reads nothing any more. */
const DEAF_MS = 180_000
const SWEEP_MS = 30_000
/** Longer than any ticket lives. */
const TICKET_MS = 60_000

/**
 * The live sockets of one room, composed by FloorRoom (floor:TEAM) and AgentRoom (me).
 *
 *   accept ─▶ snapshot {epoch, seq: n} ─▶ event n+1 ─▶ event n+2 …
 *          └▶ resumed with a known epoch and seq: only the events after it
 *
 * The epoch is this instance of the room: nothing is written per event. A room that slept and wakes with viewers still
 * connected starts a new epoch and sends them its snapshot before the first event (decision 0050). An event is
 * serialised once for all viewers. A socket that fails is closed; it never delays the others.
 */
export class LiveSockets<E extends Stamped> {
  readonly epoch = crypto.randomUUID()
  private seq = 0
  private readonly ring: Told[] = []
  private survivors: boolean
  private sweptAt = 0
  private readonly tickets = new Map<string, number>()

  /** `snapshot` is read at the moment a viewer needs it; it is the state after every event published so far. */
  constructor(
    private readonly ctx: DurableObjectState,
    private readonly snapshot: () => LiveBody<Extract<E, { type: 'snapshot' }>>,
  ) {
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG))
    this.survivors = ctx.getWebSockets(TAG).length > 0
  }

  /** Whether a hibernated socket handed to `webSocketMessage` and the like is a live one (an AgentRoom has SIP's too). */
  owns(socket: WebSocket): boolean {
    return this.ctx.getTags(socket).includes(TAG)
  }

  get viewers(): number {
    return this.ctx.getWebSockets(TAG).length
  }

  /** The upgrade that routes/live hands over; who it is for was decided there and travels in `liveRequest`'s headers. */
  accept(request: Request): Response {
    const viewer = { userId: request.headers.get(USER) ?? '', sessionId: request.headers.get(SESSION) ?? '' }
    if (request.headers.get('upgrade') !== 'websocket' || !viewer.userId) return new Response(null, { status: 426 })
    if (!this.redeem(request.headers.get(TICKET))) return new Response(null, { status: 403 })
    this.greetSurvivors()
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server, [TAG, `user:${viewer.userId}`, `session:${viewer.sessionId}`])
    server.serializeAttachment({ live: true, acceptedAt: Date.now() } satisfies Attachment)
    const asked = new URL(request.url).searchParams
    const missed = this.missedSince(asked.get('epoch'), asked.get('seq'))
    if (missed === null) this.send(server, this.snapshotText())
    else for (const event of missed) this.send(server, this.textOf(event))
    return new Response(null, { status: 101, webSocket: client, headers: { 'sec-websocket-protocol': LIVE_PROTOCOL } })
  }

  /** Tells every viewer. Call it after the commit, with the state already changed. */
  publish(body: LiveBody<E>): void {
    this.greetSurvivors()
    const at = Date.now()
    const told: Told = { seq: ++this.seq, at, body, text: null }
    this.ring.push(told)
    if (this.ring.length > RING) this.ring.shift()
    this.sweep(at)
    for (const socket of this.ctx.getWebSockets(TAG)) this.send(socket, this.textOf(told))
  }

  /** AUTH-3: closes the sockets of a user or of one session at once; `code` tells the client why. */
  drop(who: { userId: string } | { sessionId: string }, code: string): void {
    const tag = 'userId' in who ? `user:${who.userId}` : `session:${who.sessionId}`
    for (const socket of this.ctx.getWebSockets(tag)) if (this.owns(socket)) close(socket, SIGNED_OUT, code)
  }

  /** Viewers have nothing to say here (pings never arrive): a socket that talks is a mistaken client. */
  onMessage(socket: WebSocket): void {
    close(socket, 1008, 'this socket only tells')
  }

  /** A ticket opens one socket. Kept in memory: it lives 30 s, and a room is not put to sleep within 10. */
  private redeem(ticket: string | null): boolean {
    if (ticket === null) return true
    const now = Date.now()
    for (const [id, expiresAt] of this.tickets) if (expiresAt <= now) this.tickets.delete(id)
    if (this.tickets.has(ticket)) return false
    this.tickets.set(ticket, now + TICKET_MS)
    return true
  }

  private missedSince(epoch: string | null, seq: string | null): Told[] | null {
    if (epoch !== this.epoch || seq === null || !/^\d{1,15}$/.test(seq)) return null
    const known = Number(seq)
    if (known > this.seq) return null
    const oldest = this.ring[0]?.seq ?? this.seq + 1
    if (known + 1 < oldest) return null
    return this.ring.filter((event) => event.seq > known)
  }

  /** Made when the first viewer needs it: a room that nobody looks at writes no JSON. A body is never changed after it was told. */
  private textOf(told: Told): string {
    return (told.text ??= JSON.stringify({ epoch: this.epoch, seq: told.seq, at: told.at, ...told.body }))
  }

  private greetSurvivors(): void {
    if (!this.survivors) return
    this.survivors = false
    const text = this.snapshotText()
    for (const socket of this.ctx.getWebSockets(TAG)) this.send(socket, text)
  }

  private snapshotText(): string {
    return JSON.stringify({ epoch: this.epoch, seq: this.seq, at: Date.now(), ...this.snapshot() })
  }

  private send(socket: WebSocket, text: string): void {
    try {
      socket.send(text)
    } catch {
      close(socket, 1011, 'not delivered')
    }
  }

  /** A viewer that stopped pinging (asleep, gone without a close) would fill the room's memory. */
  private sweep(now: number): void {
    if (now - this.sweptAt < SWEEP_MS) return
    this.sweptAt = now
    for (const socket of this.ctx.getWebSockets(TAG)) {
      const { acceptedAt } = socket.deserializeAttachment() as Attachment
      const heardAt = this.ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? acceptedAt
      if (now - heardAt > DEAF_MS) {
        log.info('live viewer silent', { room: this.ctx.id.name })
        close(socket, 1001, 'no ping')
      }
    }
  }
}

const USER = 'x-switchroom-user'
const SESSION = 'x-switchroom-session'
const TICKET = 'x-switchroom-ticket'

/**
 * The request by which the route hands a checked viewer to the room (`stub.fetch`). Made from nothing: no header of the
 * client reaches the room.
 */
export function liveRequest(viewer: LiveViewer, resume: { epoch?: string; seq?: string }, ticketId?: string): Request {
  const url = new URL('https://room/live')
  if (resume.epoch) url.searchParams.set('epoch', resume.epoch)
  if (resume.seq) url.searchParams.set('seq', resume.seq)
  const headers = new Headers({ upgrade: 'websocket', [USER]: viewer.userId, [SESSION]: viewer.sessionId })
  if (ticketId) headers.set(TICKET, ticketId)
  return new Request(url, { headers })
}

function close(socket: WebSocket, code: number, reason: string): void {
  try {
    socket.close(code, reason)
  } catch {
    // it is closed already
  }
}
