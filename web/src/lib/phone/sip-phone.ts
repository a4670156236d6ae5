import type { LegQuality } from '#shared/domain/quality/summary'
import { Inviter, SessionState, type Invitation, type Session, type Web } from 'sip.js'
import { refusalCode } from '#shared/protocol/problem'
import type { CallTap } from '../recording/call-tap'
import { CallInHand } from './call-in-hand'
import { causeOf, dialable, isLive, reasonStatus, type CallEvent } from './call-progress'
import type { Microphone } from './microphone'
import type { DialOptions, DialOutcome, MediaStats, PhoneEngine, PhoneState } from './phone'
import { SipLine, type SipLineOptions } from './sip-line'

export type SipPhoneOptions = SipLineOptions & {
  microphone: Microphone
  speaker: HTMLAudioElement
  changed(state: PhoneState): void
  /** PHONE-7: how an answered call sounded here, when it is over. */
  measured?(callId: string, quality: LegQuality): void
  /** PHONE-11: who listens along to the calls. */
  tap?: CallTap
}

type Answer = { message: { statusCode?: number; getHeader(name: string): string | undefined } }
type ReInvite = Web.SessionDescriptionHandlerOptions

/**
 * The calls of the telephone over SIP.js (RFC 3261 over RFC 7118), on the line that `sip-line.ts` keeps. It turns what
 * happens on the wire into events for the call in hand, and what is pressed into SIP.
 */
export class SipPhone implements PhoneEngine {
  private readonly line: SipLine
  private readonly hand: CallInHand
  private session: Session | null = null

  constructor(private readonly options: SipPhoneOptions) {
    this.hand = new CallInHand({
      ...options,
      changed: (state) => {
        this.line?.hurry(isLive(state.call))
        options.changed(state)
      },
      mediaFailed: () => void this.mend(),
      lineDoubted: () => this.line.doubt(),
      mediaLost: () => {
        const { session } = this
        this.end({ cause: 'media-failed', endedBy: 'network' })
        void session?.bye().catch(() => undefined)
      },
    })
    this.line = new SipLine(options, {
      changed: (line, lineProblem) => {
        this.hand.set({ line, lineProblem, lineSince: Date.now() })
      },
      received: (invitation) => this.receive(invitation),
      openMedia: () => this.hand.media?.open() ?? Promise.reject(new Error('the call has gone')),
    })
  }

  get state(): PhoneState {
    return this.hand.state
  }

  /** PHONE-1. Asks for the microphone now, so that the browser's question comes with the gesture and not with a call. */
  async start(): Promise<void> {
    this.connect()
    if (this.state.microphone !== 'unknown') return
    const { stream, state } = await this.options.microphone.open()
    for (const track of stream.getTracks()) track.stop()
    this.hand.set({ microphone: state })
  }

  /** The line alone. */
  connect(): void {
    this.line.start()
  }

  async stop(): Promise<void> {
    await this.hangUp()
    await this.line.stop()
  }

  async dial(target: string, { leaseId, name }: DialOptions = {}): Promise<DialOutcome> {
    const number = dialable(target)
    const uri = number ? this.line.uriOf(number) : undefined
    if (!number || !uri) return { dialled: false, why: 'invalid' }
    if (isLive(this.state.call)) return { dialled: false, why: 'busy' }
    if (this.state.line !== 'registered') return { dialled: false, why: 'no-line' }
    this.hand.set({ lastDialled: number })
    const media = this.hand.begin({ direction: 'outgoing', number, name: name ?? null, leaseId: leaseId ?? null })
    await media.open()
    // The browser may have asked for the microphone for minutes: nobody is called whose agent gave up, or lost the line.
    if (this.hand.media !== media) return { dialled: true }
    if (!this.line.isConnected) {
      this.end({ cause: 'failed', endedBy: 'network' })
      return { dialled: false, why: 'no-line' }
    }
    this.invite(new Inviter(this.line.agent, uri, { extraHeaders: leaseId ? [`X-Switchroom-Lease: ${leaseId}`] : [] }))
    return { dialled: true }
  }

  async answer(): Promise<void> {
    const invitation = this.session as Invitation | null
    if (this.state.call?.state !== 'ringing-in' || !invitation) return
    await invitation.accept().catch(() => this.endOf(invitation, { cause: 'media-failed', endedBy: 'here' }))
  }

  async decline(busy = false): Promise<void> {
    const invitation = this.session as Invitation | null
    if (this.state.call?.state !== 'ringing-in' || !invitation) return
    const statusCode = busy ? 486 : 603
    this.end({ cause: busy ? 'busy' : 'rejected', endedBy: 'here', sipStatus: statusCode })
    await invitation.reject({ statusCode }).catch(() => undefined)
  }

  async hangUp(): Promise<void> {
    const { call } = this.state
    const { session } = this
    if (!isLive(call)) return
    if (call.state === 'ringing-in') return this.decline()
    const isAnswered = call.answeredAt !== null
    this.end({ cause: isAnswered ? 'normal' : 'cancelled', endedBy: 'here', sipStatus: isAnswered ? 200 : 487 })
    if (session?.state === SessionState.Established) await session.bye().catch(() => undefined)
    else if (session instanceof Inviter) await session.cancel().catch(() => undefined)
    else await (session as Invitation | null)?.reject().catch(() => undefined)
  }

  async mute(on: boolean): Promise<void> {
    this.hand.tell({ kind: 'muted', on })
  }

  /** RFC 3264 §8.4: a new offer, `sendonly`; 491 is tried once more after 2.1…4 s (RFC 3261 §14.1). */
  async hold(on: boolean): Promise<void> {
    const { call } = this.state
    if (!isLive(call) || call.answeredAt === null || (call.state === 'held') === on) return
    this.hand.tell({ kind: 'held', on })
    let status = await this.reInvite({ hold: on })
    if (status === 491) {
      await new Promise((go) => setTimeout(go, 2100 + Math.random() * 1900))
      status = await this.reInvite({ hold: on })
    }
    if (status >= 300) this.hand.tell({ kind: 'held', on: !on })
  }

  async sendDigit(digit: string): Promise<void> {
    if (/^[0-9*#A-D]$/.test(digit)) this.hand.media?.sendDigit(digit)
  }

  clear(): void {
    if (this.state.call?.state === 'ended') this.hand.set({ call: null, quality: null })
  }

  async stats(): Promise<MediaStats | null> {
    return (await this.hand.media?.stats()) ?? null
  }

  level(): number {
    return this.hand.media?.level() ?? 0
  }

  // ---- SIP ------------------------------------------------------------------------------------------------------

  private receive(invitation: Invitation): void {
    if (isLive(this.state.call)) {
      void invitation.reject({ statusCode: 486 })
      return
    }
    const { uri, displayName } = invitation.remoteIdentity
    const id = invitation.request.getHeader('X-Switchroom-Call') ?? null
    const to = invitation.request.to.uri.user ?? null
    const dialled = to?.startsWith('+') ? to : null
    this.hand.begin({
      id,
      direction: 'incoming',
      number: uri.user ?? '',
      name: displayName || null,
      dialled,
      leaseId: null,
    })
    this.use(invitation)
  }

  private invite(inviter: Inviter): void {
    this.use(inviter)
    const name = ({ message }: Answer) => {
      const id = message.getHeader('X-Switchroom-Call')
      if (id && this.session === inviter) this.hand.tell({ kind: 'named', id })
    }
    const progressed = (answer: Answer) => {
      name(answer)
      if (answer.message.statusCode === 180 && this.session === inviter) this.hand.tell({ kind: 'rang' })
    }
    const refused = (answer: Answer) => {
      name(answer)
      const sipStatus = answer.message.statusCode ?? 500
      const refusal = refusalCode.safeParse(answer.message.getHeader('X-Switchroom-Refusal')).data ?? null
      const cause = causeOf(sipStatus, this.state.call?.hasRung ?? false)
      this.endOf(inviter, { cause, endedBy: 'there', sipStatus, refusal })
    }
    inviter
      .invite({ requestDelegate: { onProgress: progressed, onAccept: name, onReject: refused } })
      .catch(() => this.endOf(inviter, { cause: 'failed', endedBy: 'network' }))
  }

  private use(session: Session): void {
    this.session = session
    session.delegate = {
      onSessionDescriptionHandler: (handler) => {
        const connection = (handler as Web.SessionDescriptionHandler).peerConnection
        if (connection && this.session === session) this.hand.media?.attach(connection)
      },
      onBye: (bye) => {
        void bye.accept()
        const sipStatus = reasonStatus(bye.request.getHeader('Reason')) ?? 200
        this.endOf(session, { cause: 'normal', endedBy: 'there', sipStatus })
      },
      onCancel: (cancel) => {
        const isElsewhere = reasonStatus(cancel.request.getHeader('Reason')) === 200
        this.endOf(session, {
          cause: isElsewhere ? 'answered-elsewhere' : 'cancelled',
          endedBy: 'there',
          sipStatus: 487,
        })
      },
      onInvite: () => {
        if (this.session === session)
          this.hand.tell({ kind: 'held-by-other', on: this.hand.media?.isHeldByOther() ?? false })
      },
    }
    session.stateChange.addListener((state) => {
      if (state === SessionState.Established && this.session === session) this.hand.tell({ kind: 'answered' })
      // The reason comes in the same turn, after the state: a session that ends without one was lost.
      if (state === SessionState.Terminated)
        queueMicrotask(() => this.endOf(session, { cause: 'failed', endedBy: 'network' }))
    })
  }

  private reInvite(options: ReInvite): Promise<number> {
    const { session } = this
    if (session?.state !== SessionState.Established) return Promise.resolve(481)
    session.sessionDescriptionHandlerOptionsReInvite = options
    return new Promise<number>((answer) => {
      const answered = ({ message }: Answer) => answer(message.statusCode ?? 500)
      session.invite({ requestDelegate: { onAccept: answered, onReject: answered } }).catch(() => answer(491))
    }).finally(() => {
      // What the other side offers later is answered with the hold that stands, and no second ICE restart.
      session.sessionDescriptionHandlerOptionsReInvite = { hold: this.state.call?.state === 'held' } as ReInvite
    })
  }

  /** PHONE-8: the media is offered anew, on new ways through the network (ICE restart). */
  private async mend(): Promise<void> {
    await this.reInvite({ hold: this.state.call?.state === 'held', offerOptions: { iceRestart: true } })
  }

  private endOf(session: Session, event: Ended): void {
    if (this.session === session) this.end(event)
  }

  private end(event: Ended): void {
    this.session = null
    this.hand.end(event)
  }
}

type Ended = Omit<Extract<CallEvent, { kind: 'ended' }>, 'kind'>
