import type { Held, Registration } from '../../sip/registrar'
import type { Binding } from '../ports'
import type { LineDevice } from './line-request'
import type { LineUser } from './sip-line'

/** Of a SIP socket, what a refresh leaves as it is. */
type Lasting = {
  flow: string
  openedAt: number
  user: LineUser
  /** A foreign user agent's socket, and what it must answer; `isProven`: it has. */
  device?: LineDevice & { nonce: string; isProven: boolean }
}
type Known = Lasting & { registrations: Registration[]; text: string; heardAt: number }
type Row = [instance: string, regId: number, contact: string, q: number, until: number, callId: string, cseq: number]
/**
 * Its attachment, which survives hibernation and costs no write (SIP-1). The platform copies it at every refresh: so what lasts
 * is one text, and a registration a row without names.
 */
type Attachment = ['sip', lasting: string, rows: Row[]]

export const SIP_TAG = 'sip'
/** WebSocket.OPEN. */
const OPEN = 1
/** The platform takes 2,048 bytes. */
const MAX_ATTACHMENT = 2_000
const MAX_SOCKETS = 24
/** A phone that sends keep-alives and then none for so long has lost its network or its power. A hidden page sends one a minute. */
const STALE_MS = 75_000

/** The hibernating SIP sockets of one AOR, and the bindings in their attachments. */
export class SipSockets {
  /** Attachments as they were last read or written: a message asks for its socket's a dozen times. */
  private readonly known = new WeakMap<WebSocket, Known>()
  /** Those the runtime holds, asked once a life and kept in step. */
  private accepted: WebSocket[] | null = null

  constructor(private readonly ctx: DurableObjectState) {}

  /** Sockets that have not proven themselves yet. */
  unproven(): WebSocket[] {
    return this.all().filter((ws) => this.read(ws)!.device?.isProven === false)
  }

  prove(ws: WebSocket): void {
    const { flow, openedAt, user, device, registrations } = this.read(ws)!
    if (device) this.begin(ws, { flow, openedAt, user, device: { ...device, isProven: true } }, registrations)
  }

  /** Of one device, or of all. */
  closeDevices(code: number, reason: string, deviceId?: string): void {
    for (const ws of this.all()) {
      const device = this.read(ws)!.device
      if (!device || (deviceId !== undefined && device.id !== deviceId)) continue
      this.forget(ws)
      ws.close(code, reason)
    }
  }

  open(user: LineUser, now: number, device: LineDevice | null): { client: WebSocket; server: WebSocket } {
    const sockets = this.all()
    // devices that went away without a word leave half-open sockets: the oldest gives way
    if (sockets.length >= MAX_SOCKETS) {
      const oldest = sockets.reduce((a, b) => (this.read(a)!.openedAt <= this.read(b)!.openedAt ? a : b))
      oldest.close(4008, 'too many sockets')
    }
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server, [SIP_TAG])
    this.accepted = null
    const flow = `flow-${crypto.randomUUID()}`
    const unproven = device && { device: { ...device, nonce: crypto.randomUUID(), isProven: false } }
    this.begin(server, { flow, openedAt: now, user, ...unproven }, [])
    return { client, server }
  }

  read(ws: WebSocket): Known | null {
    const known = this.known.get(ws)
    if (known) return known
    const kept = ws.deserializeAttachment() as Attachment | object | null
    if (!Array.isArray(kept) || kept[0] !== 'sip') return null
    const [, text, rows] = kept as Attachment
    const read = { ...(JSON.parse(text) as Lasting), registrations: rows.map(fromRow), text, heardAt: 0 }
    this.known.set(ws, read)
    return read
  }

  private begin(ws: WebSocket, lasting: Lasting, registrations: Registration[]): void {
    const known = {
      ...lasting,
      registrations,
      text: JSON.stringify(lasting),
      heardAt: this.known.get(ws)?.heardAt ?? 0,
    }
    this.known.set(ws, known)
    this.note(ws, known, registrations)
  }

  private note(ws: WebSocket, known: Known, registrations: Registration[]): void {
    known.registrations = registrations
    ws.serializeAttachment(['sip', known.text, registrations.map(toRow)] satisfies Attachment)
  }

  all(): WebSocket[] {
    this.accepted ??= this.ctx.getWebSockets(SIP_TAG)
    return this.accepted.filter((ws) => ws.readyState === OPEN && this.read(ws) !== null)
  }

  held(sockets = this.all()): Held<WebSocket>[] {
    const held: Held<WebSocket>[] = []
    for (const flow of sockets)
      for (const registration of this.read(flow)!.registrations) held.push({ flow, registration })
    return held
  }

  /** Puts every binding with its socket. False, and nothing changed: more than a socket can keep. */
  keep(bindings: Held<WebSocket>[], sockets = this.all()): boolean {
    const changed: { ws: WebSocket; known: Known; registrations: Registration[] }[] = []
    for (const ws of sockets) {
      const known = this.read(ws)!
      const registrations: Registration[] = []
      for (const { flow, registration } of bindings) if (flow === ws) registrations.push(registration)
      if (isSameList(registrations, known.registrations)) continue
      // a refresh changes numbers alone
      const hasGrown = !isSameList(registrations, known.registrations, isSameDevice)
      if (hasGrown && keptBytes(known.text, registrations) > MAX_ATTACHMENT) return false
      changed.push({ ws, known, registrations })
    }
    for (const { ws, known, registrations } of changed) this.note(ws, known, registrations)
    return true
  }

  /** The socket's registrations end (it closed). */
  forget(ws: WebSocket): void {
    const known = this.read(ws)
    if (known && known.registrations.length > 0) this.note(ws, known, [])
  }

  /** It is closed: nothing is asked of it any more, whatever it says of itself. */
  drop(ws: WebSocket): void {
    this.forget(ws)
    this.accepted = this.all().filter((one) => one !== ws)
  }

  /** One a device, the most wanted and newest contact first (q, RFC 3261 §16.6). */
  bindings(now: number): Binding[] {
    const live = this.held().filter(({ registration }) => registration.expiresAt > now)
    live.sort((a, b) => b.registration.q - a.registration.q || b.registration.expiresAt - a.registration.expiresAt)
    const devices = new Map<string, Binding>()
    for (const { registration } of live) {
      const { instance, contact } = registration
      if (!devices.has(instance)) devices.set(instance, { instance, contact })
    }
    return [...devices.values()]
  }

  /** A message came over it; keep-alives are answered, and noted, by the runtime. */
  heard(ws: WebSocket, now: number): void {
    this.read(ws)!.heardAt = now
  }

  /** When any registered device said anything, keep-alives included, as far as this life of the room knows. */
  lastHeard(): number | null {
    const times = this.all()
      .filter((ws) => this.read(ws)!.registrations.length > 0)
      .map((ws) => Math.max(this.ctx.getWebSocketAutoResponseTimestamp(ws)?.getTime() ?? 0, this.read(ws)!.heardAt))
    return times.length > 0 ? Math.max(...times) : null
  }

  /** RFC 6223: its keep-alives have stopped. Of one that never sent any nothing can be said. */
  isStale(ws: WebSocket, now: number): boolean {
    const beatAt = this.ctx.getWebSocketAutoResponseTimestamp(ws)?.getTime()
    return beatAt !== undefined && now - Math.max(beatAt, this.read(ws)?.heardAt ?? 0) > STALE_MS
  }

  /** The device a message from this socket belongs to: by its Contact, else its only binding, else the socket itself. */
  instanceOf(ws: WebSocket, contact: string | null): string {
    const { registrations, flow } = this.read(ws)!
    return (registrations.find((one) => one.contact === contact) ?? registrations[0])?.instance ?? flow
  }

  /** What a device registered over this socket; empty: nothing. */
  contactOf(ws: WebSocket, instance?: string): string {
    const { registrations } = this.read(ws)!
    return (registrations.find((one) => one.instance === instance) ?? registrations[0])?.contact ?? ''
  }

  /** Where a device can be reached now: by its newest binding, or the socket that is the device. */
  socketOf(instance: string): WebSocket | null {
    let best: { ws: WebSocket; expiresAt: number } | null = null
    for (const ws of this.all()) {
      const { flow, registrations } = this.read(ws)!
      if (flow === instance) return ws
      for (const one of registrations)
        if (one.instance === instance && one.expiresAt > (best?.expiresAt ?? 0)) best = { ws, expiresAt: one.expiresAt }
    }
    return best?.ws ?? null
  }

  closeAll(code: number, reason: string, sessionId?: string): void {
    for (const ws of this.all()) {
      if (sessionId !== undefined && this.read(ws)!.user.sessionId !== sessionId) continue
      this.forget(ws)
      ws.close(code, reason)
    }
  }
}

/** How many devices these bindings reach now. */
export function devicesOf(held: Held<WebSocket>[], now: number): number {
  const devices: string[] = []
  for (const { registration } of held)
    if (registration.expiresAt > now && !devices.includes(registration.instance)) devices.push(registration.instance)
  return devices.length
}

const toRow = ({ instance, regId, contact, q, expiresAt, callId, cseq }: Registration): Row => {
  return [instance, regId, contact, q, expiresAt, callId, cseq]
}
const fromRow = ([instance, regId, contact, q, expiresAt, callId, cseq]: Row): Registration => {
  return { instance, regId, contact, q, expiresAt, callId, cseq }
}

/** At most so much: a letter beyond Latin-1 makes the platform keep its whole text with two bytes a letter. */
function keptBytes(text: string, registrations: Registration[]): number {
  const kept = text + JSON.stringify(registrations.map(toRow))
  return /[^\x00-\xff]/.test(kept) ? 2 * kept.length : kept.length
}

const isSameList = (
  a: Registration[],
  b: Registration[],
  isSame = (one: Registration, other: Registration) => one === other,
): boolean => a.length === b.length && a.every((one, index) => isSame(one, b[index]!))

const isSameDevice = (one: Registration, other: Registration): boolean =>
  one.contact === other.contact && one.instance === other.instance && one.callId === other.callId
