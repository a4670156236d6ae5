import { isTrunk } from '../../carriers/trunk'
import { direct, raiseVersion } from '../sdp'
import { allowFor, EDGE_HOST, writeRequest, writeResponse } from '../write'
import type { Header, SipResponse } from '../message'
import { routeLines } from './leg'
import { keepAnswer } from './repeat'
import { sessionLines } from './session-timer'
import { keepUnsigned } from './sign-again'
import type { B2bua, Decision, Leg, Mint, Send, TimerChange } from './state'

type Sent = { branch: string; cseq: number; text: string }

/** One decision in the making: a copy of the state to work on, and what is to be sent and timed once it is committed. */
export class Turn {
  readonly state: B2bua
  private readonly sends: Send[] = []
  private readonly timers: TimerChange[] = []

  constructor(
    before: B2bua,
    readonly now: number,
    readonly mint: Mint,
  ) {
    this.state = structuredClone(before)
  }

  decision(): Decision {
    return { state: this.state, sends: this.sends, timers: this.timers }
  }

  leg(n: number): Leg | undefined {
    return this.state.legs.find((leg) => leg.n === n)
  }
  get caller(): Leg {
    return this.state.legs[0]!
  }
  /** The devices that were rung. */
  get rung(): Leg[] {
    return this.state.legs.filter((leg) => leg.n > 0)
  }
  /** The legs that talk, or may: the caller's side first. */
  get pair(): [Leg, Leg] | null {
    const { pair } = this.state
    const [caller, callee] = pair
      ? [this.leg(pair[0]), this.leg(pair[1])]
      : [this.caller, this.rung.find(({ state, part }) => state === 'up' && part === undefined)]
    return caller && callee ? [caller, callee] : null
  }
  /** The leg this one talks to. */
  peerOf(leg: Leg): Leg | undefined {
    const [caller, callee] = this.pair ?? []
    const peer = leg === caller ? callee : leg === callee ? caller : undefined
    return peer?.state === 'up' ? peer : undefined
  }
  /** Whose side a leg is on; a leg of neither side counts with the called one. */
  sideOf(leg: Leg): 'caller' | 'callee' {
    return this.pair?.[0] === leg || leg.n === 0 ? 'caller' : 'callee'
  }

  setTimer(name: string, at: number): void {
    this.timers.push({ name, at })
  }
  clearTimer(name: string): void {
    this.timers.push({ name, at: null })
  }

  send(leg: Leg, text: string): void {
    this.sends.push({ aor: leg.aor, instance: leg.instance, text })
  }

  /** A request in the leg's dialog. `branch` and `cseq` are given for CANCEL and ACK, which repeat their INVITE's. */
  request(
    leg: Leg,
    method: string,
    {
      branch = this.branch(leg),
      cseq,
      body,
      contentType,
      headers = [],
      toTag = leg.remoteTag,
    }: {
      branch?: string
      cseq?: number
      body?: string
      contentType?: string
      headers?: string[]
      toTag?: string | null
    } = {},
  ): Sent {
    const number = cseq ?? ++leg.localSeq
    const text = writeRequest({
      method,
      uri: leg.remoteTarget,
      branch,
      from: `${leg.local};tag=${leg.localTag}`,
      // a CANCEL repeats the To of its INVITE (RFC 3261 §9.1)
      to: toTag && method !== 'CANCEL' ? `${leg.remote};tag=${toTag}` : leg.remote,
      callId: leg.callId,
      cseq: number,
      ...(method === 'CANCEL' || method === 'ACK' ? {} : { contact: this.contact }),
      headers: [...routeLines(leg), ...this.inviteLines(leg, method), ...headers],
      ...(body ? { body } : {}),
      ...(contentType ? { contentType } : {}),
    })
    this.send(leg, text)
    keepUnsigned(leg, {
      branch,
      cseq: number,
      method,
      headers,
      ...(body ? { body } : {}),
      ...(contentType ? { contentType } : {}),
    })
    return { branch, cseq: number, text }
  }

  private inviteLines(leg: Leg, method: string): string[] {
    if (method !== 'INVITE' && method !== 'UPDATE') return []
    return [allowFor(isTrunk(leg.aor)), ...sessionLines(leg)]
  }

  /** An answer to a request of this leg. */
  respond(
    leg: Leg,
    echo: readonly Header[],
    status: number,
    reason: string,
    extras: { body?: string; contentType?: string; headers?: string[] } = {},
  ): string {
    const text = writeResponse(echo, status, reason, {
      toTag: leg.localTag,
      contact: this.contact,
      ...extras,
      headers: [
        `X-Switchroom-Call: ${this.state.id}`,
        ...(status === 200 ? [allowFor(isTrunk(leg.aor))] : []),
        ...(extras.headers ?? []),
      ],
    })
    this.send(leg, text)
    keepAnswer(leg, echo, status, text)
    return text
  }

  /** ACK to a 2xx: a transaction of its own (RFC 3261 §13.2.2.4). */
  ack(leg: Leg, cseq: number, body = ''): void {
    const { text } = this.request(leg, 'ACK', { cseq, body })
    leg.acked = { cseq, text }
  }

  /** ACK to a refusal: of the INVITE's own transaction, with the tag of who refused (§17.1.1.3), by which a proxy knows it. */
  ackRefusal(leg: Leg, branch: string, { cseq, toTag }: SipResponse): void {
    this.request(leg, 'ACK', { branch, cseq: cseq.number, ...(toTag ? { toTag } : {}) })
  }

  /** What the peer's description becomes on its way to this leg. */
  carry(sdp: string, to: Leg): string {
    if (!sdp) return sdp
    return raiseVersion(this.state.holdWanted ? direct(sdp, 'inactive') : sdp, to.raised)
  }

  private get contact(): string {
    return `sip:${this.state.id}@${EDGE_HOST};transport=ws`
  }
  private branch(leg: Leg): string {
    return `z9hG4bK${leg.n}${this.mint.token()}`
  }
}
