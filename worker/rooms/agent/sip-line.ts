import { may } from '#shared/domain/access/table'
import type { Env } from '../../env'
import { log } from '../../log'
import { newBucket, spend, spendMethod, type Bucket, type MethodBuckets } from '../../sip/flood'
import { judge } from '../../sip/gate'
import { MAX_MESSAGE_BYTES, parseMessage, type SipMessage, type SipRequest } from '../../sip/message'
import { PAGE_BRANCH } from '../../sip/page'
import { register } from '../../sip/registrar'
import { SUBSCRIPTION_BRANCH } from '../../sip/subscription'
import { dateLine, echoOf, newTag, refusalOf, writeResponse } from '../../sip/write'
import type { Binding, CallerContext } from '../ports'
import { challenge, isOfChallenge, rings, unanswered } from './challenge'
import { DeviceProof } from './device-proof'
import { deviceOf } from './line-request'
import type { Ring } from './reachability'
import type { Pager } from './pager'
import { SipRows } from './sip-rows'
import { devicesOf, SipSockets } from './sip-sockets'
import type { Subscriptions } from './subscriptions'
import { ToCalls } from './to-calls'
import { Unheard } from './unheard'

/** What the AgentRoom lends to its line. */
export type LineHost = {
  ctx: DurableObjectState
  env: Env
  /** The room's name: a user id, or a guest's AOR. */
  aor(): string
  /**
   * Who calls, as the room knows it, for an initial INVITE. `leaseHeader` is the message's `X-Switchroom-Lease`
   * (`poolId:entryId:token`) or null; the room answers with a lease only when it holds that one. Throws nothing.
   */
  caller(leaseHeader: string | null): CallerContext
  /** The number of registered devices changed (0: the phone is not connected). */
  onBindingsChanged(count: number): void
  /** PHONE-8: a telephone said something; and a call rings one. */
  onHeard(): void
  onRing(instance: string, text: string): void
  /** SIP-5: SUBSCRIBE, within its dialog and outside, and what comes back of NOTIFY. */
  subscriptions(): Pick<Subscriptions, 'request' | 'answered'>
  /** SIP-5: MESSAGE outside a dialog, and what comes back of it. */
  pager(): Pick<Pager, 'request' | 'answered'>
  setTimer(name: string, at: number): void
  clearTimer(name: string): void
}

/** Whose socket it is; kept in the socket's attachment, so it survives hibernation. */
export type LineUser = { userId: string; username: string; extension: string | null; sessionId: string }

/** Timers of the line start with this; the AgentRoom passes them to `onTimer`. */
export const LINE_TIMER = 'sip:'
const EXPIRY = 'sip:expiry'
const OWED = 'sip:owed'

/** Set by the route alone: `id:expiresAt` of the ticket that opened this socket (SIP-2: single use). */
export const TICKET_HEADER = 'x-switchroom-ticket'

/** What no phone sends even by mistake; larger frames close the socket unread. */
const MAX_FRAME = 4 * MAX_MESSAGE_BYTES

/**
 * The SIP side of an AgentRoom: sockets, the registrar of one AOR, and a stateless way to and from CallRooms. SIP-1…3, 6.
 *
 *   socket ─▶ flood ─▶ parse ─▶ judge ─┬─ register (bindings into the socket's attachment)
 *                                      ├─ answered here (OPTIONS, refusals)
 *                                      └─ CallRoom.receive ··· CallRoom ─▶ deliver ─▶ socket, or owed 32 s
 */
export class SipLine {
  private readonly sockets: SipSockets
  private readonly rows: SipRows
  private readonly spent = new WeakMap<WebSocket, { bucket: Bucket; methods: MethodBuckets }>()
  private readonly unheard = new Unheard()
  private readonly calls: ToCalls
  private readonly proof: DeviceProof

  constructor(private readonly host: LineHost) {
    this.sockets = new SipSockets(host.ctx)
    this.rows = new SipRows(host.ctx.storage.sql)
    this.calls = new ToCalls(host, this.rows)
    this.proof = new DeviceProof(this.sockets)
  }

  /** Answers the upgrade: 101 with subprotocol `sip`. The route has authenticated; the room has checked the session. */
  accept(request: Request, who: LineUser): Response {
    const now = Date.now()
    const [ticketId, expiresAt] = (request.headers.get(TICKET_HEADER) ?? '').split(':')
    if (ticketId && !this.rows.redeem(ticketId, Number(expiresAt), now))
      return new Response('This ticket is used or has expired.', { status: 403 })
    const device = deviceOf(request)
    if (device && !this.proof.mayBegin) return new Response(null, { status: 429 })
    const { client, server } = this.sockets.open(who, now, device)
    if (device) this.proof.begin(server)
    return new Response(null, { status: 101, webSocket: client, headers: { 'Sec-WebSocket-Protocol': 'sip' } })
  }

  /** Whether this socket is the line's (and not a live one). */
  owns(ws: WebSocket): boolean {
    return this.sockets.read(ws) !== null
  }

  /** A promise only of what another room decides: a refresh is answered where it stands. */
  message(ws: WebSocket, data: string | ArrayBuffer): void | Promise<void> {
    const user = this.sockets.read(ws)?.user
    if (!user) return
    const now = Date.now()
    this.sockets.heard(ws, now)
    const budget = this.budgetOf(ws, now)
    const spent = spend(budget.bucket, now)
    budget.bucket = spent.bucket
    const size = typeof data === 'string' ? data.length : data.byteLength
    if (spent.verdict === 'close' || size > MAX_FRAME) {
      log.warn('sip socket closed', {
        room: this.host.aor(),
        why: spent.verdict === 'close' ? 'flood' : 'frame too large',
      })
      this.sockets.forget(ws)
      ws.close(spent.verdict === 'close' ? 4029 : 1009, 'too much')
      this.host.onBindingsChanged(this.bindings().length)
      return
    }
    if (spent.verdict === 'drop') return
    // a keep-alive that came in a form the automatic answer does not know (RFC 5626 §3.5.1)
    if (typeof data === 'string' && data.trim() === '') return ws.send('\r\n')

    const parsed = parseMessage(data)
    if (!parsed.ok) {
      const refusal = refusalOf(parsed.malformed)
      if (refusal) ws.send(refusal)
      return
    }
    const text = textOf(data)
    const { message } = parsed
    if (text === null) {
      // its body is not text: no message of the edge's own could carry it on
      if (message.kind === 'request' && message.method !== 'ACK') {
        ws.send(writeResponse(echoOf(message), 415, 'Unsupported Media Type', { toTag: newTag() }))
      }
      return
    }
    const isProven = this.proof.isProven(ws)
    if (message.kind === 'response' && !isProven) return
    if (isProven) this.host.onHeard()
    if (message.kind === 'response' && isOfChallenge(message.callId)) return
    if (message.kind === 'response') {
      if (message.status >= 200)
        this.unheard.answered(this.sockets.contactOf(ws), message.via.branch ?? '', message.cseq.method)
      if (message.via.branch?.startsWith(SUBSCRIPTION_BRANCH)) return this.host.subscriptions().answered(message)
      if (message.via.branch?.startsWith(PAGE_BRANCH)) return this.host.pager().answered(message)
      return this.toCall(ws, message, text, null)
    }
    return this.request(ws, user, message, text, now)
  }

  private budgetOf(ws: WebSocket, now: number): { bucket: Bucket; methods: MethodBuckets } {
    const known = this.spent.get(ws)
    if (known) return known
    const full = { bucket: newBucket(now), methods: {} }
    this.spent.set(ws, full)
    return full
  }

  private request(ws: WebSocket, user: LineUser, request: SipRequest, text: string, now: number): void | Promise<void> {
    const initial = request.method === 'INVITE' && request.toTag === null
    const { methods } = this.budgetOf(ws, now)
    if (!spendMethod(methods, request.method, request.toTag !== null, now)) {
      const extras = { toTag: newTag(), headers: ['Retry-After: 1'] }
      return ws.send(writeResponse(echoOf(request), 503, 'Too Many Requests', extras))
    }
    if (!this.proof.proves(ws, request, now)) return
    const asksWho = initial || request.method === 'REFER'
    const caller = asksWho ? this.host.caller(request.header('x-switchroom-lease')) : null
    const verdict = judge(request, user, caller === null || may(caller.role, 'phone.call'))
    switch (verdict.go) {
      case 'nowhere':
        return
      case 'answer':
        return ws.send(
          writeResponse(echoOf(request), verdict.status, verdict.reason, { toTag: newTag(), headers: verdict.headers }),
        )
      case 'register':
        return this.register(ws, request, now)
      case 'subscribe':
        return this.host.subscriptions().request(this.instanceOf(ws, request), request)
      case 'message':
        return this.host.pager().request(this.instanceOf(ws, request), request, text)
      case 'call':
        if (initial) {
          ws.send(writeResponse(echoOf(request), 100, 'Trying')) // RFC 3261 §8.2.6.1: within 200 ms
          this.calls.opens(request)
        }
        return this.toCall(ws, request, text, caller)
    }
  }

  private register(ws: WebSocket, request: SipRequest, now: number): void {
    const echo = echoOf(request)
    const { flow, registrations } = this.sockets.read(ws)!
    const sockets = this.sockets.all()
    const held = this.sockets.held(sockets)
    const decided = register(request, held, ws, flow, now)
    if (!decided.ok) {
      const { status, reason, headers } = decided.refusal
      return ws.send(writeResponse(echo, status, reason, { toTag: newTag(), headers }))
    }
    if (!this.sockets.keep(decided.bindings, sockets))
      return ws.send(writeResponse(echo, 403, 'Too Many Bindings', { toTag: newTag() }))
    const answer = writeResponse(echo, 200, 'OK', {
      toTag: newTag(),
      headers: [...decided.headers, dateLine(now)],
    })
    ws.send(answer)
    const mine = decided.bindings.filter((one) => one.flow === ws)
    const isNew = registrations.length === 0
    for (const { instance, contact } of mine.map(({ registration }) => registration)) {
      if (isNew) for (const text of this.unheard.again(contact, now)) ws.send(text)
      for (const owed of this.rows.settle(instance, now)) ws.send(owed)
    }
    // armed once for a new socket, not at each refresh: when it fires early it looks again (a refresh writes nothing)
    if (isNew && mine.length > 0) {
      this.armExpiry(decided.bindings.map(({ registration }) => registration.expiresAt))
      this.calls.next.prepareSoon()
    }
    const after = devicesOf(decided.bindings, now)
    if (after !== devicesOf(held, now)) this.host.onBindingsChanged(after)
  }

  private armExpiry(ends: number[]): void {
    if (ends.length > 0) this.host.setTimer(EXPIRY, Math.min(...ends) + 1)
    else this.host.clearTimer(EXPIRY)
  }

  private async toCall(ws: WebSocket, message: SipMessage, text: string, caller: CallerContext | null): Promise<void> {
    const isReached = await this.calls.pass(this.instanceOf(ws, message), message, text, caller)
    if (isReached || message.kind === 'response' || message.method === 'ACK') return
    ws.send(
      writeResponse(echoOf(message), 503, 'Service Unavailable', { toTag: newTag(), headers: ['Retry-After: 1'] }),
    )
  }

  private instanceOf(ws: WebSocket, message: SipMessage): string {
    return this.sockets.instanceOf(ws, message.contact()?.uri ?? null)
  }

  /** For webSocketClose and webSocketError. Answers the devices that have no socket any more. */
  closed(ws: WebSocket): string[] {
    if (!this.owns(ws)) return []
    const had = this.sockets.read(ws)!.registrations.map(({ instance }) => instance)
    this.sockets.drop(ws)
    if (had.length > 0) this.host.onBindingsChanged(this.bindings().length)
    return had.filter((instance) => this.sockets.socketOf(instance) === null)
  }

  bindings(): Binding[] {
    return this.sockets.bindings(Date.now())
  }

  /** Sends to one device, in order. False: it has no socket now; the texts are owed for 32 s and flushed on REGISTER. */
  deliver(instance: string, texts: string[]): boolean {
    const now = Date.now()
    const ws = this.sockets.socketOf(instance)
    if (texts.length === 0) return ws !== null && !this.sockets.isStale(ws, now) // only asked whether it is there
    if (ws) {
      for (const text of texts) {
        ws.send(text)
        this.unheard.say(this.sockets.contactOf(ws, instance), text, now)
        if (rings(text)) this.host.onRing(instance, text)
      }
      return true
    }
    this.rows.owe(instance, texts, now)
    this.host.setTimer(OWED, this.rows.forgetOld(now) ?? now)
    return false
  }

  // ---- whether the telephones answer (PHONE-8, `reachability.ts`) ---------------------------------------------------

  heardAt(): number | null {
    return this.sockets.lastHeard()
  }

  challenge(): void {
    for (const { instance, contact } of this.bindings())
      this.sockets.socketOf(instance)?.send(challenge(contact, crypto.randomUUID()))
  }

  giveUp({ instance, text }: Ring): void {
    const ended = unanswered(text)
    if (!ended) return
    this.sockets.socketOf(instance)?.send(ended.cancel)
    this.calls.tell(ended.callId, instance, ended.answer)
  }

  /** E.g. `closeAll(4401, 'signed-out')`. `sessionId`: only the sockets of that session. */
  closeAll(code: number, reason: string, sessionId?: string): void {
    const before = this.bindings().length
    this.sockets.closeAll(code, reason, sessionId)
    const after = this.bindings().length
    if (after !== before) this.host.onBindingsChanged(after)
  }

  /** SIP-2: the sockets of a revoked device, or of all of them. */
  closeDevices(reason: string, deviceId?: string): void {
    const before = this.bindings().length
    this.sockets.closeDevices(4401, reason, deviceId)
    const after = this.bindings().length
    if (after !== before) this.host.onBindingsChanged(after)
  }

  onTimer(name: string): void {
    const now = Date.now()
    if (name === OWED) {
      const next = this.rows.forgetOld(now)
      if (next !== null) this.host.setTimer(OWED, next)
    }
    if (name === EXPIRY) {
      const live = this.sockets.held().filter(({ registration }) => registration.expiresAt > now)
      this.sockets.keep(live)
      this.armExpiry(live.map(({ registration }) => registration.expiresAt))
      this.host.onBindingsChanged(this.bindings().length)
    }
  }

  /** The CallRoom a Call-ID of this AOR's devices belongs to. */
  callIdOf(sipCallId: string): string {
    return this.calls.roomOf(sipCallId)
  }
}

/** Null: not UTF-8. */
function textOf(data: string | ArrayBuffer): string | null {
  if (typeof data === 'string') return data
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data)
  } catch {
    return null
  }
}
