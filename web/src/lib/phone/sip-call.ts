import { Inviter, SessionState, type Invitation, type Session, type Web } from 'sip.js'
import { MOVED_HEADER, readMoved } from '#shared/domain/call/moved'
import { refusalCode } from '#shared/protocol/problem'
import type { CallInHand } from './call-in-hand'
import type { DialogName } from './kept-call'
import { causeOf, isLive, reasonStatus, type CallEvent } from './call-progress'
import { keysOf, sendKey } from './sip-keys'
import { sendRefer, type ReferNews } from './sip-refer'
import type { PhoneCall } from './phone'

type Answer = { message: { statusCode?: number; getHeader(name: string): string | undefined } }
type ReInvite = Web.SessionDescriptionHandlerOptions
type Ended = Omit<Extract<CallEvent, { kind: 'ended' }>, 'kind'>

/** One call on the wire: its SIP session, and the state of the call that screens show (`hand`). */
export class SipCall {
  session: Session | null = null
  private connection: RTCPeerConnection | null = null

  constructor(readonly hand: CallInHand) {}

  get call(): PhoneCall | null {
    return this.hand.state.call
  }
  get isLive(): boolean {
    return isLive(this.call)
  }
  hasConnection(connection: RTCPeerConnection | undefined): boolean {
    return connection !== undefined && this.connection === connection
  }

  /** What rings in. */
  receive(invitation: Invitation): void {
    const { uri, displayName } = invitation.remoteIdentity
    const to = invitation.request.to.uri.user ?? null
    this.hand.begin({
      id: invitation.request.getHeader('X-Switchroom-Call') ?? null,
      direction: 'incoming',
      number: uri.user ?? '',
      name: displayName || null,
      dialled: to?.startsWith('+') ? to : null,
      leaseId: null,
      from: referredBy(invitation.request.getHeader('Referred-By')),
    })
    this.hand.tell({ kind: 'keys', by: keysOf(invitation.request) })
    this.use(invitation)
  }

  invite(inviter: Inviter): void {
    this.use(inviter)
    const name = ({ message }: Answer) => {
      const id = message.getHeader('X-Switchroom-Call')
      if (id && this.session === inviter) this.hand.tell({ kind: 'named', id, name: assertedName(message) })
    }
    const accepted = (answer: Answer) => {
      name(answer)
      if (this.session === inviter) this.hand.tell({ kind: 'keys', by: keysOf(answer.message) })
    }
    const progressed = (answer: Answer) => {
      name(answer)
      if (answer.message.statusCode === 180 && this.session === inviter) this.hand.tell({ kind: 'rang' })
    }
    const refused = (answer: Answer) => {
      name(answer)
      const sipStatus = answer.message.statusCode ?? 500
      const refusal = refusalCode.safeParse(answer.message.getHeader('X-Switchroom-Refusal')).data ?? null
      const cause = causeOf(sipStatus, this.call?.hasRung ?? false)
      this.endOf(inviter, { cause, endedBy: 'there', sipStatus, refusal })
    }
    inviter
      .invite({ requestDelegate: { onProgress: progressed, onAccept: accepted, onReject: refused } })
      .catch(() => this.endOf(inviter, { cause: 'failed', endedBy: 'network' }))
  }

  /** The dialog as the edge names it, once there is one. */
  get dialog(): DialogName | null {
    const dialog = this.session?.dialog
    return dialog ? { callId: dialog.callId, toTag: dialog.remoteTag, fromTag: dialog.localTag } : null
  }

  /** PHONE-9. The final answer's status; only the last try ends the call. */
  rejoin(inviter: Inviter, isLast: boolean): Promise<number> {
    this.use(inviter)
    return new Promise((answer) => {
      const refused = (status: number) => {
        this.session = null
        const cause = status === 481 ? 'normal' : 'failed' // they hung up meanwhile
        if (status !== 491 || isLast) this.end({ cause, endedBy: 'there', sipStatus: status })
        answer(status)
      }
      const requestDelegate = {
        onAccept: ({ message }: Answer) => {
          this.hand.tell({ kind: 'keys', by: keysOf(message) })
          answer(200)
        },
        onReject: ({ message }: Answer) => refused(message.statusCode ?? 500),
      }
      inviter.invite({ requestDelegate }).catch(() => refused(503))
    })
  }

  async answer(): Promise<void> {
    const invitation = this.session as Invitation | null
    if (this.call?.state !== 'ringing-in' || !invitation) return
    await invitation.accept().catch(() => this.endOf(invitation, { cause: 'media-failed', endedBy: 'here' }))
  }

  async decline(busy = false): Promise<void> {
    const invitation = this.session as Invitation | null
    if (this.call?.state !== 'ringing-in' || !invitation) return
    const statusCode = busy ? 486 : 603
    this.end({ cause: busy ? 'busy' : 'rejected', endedBy: 'here', sipStatus: statusCode })
    await invitation.reject({ statusCode }).catch(() => undefined)
  }

  async hangUp(): Promise<void> {
    const { call, session } = this
    if (!isLive(call)) return
    if (call.state === 'ringing-in') return this.decline()
    const isAnswered = call.answeredAt !== null
    this.end({ cause: isAnswered ? 'normal' : 'cancelled', endedBy: 'here', sipStatus: isAnswered ? 200 : 487 })
    if (session?.state === SessionState.Established) await session.bye().catch(() => undefined)
    else if (session instanceof Inviter) await session.cancel().catch(() => undefined)
    else await (session as Invitation | null)?.reject().catch(() => undefined)
  }

  /** RFC 3264 §8.4: a new offer, `sendonly`; 491 is tried once more after 2.1…4 s (RFC 3261 §14.1). False: it would not. */
  async hold(on: boolean): Promise<boolean> {
    const { call } = this
    if (!isLive(call) || call.answeredAt === null) return false
    if ((call.state === 'held') === on) return true
    this.hand.tell({ kind: 'held', on })
    let status = await this.reInvite({ hold: on })
    if (status === 491) {
      await new Promise((go) => setTimeout(go, 2100 + Math.random() * 1900))
      status = await this.reInvite({ hold: on })
    }
    if (status >= 300) this.hand.tell({ kind: 'held', on: !on })
    return status < 300
  }

  /** PHONE-4: in the sound (RFC 4733), or by INFO. */
  sendDigit(digit: string): void {
    if (this.call?.keysBy === 'info') void sendKey(this.session, digit)
    else this.hand.media?.sendDigit(digit)
  }

  /** PHONE-8: the media is offered anew, on new ways through the network (ICE restart). */
  async mend(): Promise<void> {
    const { session } = this
    const status = await this.reInvite({ hold: this.call?.state === 'held', offerOptions: { iceRestart: true } })
    // RFC 3261 §12.2.1.2: it ended while we were away
    if (status === 481 && session) this.endOf(session, { cause: 'normal', endedBy: 'there', sipStatus: 481 })
  }

  /** PHONE-4: asks the edge to bring the other side to somebody, or to whom another call of ours talks. False: it was not taken. */
  refer(to: Parameters<typeof sendRefer>[1], news: ReferNews): Promise<boolean> {
    const { session } = this
    if (session?.state !== SessionState.Established) return Promise.resolve(false)
    return sendRefer(session, to, news)
  }

  end(event: Ended): void {
    this.session = null
    this.hand.end(event)
  }

  endOf(session: Session, event: Ended): void {
    if (this.session === session) this.end(event)
  }

  // ---- SIP ------------------------------------------------------------------------------------------------------

  private use(session: Session): void {
    this.session = session
    session.delegate = {
      onSessionDescriptionHandler: (handler) => {
        const connection = (handler as Web.SessionDescriptionHandler).peerConnection
        if (!connection || this.session !== session) return
        this.connection = connection
        this.hand.media?.attach(connection)
      },
      onBye: (bye) => {
        void bye.accept()
        const sipStatus = reasonStatus(bye.request.getHeader('Reason')) ?? 200
        const movedBy = readMoved(bye.request.getHeader(MOVED_HEADER) ?? '')
        this.endOf(session, { cause: 'normal', endedBy: 'there', sipStatus, movedBy })
      },
      onCancel: (cancel) => {
        const isElsewhere = reasonStatus(cancel.request.getHeader('Reason')) === 200
        this.endOf(session, {
          cause: isElsewhere ? 'answered-elsewhere' : 'cancelled',
          endedBy: 'there',
          sipStatus: 487,
        })
      },
      onInvite: (request) => {
        if (this.session !== session) return
        this.hand.tell({ kind: 'held-by-other', on: this.hand.media?.isHeldByOther() ?? false })
        // RFC 3325: somebody else is there now, after a transfer
        const who = session.assertedIdentity
        const id = request.getHeader('X-Switchroom-Call')
        if (who && id) this.hand.tell({ kind: 'keys', by: keysOf(request) })
        if (who && id) this.hand.tell({ kind: 'met', id, number: who.uri.user ?? '', name: who.displayName || null })
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
      session.sessionDescriptionHandlerOptionsReInvite = { hold: this.call?.state === 'held' } as ReInvite
    })
  }
}

/** RFC 3325: whom an extension that was dialled belongs to, as the edge knows them. */
const assertedName = (message: Answer['message']): string | null =>
  displayName(message.getHeader('P-Asserted-Identity'))

/** RFC 3892: who transferred this call to us, by name. */
const referredBy = (header: string | undefined): string | null => displayName(header)

function displayName(header: string | undefined): string | null {
  const quoted = /^\s*"((?:[^"\\]|\\.)*)"/.exec(header ?? '')
  return (quoted && quoted[1]!.replace(/\\(.)/g, '$1')) || null
}
