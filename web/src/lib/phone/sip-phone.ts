import {
  Inviter,
  Registerer,
  RegistererState,
  SessionState,
  UserAgent,
  Web,
  type Invitation,
  type Session,
  type UserAgentOptions,
} from 'sip.js'
import { CallMedia } from './call-media'
import { begin, causeOf, dialable, isLive, progress, reasonStatus, type CallEvent } from './call-progress'
import { LineKeeper } from './line-keeper'
import type { Microphone } from './microphone'
import {
  initialState,
  type DialOptions,
  type DialOutcome,
  type MediaStats,
  type PhoneEngine,
  type PhoneIdentity,
  type PhoneState,
} from './phone'
import { qualityOf } from './quality'

export type SipPhoneOptions = {
  identity: PhoneIdentity
  /** wss://host/sip */
  server: string
  /** RFC 5626 §4.1: one UUID for as long as this browser lives; the edge knows the device by it. */
  instance: string
  microphone: Microphone
  speaker: HTMLAudioElement
  changed(state: PhoneState): void
  /** Tests give their own wire and media. */
  transport?: UserAgentOptions['transportConstructor']
  media?: UserAgentOptions['sessionDescriptionHandlerFactory']
}

/** No STUN and no TURN yet: host candidates are there at once, so waiting longer only delays the call. */
const GATHERING_MS = 500
const REGISTRATION_SECONDS = 300
/** Media that failed and did not come back in this time ends the call. */
const MEDIA_LOST_MS = 20_000

/**
 * The telephone over SIP.js (RFC 3261 over RFC 7118): one registration, one call. The only file that knows SIP.js.
 * Its sessions are driven by events; what they mean for the screen is `call-progress.ts`.
 */
export class SipPhone implements PhoneEngine {
  state: PhoneState = initialState(Date.now())
  private readonly agent: UserAgent
  private readonly keeper: LineKeeper
  private registerer: Registerer | null = null
  private isRegistering = false
  private session: Session | null = null
  private media: CallMedia | null = null
  private ticker: ReturnType<typeof setInterval> | null = null
  private mediaTimer: ReturnType<typeof setTimeout> | null = null
  private lastStats: MediaStats | null = null
  private readonly wake = () => this.keeper.wake()

  constructor(private readonly options: SipPhoneOptions) {
    const { identity } = options
    const uri = UserAgent.makeURI(`sip:${identity.username}@${identity.domain}`)
    if (!uri) throw new Error('the identity makes no SIP URI')
    const make = Web.defaultSessionDescriptionHandlerFactory(
      () => this.media?.open() ?? Promise.reject(new Error('no call')),
    )
    this.agent = new UserAgent({
      uri,
      displayName: identity.displayName,
      transportOptions: { server: options.server, keepAliveInterval: 25 },
      ...(options.transport && { transportConstructor: options.transport }),
      instanceId: options.instance,
      userAgentString: 'Switchroom',
      logBuiltinEnabled: false,
      logConfiguration: false,
      gracefulShutdown: false,
      noAnswerTimeout: 180,
      sessionDescriptionHandlerFactory: options.media ?? make,
      sessionDescriptionHandlerFactoryOptions: {
        iceGatheringTimeout: GATHERING_MS,
        peerConnectionConfiguration: { iceServers: [] },
      },
      delegate: {
        onInvite: (invitation) => this.receive(invitation),
        onDisconnect: (error) => error && this.keeper.cut(closeCode(error)),
      },
    })
    this.keeper = new LineKeeper({
      connect: () =>
        this.agent.isConnected() ? Promise.resolve() : this.agent.start().then(() => this.agent.reconnect()),
      register: () => this.register(),
      changed: (line, lineProblem) => {
        this.set({ line, lineProblem, lineSince: Date.now() })
        if (line === 'registered') void this.mend()
      },
      now: () => Date.now(),
      random: () => Math.random(),
      later: (ms, run) => {
        const timer = setTimeout(run, ms)
        return () => clearTimeout(timer)
      },
    })
  }

  /** PHONE-1. Asks for the microphone now, so that the browser's question comes with the gesture and not with a call. */
  async start(): Promise<void> {
    addEventListener('online', this.wake)
    this.keeper.start()
    if (this.state.microphone !== 'unknown') return
    const { stream, state } = await this.options.microphone.open()
    for (const track of stream.getTracks()) track.stop()
    this.set({ microphone: state })
  }

  async stop(): Promise<void> {
    removeEventListener('online', this.wake)
    await this.hangUp()
    const registerer = this.registerer
    if (this.agent.isConnected() && registerer?.state === RegistererState.Registered) await unregister(registerer)
    this.keeper.stop()
    this.registerer = null
    await this.agent.stop()
  }

  async dial(target: string, { leaseId, name }: DialOptions = {}): Promise<DialOutcome> {
    const number = dialable(target)
    const uri =
      number &&
      UserAgent.makeURI(`sip:${encodeURIComponent(number).replace('%2B', '+')}@${this.options.identity.domain}`)
    if (!number || !uri) return { dialled: false, why: 'invalid' }
    if (isLive(this.state.call)) return { dialled: false, why: 'busy' }
    if (this.state.line !== 'registered') return { dialled: false, why: 'no-line' }
    this.set({
      call: begin({ direction: 'outgoing', number, name: name ?? null, leaseId: leaseId ?? null }, Date.now()),
      lastDialled: number,
      quality: null,
    })
    const media = this.openMedia()
    await media.open()
    // The browser may have asked for the microphone for minutes: nobody is called whose agent gave up, or lost the line.
    if (this.media !== media) return { dialled: true }
    if (!this.agent.isConnected()) {
      this.end({ cause: 'failed', endedBy: 'network' })
      return { dialled: false, why: 'no-line' }
    }
    const inviter = new Inviter(this.agent, uri, { extraHeaders: leaseId ? [`X-Switchroom-Lease: ${leaseId}`] : [] })
    this.use(inviter)
    const named = (response: { message: { getHeader(name: string): string | undefined } }) =>
      this.nameCall(response.message.getHeader('X-Switchroom-Call'))
    inviter
      .invite({
        requestDelegate: {
          onProgress: named,
          onAccept: named,
          onReject: (response) => {
            named(response)
            const status = response.message.statusCode ?? 500
            if (this.session === inviter) this.end({ cause: causeOf(status), endedBy: 'there', sipStatus: status })
          },
        },
      })
      .catch(() => this.session === inviter && this.end({ cause: 'failed', endedBy: 'network' }))
    return { dialled: true }
  }

  async answer(): Promise<void> {
    const invitation = this.session as Invitation | null
    if (this.state.call?.state !== 'ringing-in' || !invitation) return
    await invitation
      .accept()
      .catch(() => this.session === invitation && this.end({ cause: 'media-failed', endedBy: 'here' }))
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
    const session = this.session
    if (!isLive(call)) return
    if (call.state === 'ringing-in') return this.decline()
    const isAnswered = call.answeredAt !== null
    this.end({ cause: isAnswered ? 'normal' : 'cancelled', endedBy: 'here', sipStatus: isAnswered ? 200 : 487 })
    if (!session) return
    if (session.state === SessionState.Established) await session.bye().catch(() => undefined)
    else if (session instanceof Inviter) await session.cancel().catch(() => undefined)
    else await (session as Invitation).reject().catch(() => undefined)
  }

  async mute(on: boolean): Promise<void> {
    if (!isLive(this.state.call)) return
    this.tell({ kind: 'muted', on })
    this.passSound()
  }

  /** RFC 3264 §8.4: a new offer, `sendonly`; 491 is tried once more after 2.1…4 s (RFC 3261 §14.1). */
  async hold(on: boolean): Promise<void> {
    const { call } = this.state
    if (!isLive(call) || call.answeredAt === null || (call.state === 'held') === on) return
    this.tell({ kind: 'held', on })
    this.passSound()
    let status = await this.reInvite({ hold: on })
    if (status === 491) {
      await new Promise((go) => setTimeout(go, 2100 + Math.random() * 1900))
      status = await this.reInvite({ hold: on })
    }
    if (status >= 300) {
      this.tell({ kind: 'held', on: !on })
      this.passSound()
    }
  }

  async sendDigit(digit: string): Promise<void> {
    if (/^[0-9*#A-D]$/.test(digit)) this.media?.sendDigit(digit)
  }

  clear(): void {
    if (this.state.call?.state === 'ended') this.set({ call: null, quality: null })
  }

  async stats(): Promise<MediaStats | null> {
    return (await this.media?.stats()) ?? null
  }

  level(): number {
    return this.media?.level() ?? 0
  }

  // ---- SIP ------------------------------------------------------------------------------------------------------

  private receive(invitation: Invitation): void {
    if (isLive(this.state.call)) {
      void invitation.reject({ statusCode: 486 })
      return
    }
    const from = invitation.remoteIdentity
    const id = invitation.request.getHeader('X-Switchroom-Call') ?? null
    this.set({
      call: begin(
        { id, direction: 'incoming', number: from.uri.user ?? '', name: from.displayName || null, leaseId: null },
        Date.now(),
      ),
      quality: null,
    })
    this.openMedia()
    this.use(invitation)
  }

  private use(session: Session): void {
    this.session = session
    session.delegate = {
      onSessionDescriptionHandler: (handler) => {
        const connection = (handler as Web.SessionDescriptionHandler).peerConnection
        if (connection && this.session === session) this.media?.attach(connection)
      },
      onBye: (bye) => {
        void bye.accept()
        if (this.session === session)
          this.end({
            cause: 'normal',
            endedBy: 'there',
            sipStatus: reasonStatus(bye.request.getHeader('Reason')) ?? 200,
          })
      },
      onCancel: (cancel) => {
        const isElsewhere = reasonStatus(cancel.request.getHeader('Reason')) === 200
        if (this.session === session)
          this.end({ cause: isElsewhere ? 'answered-elsewhere' : 'cancelled', endedBy: 'there', sipStatus: 487 })
      },
      onInvite: () => {
        if (this.session === session) this.tell({ kind: 'held-by-other', on: this.media?.isHeldByOther() ?? false })
      },
    }
    session.stateChange.addListener((state) => {
      if (this.session !== session) return
      if (state === SessionState.Established) {
        this.tell({ kind: 'answered' })
        this.passSound()
        this.measure()
      }
      // The reason comes in the same turn, after the state: a session that ends without one was lost.
      if (state === SessionState.Terminated)
        queueMicrotask(() => this.session === session && this.end({ cause: 'failed', endedBy: 'network' }))
    })
  }

  private register(): Promise<number> {
    // A REGISTER whose socket went waits 32 s for its answer: it is left behind, and a fresh one asks.
    if (this.isRegistering) void this.registerer?.dispose()
    if (this.isRegistering || !this.registerer) {
      const registerer = new Registerer(this.agent, {
        expires: REGISTRATION_SECONDS,
        refreshFrequency: 80,
        instanceId: this.options.instance,
        regId: 1,
      })
      this.registerer = registerer
      registerer.stateChange.addListener((state) => {
        const isOurs = this.registerer === registerer && !this.isRegistering
        if (state === RegistererState.Unregistered && isOurs && this.state.line === 'registered') this.keeper.cut(null)
      })
    }
    const registerer = this.registerer!
    this.isRegistering = true
    return new Promise((answer, fail) => {
      const answered = (response: { message: { statusCode?: number } }) => {
        if (this.registerer === registerer) this.isRegistering = false
        answer(response.message.statusCode ?? 500)
      }
      registerer.register({ requestDelegate: { onAccept: answered, onReject: answered } }).catch(fail)
    })
  }

  private reInvite(options: Web.SessionDescriptionHandlerOptions): Promise<number> {
    const { session } = this
    if (session?.state !== SessionState.Established) return Promise.resolve(481)
    session.sessionDescriptionHandlerOptionsReInvite = options
    return new Promise<number>((answer) => {
      const answered = (response: { message: { statusCode?: number } }) => answer(response.message.statusCode ?? 500)
      session.invite({ requestDelegate: { onAccept: answered, onReject: answered } }).catch(() => answer(491))
    }).finally(() => {
      session.sessionDescriptionHandlerOptionsReInvite = {
        hold: this.state.call?.state === 'held',
      } as Web.SessionDescriptionHandlerOptions
    })
  }

  // ---- the call in hand -----------------------------------------------------------------------------------------

  private openMedia(): CallMedia {
    this.media?.close()
    const media: CallMedia = new CallMedia(this.options.microphone, this.options.speaker, {
      microphone: (state) => {
        if (this.media !== media) return
        this.set({ microphone: state })
        this.tell({ kind: 'microphone', isMissing: state !== 'ready' })
      },
      heard: () => this.media === media && this.tell({ kind: 'heard' }),
      connection: (state) => this.media === media && this.watchMedia(state),
    })
    this.media = media
    return media
  }

  private passSound(): void {
    const { call } = this.state
    if (!call) return
    this.media?.send(!call.isMuted && call.state !== 'held')
    this.media?.hear(call.state !== 'held')
  }

  /** PHONE-8, begun: media that failed gets an ICE restart as soon as there is a line, and 20 s to come back. */
  private watchMedia(state: RTCPeerConnectionState): void {
    if (state === 'connected') {
      if (this.mediaTimer) clearTimeout(this.mediaTimer)
      this.mediaTimer = null
    } else if (state === 'failed') {
      this.mediaTimer ??= setTimeout(() => {
        const { session } = this
        this.end({ cause: 'media-failed', endedBy: 'network' })
        void session?.bye().catch(() => undefined)
      }, MEDIA_LOST_MS)
      void this.mend()
    }
  }

  private async mend(): Promise<void> {
    if (this.mediaTimer === null || this.state.line !== 'registered') return
    await this.reInvite({ hold: this.state.call?.state === 'held', offerOptions: { iceRestart: true } })
  }

  private measure(): void {
    this.lastStats = null
    this.ticker ??= setInterval(async () => {
      const now = await this.stats()
      if (now === null || !isLive(this.state.call)) return
      if (now.packetsReceived > 0) this.tell({ kind: 'heard' })
      const quality = qualityOf(this.lastStats, now)
      this.lastStats = now
      if (quality) this.set({ quality })
    }, 1000)
  }

  private nameCall(id: string | undefined): void {
    if (id) this.tell({ kind: 'named', id })
  }

  private end(event: Omit<Extract<CallEvent, { kind: 'ended' }>, 'kind'>): void {
    this.tell({ kind: 'ended', ...event })
    if (this.ticker) clearInterval(this.ticker)
    if (this.mediaTimer) clearTimeout(this.mediaTimer)
    this.ticker = this.mediaTimer = null
    this.session = null
    this.media?.close()
    this.media = null
  }

  private tell(event: CallEvent): void {
    const { call } = this.state
    if (!call) return
    const next = progress(call, event, Date.now())
    if (next !== call) this.set({ call: next })
  }

  private set(change: Partial<PhoneState>): void {
    this.state = { ...this.state, ...change }
    this.options.changed(this.state)
  }
}

/** SIP.js tells the close code only in its words. */
const closeCode = (error: Error): number | null => {
  const found = /code: (\d{4})/.exec(error.message)
  return found ? Number(found[1]) : null
}

const unregister = (registerer: Registerer): Promise<void> =>
  new Promise((done) => {
    const timer = setTimeout(done, 1500)
    const end = () => (clearTimeout(timer), done())
    registerer.unregister({ requestDelegate: { onAccept: end, onReject: end } }).catch(end)
  })
