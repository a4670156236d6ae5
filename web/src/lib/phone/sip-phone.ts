import { callOf } from '#shared/domain/call/part'
import type { LegQuality } from '#shared/domain/quality/summary'
import { Inviter, type Invitation, type Session, type URI } from 'sip.js'
import type { CallTap } from '../recording/call-tap'
import { CallInHand } from './call-in-hand'
import { answersAt } from './auto-answer'
import { afterEnd, freeLine, heldOf, inFront, isRoomBeside, waits } from './call-lines'
import { dialable, isLive } from './call-progress'
import { Conference } from './conference'
import { audioContext } from './microphone'
import { keptUntil, type CallKeeper } from './kept-call'
import type { Microphone } from './microphone'
import {
  DEFAULT_HABITS,
  initialState,
  type DialOptions,
  type DialOutcome,
  type MediaStats,
  type PhoneEngine,
  type PhoneHabits,
  type PhoneState,
} from './phone'
import { SipCall } from './sip-call'
import { SipLine, type SipLineOptions } from './sip-line'
import { SipMonitored } from './sip-monitored'
import { rejoin } from './sip-rejoin'

export type SipPhoneOptions = SipLineOptions & {
  microphone: Microphone
  speaker: HTMLAudioElement
  /** For a second call: each is heard by itself. */
  anotherSpeaker?(): HTMLAudioElement
  changed(state: PhoneState): void
  /** PHONE-7: how an answered call sounded here, when it is over. */
  measured?(callId: string, quality: LegQuality): void
  /** PHONE-9: where the answered call is written down for the page that comes after this one; and how such a call is ended. */
  keeper?: CallKeeper
  endCall?(callId: string): Promise<unknown>
  /** PHONE-11: who listens along to the calls. */
  tap?: CallTap
  habits?: PhoneHabits
}

/**
 * The calls of the telephone over SIP.js (RFC 3261 over RFC 7118), on the line that `sip-line.ts` keeps: the one in hand, and those
 * beside it on hold. Each is a `SipCall`; what screens show of all of them is one value.
 */
export class SipPhone implements PhoneEngine {
  state: PhoneState
  private readonly line: SipLine
  /** The first is the one in hand, live or just ended (call-lines). */
  private calls: readonly SipCall[] = []
  private isKept = false
  private conference: Conference | null = null
  private readonly monitored = new SipMonitored({
    callOf: (callId) => this.monitorable(callId),
    context: audioContext,
    ear: () => this.options.anotherSpeaker?.() ?? new Audio(),
    changed: (monitoredBy) => this.set({ monitoredBy }),
  })
  private merged: readonly SipCall[] = []

  constructor(private readonly options: SipPhoneOptions) {
    this.state = initialState(Date.now(), options.habits ?? DEFAULT_HABITS)
    this.line = new SipLine(options, {
      changed: (line, lineProblem) => this.setAll({ line, lineProblem, lineSince: Date.now() }),
      messaged: (message) => this.set({ message }),
      received: (invitation) => void (this.monitored.takes(invitation) || this.receive(invitation)),
      openMedia: (connection) => {
        const monitored = this.monitored.mediaOf(connection)
        if (monitored) return monitored
        const call = this.calls.find((one) => one.hasConnection(connection)) ?? this.inHand
        return call?.hand.media?.open() ?? Promise.reject(new Error('the call has gone'))
      },
    })
  }

  private get inHand(): SipCall | null {
    return this.calls[0] ?? null
  }
  /** Of those on hold the one that was in hand last. */
  private get beside(): SipCall | null {
    return heldOf(this.calls)[0] ?? null
  }
  private on(line: number | undefined): SipCall | null {
    return line === undefined ? null : (this.calls.find((one) => one.isLive && one.call?.line === line) ?? null)
  }

  /** PHONE-1. Asks for the microphone now, so that the browser's question comes with the gesture and not with a call. */
  async start(): Promise<void> {
    this.connect()
    this.offerBack()
    if (this.state.microphone !== 'unknown') return
    const { stream, state } = await this.options.microphone.open()
    for (const track of stream.getTracks()) track.stop()
    this.setAll({ microphone: state })
  }

  /** The line alone. */
  connect(): void {
    this.line.start()
  }

  async suit(habits: PhoneHabits): Promise<void> {
    const { lines, autoAnswer } = this.state.habits
    if (habits.lines !== lines || habits.autoAnswer !== autoAnswer) this.set({ habits })
  }

  // ---- SIP-10 -----------------------------------------------------------------------------------------------------

  private monitorable(callId: string) {
    const found = this.calls.find(({ call }) => callOf(call?.id ?? '') === callOf(callId) && isLive(call))
    const sound = found?.hand.media
    return found?.call && sound ? { call: found.call, sound } : null
  }

  private follow(...[call, sound]: Parameters<CallTap['follow']>): void {
    this.monitored.follow(call)
    this.options.tap?.follow(call, sound)
  }

  // ---- PHONE-9 ----------------------------------------------------------------------------------------------------

  private offerBack(): void {
    const kept = this.options.keeper?.find(Date.now())
    if (!kept || this.inHand?.isLive || this.state.rejoinOffer) return
    const { id, number, name } = kept.call
    const until = keptUntil(kept)
    const offer = { id, number, name, until }
    this.set({ rejoinOffer: offer })
    setTimeout(() => this.state.rejoinOffer === offer && this.set({ rejoinOffer: null }), until - Date.now())
  }

  async rejoin(): Promise<boolean> {
    const kept = this.options.keeper?.find(Date.now())
    const uri = kept && this.line.uriOf(kept.call.number)
    this.set({ rejoinOffer: null })
    if (!kept || !uri || this.inHand?.isLive) return false
    const call = this.newCall()
    const media = call.hand.begin(kept.call)
    await media.open()
    return call.hand.media === media && rejoin(call, this.line.agent, uri, kept.dialog)
  }

  async leave(): Promise<void> {
    const { rejoinOffer } = this.state
    this.options.keeper?.forget()
    this.set({ rejoinOffer: null })
    if (rejoinOffer?.id) await this.options.endCall?.(rejoinOffer.id)
  }

  depart(): void {
    this.monitored.hangUp()
    for (const one of this.calls) {
      const isKept = one === this.inHand && (one.call?.answeredAt ?? null) !== null
      if (!isKept && one.call?.state !== 'ringing-in') void one.hangUp()
    }
    this.options.keeper?.leave(Date.now())
  }

  /** What is in hand, as it stands; nothing any more, when it is over. */
  private keepCall(): void {
    const { keeper } = this.options
    const { call = null, dialog = null } = this.inHand ?? {}
    if (isLive(call) && dialog && call.answeredAt !== null) {
      this.isKept = true
      keeper?.keep(dialog, call, Date.now())
    } else if (this.isKept && !isLive(call)) {
      this.isKept = false
      keeper?.forget()
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.calls.map((call) => call.hangUp()))
    await this.line.stop()
  }

  async dial(target: string, { leaseId, name, beside }: DialOptions = {}): Promise<DialOutcome> {
    const number = dialable(target)
    const uri = number ? this.line.uriOf(number) : undefined
    if (!number || !uri) return { dialled: false, why: 'invalid' }
    if (this.inHand?.isLive && !(beside && isRoomBeside(this.state))) return { dialled: false, why: 'busy' }
    if (this.state.line !== 'registered') return { dialled: false, why: 'no-line' }
    if (this.inHand?.isLive && !(await this.inHand.hold(true))) return { dialled: false, why: 'busy' }
    this.setAll({ lastDialled: number })
    const call = this.newCall()
    const media = call.hand.begin({ direction: 'outgoing', number, name: name ?? null, leaseId: leaseId ?? null })
    await media.open()
    // The browser may have asked for the microphone for minutes: nobody is called whose agent gave up, or lost the line.
    if (call.hand.media !== media) return { dialled: true }
    if (!this.line.isConnected) {
      call.end({ cause: 'failed', endedBy: 'network' })
      return { dialled: false, why: 'no-line' }
    }
    call.invite(new Inviter(this.line.agent, uri, { extraHeaders: leaseId ? [`X-Switchroom-Lease: ${leaseId}`] : [] }))
    return { dialled: true }
  }

  async answer(line?: number): Promise<void> {
    const call = this.on(line) ?? this.inHand
    await (call && call !== this.inHand ? this.take(call) : call?.answer())
  }
  async decline(busy = false, line?: number): Promise<void> {
    await (this.on(line) ?? this.inHand)?.decline(busy)
  }
  /** With another call on hold, that one is in hand again, and goes on. */
  async hangUp(): Promise<void> {
    if (this.conference) return void (await Promise.all(this.merged.map((call) => call.hangUp())))
    const { beside } = this
    await this.inHand?.hangUp()
    if (beside?.isLive) await beside.hold(false)
  }
  async mute(on: boolean): Promise<void> {
    const muted = this.conference ? this.merged : this.calls.slice(0, 1)
    for (const { hand } of muted) hand.tell({ kind: 'muted', on })
  }
  async hold(on: boolean): Promise<void> {
    if (!this.conference) await this.inHand?.hold(on)
  }
  async sendDigit(digit: string): Promise<void> {
    if (/^[0-9*#A-D]$/.test(digit)) this.inHand?.sendDigit(digit)
  }

  /** The other call is taken in hand; this one waits. */
  async swap(line?: number): Promise<void> {
    const other = this.on(line) ?? this.beside
    if (other && other !== this.inHand && !waits(other)) await this.take(other)
  }

  /** A call on hold goes on, or one that waits is answered; the one in hand is put on hold before that. */
  private async take(other: SipCall): Promise<void> {
    const now = this.inHand
    if (!now || this.conference || (now.isLive && now.call?.answeredAt === null)) return
    if (now.isLive && !(await now.hold(true))) return
    if (other.isLive) {
      this.calls = inFront(this.calls, other)
      this.publish()
      await (waits(other) ? other.answer() : other.hold(false))
    }
    // who called has given up meanwhile: nobody is left on hold for them
    if (!other.isLive && this.inHand === now && now.isLive) await now.hold(false)
  }

  /** All three talk, mixed here; and apart again: the other waits. */
  async merge(on: boolean): Promise<void> {
    const [now, other] = [this.inHand, this.beside]
    if (!now || !other || on === (this.conference !== null)) return
    if (!on) {
      this.endConference()
      await other.hold(true)
      return
    }
    if (!(await now.hold(false)) || !(await other.hold(false)) || !now.hand.media || !other.hand.media) return
    other.hand.tell({ kind: 'muted', on: now.call?.isMuted ?? false })
    this.merged = [now, other]
    this.conference = new Conference([now.hand.media, other.hand.media], audioContext())
    this.set({ isConference: true })
  }

  private endConference(): void {
    void this.conference?.end()
    this.conference = null
    this.set({ isConference: false })
  }

  async transfer(target: string): Promise<DialOutcome> {
    const number = dialable(target)
    const uri = number ? this.line.uriOf(number) : undefined
    if (!number || !uri) return { dialled: false, why: 'invalid' }
    if (this.state.line !== 'registered') return { dialled: false, why: 'no-line' }
    if (!this.inHand) return { dialled: false, why: 'busy' }
    return (await this.refer(this.inHand, uri, number)) ? { dialled: true } : { dialled: false, why: 'busy' }
  }

  /** PHONE-4, attended: the two others talk, and both calls are over here. */
  async complete(): Promise<boolean> {
    const [now, other] = [this.inHand, this.beside]
    if (!now?.session || !other || !now.call?.answeredAt) return false
    return this.refer(other, now.session, now.call.number)
  }

  private async refer(call: SipCall, to: URI | Session, number: string): Promise<boolean> {
    const tell = (transferNow: NonNullable<PhoneState['transferNow']>) => call.isLive && this.set({ transferNow })
    this.set({ transferNow: { to: number, state: 'asking' } })
    const isTaken = await call.refer(to, {
      rang: () => tell({ to: number, state: 'ringing' }),
      done: () => this.set({ transferNow: { to: number, state: 'done' } }),
      refused: (status) => tell({ to: number, state: status === 487 ? 'stopped' : 'failed' }),
    })
    if (!isTaken) tell({ to: number, state: 'failed' })
    return isTaken
  }

  clear(): void {
    this.calls = this.calls.filter((one) => one.isLive)
    this.set({ transferNow: null })
  }

  async stats(): Promise<MediaStats | null> {
    return (await this.inHand?.hand.media?.stats()) ?? null
  }

  level(): number {
    return this.inHand?.hand.media?.level() ?? 0
  }

  // ---- the calls --------------------------------------------------------------------------------------------------

  /** Who calls while another call is in hand waits beside it, while a line is free (call waiting). */
  private receive(invitation: Invitation): void {
    if (freeLine(this.calls, this.state.habits.lines) === null) void invitation.reject({ statusCode: 486 })
    else this.newCall(this.inHand?.isLive).receive(invitation)
  }

  /** It is in hand from now on, and the one that was is beside it, if it lives; or it waits. */
  private newCall(isWaiting = false): SipCall {
    const before = isWaiting ? this.calls : this.calls.filter((one) => one.isLive)
    const { options, state } = this
    const speaker = before.length > 0 && options.anotherSpeaker ? options.anotherSpeaker() : options.speaker
    const call: SipCall = new SipCall(
      new CallInHand(
        {
          ...options,
          speaker,
          tap: { follow: (...heard) => this.follow(...heard) },
          changed: () => this.publish(),
          mediaFailed: () => void call.mend(),
          lineDoubted: () => this.line.doubt(),
          mediaLost: () => {
            const { session } = call
            call.end({ cause: 'media-failed', endedBy: 'network' })
            void session?.bye().catch(() => undefined)
          },
        },
        freeLine(this.calls, Infinity)!,
      ),
    )
    call.hand.state = { ...state, call: null, quality: null }
    this.calls = isWaiting ? [...before, call] : [call, ...before]
    if (before.length === 0) this.state = { ...this.state, transferNow: null }
    return call
  }

  /** Of the line and the device: the same for every call. */
  private setAll(change: Partial<PhoneState>): void {
    this.state = { ...this.state, ...change }
    for (const { hand } of this.calls) hand.set(change)
    this.publish()
  }

  private set(change: Partial<PhoneState>): void {
    this.state = { ...this.state, ...change }
    this.publish()
  }

  /** A call that ended beside another one, or before it, leaves its place to it. */
  private publish(): void {
    this.calls = afterEnd(this.calls)
    if (this.conference && this.merged.some((one) => !one.isLive)) return this.endConference()
    const { call = null, quality = null, microphone = this.state.microphone } = this.inHand?.hand.state ?? {}
    const others = this.calls.slice(1).flatMap((one) => one.call ?? [])
    this.state = { ...this.state, call, quality, microphone, others }
    this.state = { ...this.state, answersAt: answersAt(this.state) }
    this.keepCall()
    this.line?.hurry(this.calls.some((one) => isLive(one.call)))
    this.options.changed(this.state)
  }
}
