import { Registerer, RegistererState, UserAgent, Web, type Invitation, type URI, type UserAgentOptions } from 'sip.js'
import { LineKeeper } from './line-keeper'
import { NetworkSigns } from './network-signs'
import { SipSocket } from './sip-socket'
import type { LineProblem, LineState, PhoneIdentity, PhoneMessage } from './phone'
import { readMessage } from './sip-message'

export type SipLineOptions = {
  identity: PhoneIdentity
  /** wss://host/sip */
  server: string
  /** RFC 5626 §4.1: one UUID for as long as this browser lives; the edge knows the device by it. */
  instance: string
  /** SIP-11, as they are when a call begins. */
  iceServers?(): readonly RTCIceServer[]
  /** Tests give their own wire and media. */
  transport?: UserAgentOptions['transportConstructor']
  media?: UserAgentOptions['sessionDescriptionHandlerFactory']
}
export type SipLineNews = {
  changed(line: LineState, problem: LineProblem | null): void
  received(invitation: Invitation): void
  /** SIP-5: a colleague's MESSAGE. */
  messaged?(message: PhoneMessage): void
  /** The sound that the session of this connection wants to send. */
  openMedia(connection: RTCPeerConnection | undefined): Promise<MediaStream>
}

/** Host candidates are there at once, so waiting longer only delays the call; servers take a round trip or two. */
const GATHERING_MS = 500
const GATHERING_BY_SERVERS_MS = 1_500
const REGISTRATION_SECONDS = 300
const UNREGISTER_MS = 1_500

type Answer = { message: { statusCode?: number } }

/** PHONE-1, 8. The line of the telephone over SIP.js: one user agent, its socket and its registration, kept up. Knows no call. */
export class SipLine {
  readonly agent: UserAgent
  private readonly keeper: LineKeeper
  private registerer: Registerer | null = null
  private isRegistering = false
  private isInCall = false
  private readonly signs = new NetworkSigns(() => this.doubt())

  constructor(
    private readonly options: SipLineOptions,
    private readonly news: SipLineNews,
  ) {
    this.agent = this.makeAgent(options)
    this.keeper = new LineKeeper({
      connect: () =>
        this.agent.isConnected() ? Promise.resolve() : this.agent.start().then(() => this.agent.reconnect()),
      register: () => this.register(),
      changed: (line, problem) => news.changed(line, problem),
      now: () => Date.now(),
      random: () => Math.random(),
      isUrgent: () => this.isInCall,
      later: (ms, run) => {
        const timer = setTimeout(run, ms)
        return () => clearTimeout(timer)
      },
    })
  }

  get isConnected(): boolean {
    return this.agent.isConnected()
  }

  start(): void {
    this.signs.watch()
    this.keeper.start()
  }

  async stop(): Promise<void> {
    this.signs.ignore()
    const { registerer } = this
    if (this.agent.isConnected() && registerer?.state === RegistererState.Registered) await unregister(registerer)
    this.keeper.stop()
    this.registerer = null
    await this.agent.stop()
  }

  /** A call depends on the line: a dead socket is noticed sooner, and the next attempt comes sooner. */
  hurry(isInCall: boolean): void {
    this.isInCall = isInCall
    this.socket?.keepPace(isInCall)
  }

  /** Something hints that the socket may be dead; and if there is none, the next attempt is made now. */
  doubt(): void {
    this.socket?.doubt()
    this.keeper.wake()
  }

  private get socket(): SipSocket | null {
    return this.agent.transport instanceof SipSocket ? this.agent.transport : null
  }

  uriOf(user: string): URI | undefined {
    return UserAgent.makeURI(`sip:${encodeURIComponent(user).replace('%2B', '+')}@${this.options.identity.domain}`)
  }

  private makeAgent({ identity, instance, server, transport, media }: SipLineOptions): UserAgent {
    const uri = this.uriOf(identity.username)
    if (!uri) throw new Error('the identity makes no SIP URI')
    return new UserAgent({
      uri,
      displayName: identity.displayName,
      transportOptions: { server },
      transportConstructor: transport ?? SipSocket,
      instanceId: instance,
      // SIP-10: the edge knows by it that this page takes a supervisor's leg by itself
      contactParams: { transport: 'ws', monitor: '1' },
      userAgentString: 'Switchroom',
      logBuiltinEnabled: false,
      logConfiguration: false,
      gracefulShutdown: false,
      noAnswerTimeout: 180,
      sessionDescriptionHandlerFactory: media ?? this.browserMedia(),
      delegate: {
        onInvite: (invitation) => this.news.received(invitation),
        onMessage: (message) => {
          void message.accept()
          this.news.messaged?.(readMessage(message.request, Date.now()))
        },
        onDisconnect: (error) => error && this.keeper.cut(closeCode(error)),
      },
    })
  }

  /** SIP.js takes the servers once for all calls: they are told anew to each, because credentials end. */
  private browserMedia(): NonNullable<UserAgentOptions['sessionDescriptionHandlerFactory']> {
    const make = Web.defaultSessionDescriptionHandlerFactory((_, handler) =>
      this.news.openMedia(handler.peerConnection),
    )
    return (session) => {
      const iceServers = [...(this.options.iceServers?.() ?? [])]
      return make(session, {
        iceGatheringTimeout: iceServers.length > 0 ? GATHERING_BY_SERVERS_MS : GATHERING_MS,
        peerConnectionConfiguration: { iceServers },
      })
    }
  }

  private register(): Promise<number> {
    // A REGISTER whose socket went waits 32 s for its answer: it is left behind, and a fresh one asks.
    if (this.isRegistering) void this.registerer?.dispose()
    if (this.isRegistering || !this.registerer) this.registerer = this.makeRegisterer()
    const { registerer } = this
    this.isRegistering = true
    return new Promise((answer, fail) => {
      const answered = ({ message }: Answer) => {
        const status = message.statusCode ?? 500
        if (this.registerer === registerer) this.isRegistering = false
        if (status >= 200 && status < 300) this.socket?.resume()
        answer(status)
      }
      registerer.register({ requestDelegate: { onAccept: answered, onReject: answered } }).catch(fail)
    })
  }

  private makeRegisterer(): Registerer {
    const settings = {
      expires: REGISTRATION_SECONDS,
      refreshFrequency: 80,
      instanceId: this.options.instance,
      regId: 1,
    }
    const registerer = new Registerer(this.agent, settings)
    // A refresh that failed: the line is as good as cut.
    registerer.stateChange.addListener((state) => {
      const isOurs = this.registerer === registerer && !this.isRegistering && this.keeper.line === 'registered'
      if (isOurs && state === RegistererState.Unregistered) this.keeper.cut(null)
    })
    return registerer
  }
}

/** SIP.js tells the close code only in its words. */
const closeCode = (error: Error): number | null => {
  const found = /code: (\d{4})/.exec(error.message)
  return found ? Number(found[1]) : null
}

const unregister = (registerer: Registerer): Promise<void> =>
  new Promise((done) => {
    const timer = setTimeout(done, UNREGISTER_MS)
    const end = () => {
      clearTimeout(timer)
      done()
    }
    registerer.unregister({ requestDelegate: { onAccept: end, onReject: end } }).catch(end)
  })
