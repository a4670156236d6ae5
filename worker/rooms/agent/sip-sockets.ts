import type { Held, Registration } from '../../sip/registrar'
import type { Binding } from '../ports'
import type { LineDevice } from './line-request'
import type { LineUser } from './sip-line'

/** What a SIP socket's attachment holds: it survives hibernation and costs no write (SIP-1). */
type Attachment = {
  kind: 'sip'
  flow: string
  openedAt: number
  user: LineUser
  registrations: Registration[]
  /** A foreign user agent's socket, and what it must answer; `isProven`: it has. */
  device?: LineDevice & { nonce: string; isProven: boolean }
}

export const SIP_TAG = 'sip'
/** The platform takes 2,048 bytes. */
const MAX_ATTACHMENT = 2_000
const MAX_SOCKETS = 24
/** A phone that sends keep-alives and then none for so long has lost its network or its power. A hidden page sends one a minute. */
const STALE_MS = 75_000

/** The hibernating SIP sockets of one AOR, and the bindings in their attachments. */
export class SipSockets {
  private readonly heardAt = new WeakMap<WebSocket, number>()
  /** Attachments as they were last read or written: a message asks for its socket's a dozen times. */
  private readonly known = new WeakMap<WebSocket, Attachment>()
  /** Those the runtime holds, asked once a life and kept in step. */
  private accepted: WebSocket[] | null = null

  constructor(private readonly ctx: DurableObjectState) {}

  /** Sockets that have not proven themselves yet. */
  unproven(): WebSocket[] {
    return this.all().filter((ws) => this.read(ws)!.device?.isProven === false)
  }

  prove(ws: WebSocket): void {
    const attachment = this.read(ws)!
    if (attachment.device) this.note(ws, { ...attachment, device: { ...attachment.device, isProven: true } })
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
    this.note(server, { kind: 'sip', flow, openedAt: now, user, registrations: [], ...unproven })
    return { client, server }
  }

  read(ws: WebSocket): Attachment | null {
    const known = this.known.get(ws)
    if (known) return known
    const attachment = ws.deserializeAttachment() as Partial<Attachment> | null
    if (attachment?.kind !== 'sip') return null
    this.known.set(ws, attachment as Attachment)
    return attachment as Attachment
  }

  private note(ws: WebSocket, attachment: Attachment): void {
    ws.serializeAttachment(attachment)
    this.known.set(ws, attachment)
  }

  all(): WebSocket[] {
    this.accepted ??= this.ctx.getWebSockets(SIP_TAG)
    return this.accepted.filter((ws) => ws.readyState === WebSocket.OPEN && this.read(ws) !== null)
  }

  held(): Held<WebSocket>[] {
    const held: Held<WebSocket>[] = []
    for (const flow of this.all())
      for (const registration of this.read(flow)!.registrations) held.push({ flow, registration })
    return held
  }

  /** Puts every binding with its socket. False, and nothing changed: more than a socket can keep. */
  keep(bindings: Held<WebSocket>[]): boolean {
    const changed: { ws: WebSocket; attachment: Attachment }[] = []
    for (const ws of this.all()) {
      const known = this.read(ws)!
      const registrations: Registration[] = []
      for (const { flow, registration } of bindings) if (flow === ws) registrations.push(registration)
      if (isSameList(registrations, known.registrations)) continue
      const attachment = { ...known, registrations }
      // a refresh changes numbers alone
      const hasGrown = !isSameList(registrations, known.registrations, isSameDevice)
      if (hasGrown && JSON.stringify(attachment).length > MAX_ATTACHMENT) return false
      changed.push({ ws, attachment })
    }
    for (const { ws, attachment } of changed) this.note(ws, attachment)
    return true
  }

  /** The socket's registrations end (it closed). */
  forget(ws: WebSocket): void {
    const attachment = this.read(ws)
    if (attachment && attachment.registrations.length > 0) this.note(ws, { ...attachment, registrations: [] })
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
    this.heardAt.set(ws, now)
  }

  /** When any registered device said anything, keep-alives included, as far as this life of the room knows. */
  lastHeard(): number | null {
    const times = this.all()
      .filter((ws) => this.read(ws)!.registrations.length > 0)
      .map((ws) => Math.max(this.ctx.getWebSocketAutoResponseTimestamp(ws)?.getTime() ?? 0, this.heardAt.get(ws) ?? 0))
    return times.length > 0 ? Math.max(...times) : null
  }

  /** RFC 6223: its keep-alives have stopped. Of one that never sent any nothing can be said. */
  isStale(ws: WebSocket, now: number): boolean {
    const beatAt = this.ctx.getWebSocketAutoResponseTimestamp(ws)?.getTime()
    return beatAt !== undefined && now - Math.max(beatAt, this.heardAt.get(ws) ?? 0) > STALE_MS
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

const isSameList = (
  a: Registration[],
  b: Registration[],
  isSame = (one: Registration, other: Registration) => one === other,
): boolean => a.length === b.length && a.every((one, index) => isSame(one, b[index]!))

const isSameDevice = (one: Registration, other: Registration): boolean =>
  one.contact === other.contact && one.instance === other.instance && one.callId === other.callId
