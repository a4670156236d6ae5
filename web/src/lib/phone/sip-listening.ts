import { Inviter, SessionState, UserAgent, Web, type UserAgentOptions } from 'sip.js'
import { hearing, type MonitorMode } from '#shared/domain/call/monitor'
import type { Microphone } from './microphone'
import type { PhoneIdentity } from './phone'
import { SipSocket } from './sip-socket'

export type ListeningOptions = {
  identity: PhoneIdentity
  server: string
  microphone: Microphone
  /** What the supervisor hears the call by. */
  ear: HTMLAudioElement
  iceServers: readonly RTCIceServer[]
  /** It is over, whoever ended it. `status`: of a refusal (0: the edge said nothing). */
  over(status: number | null): void
}
type Answer = { message: { statusCode?: number } }

const GATHERING_MS = 500
const GATHERING_BY_SERVERS_MS = 1_500

/**
 * SIP-10, the supervisor's side: a line of its own, registered nowhere, so that nobody's call rings on it and nobody need be available. It calls
 * what the edge has named, hears the mix of the agent's page, and sends the microphone: silence while nobody is to hear it.
 */
export class SipListening {
  private readonly agent: UserAgent
  private session: Inviter | null = null
  private sent: MediaStream | null = null
  private isOver = false

  constructor(
    private readonly options: ListeningOptions,
    private mode: MonitorMode,
  ) {
    this.agent = this.makeAgent(options)
  }

  /** Resolves when the agent's page has answered. Rejects when it did not, or when there is no line. */
  async begin(target: string): Promise<void> {
    try {
      await this.agent.start()
      // nothing is owed to a line that is new: it is in use from its first moment
      if (this.agent.transport instanceof SipSocket) this.agent.transport.resume()
      await this.invite(target)
    } catch (fault) {
      await this.end()
      throw fault
    }
  }

  /** Whether the microphone may be heard; who hears it is the edge's to say. */
  speak(mode: MonitorMode): void {
    this.mode = mode
    for (const track of this.sent?.getAudioTracks() ?? []) track.enabled = hearing(mode).byAgent
  }

  /** The page goes, or it is enough. */
  async end(): Promise<void> {
    const { session } = this
    this.finish(null)
    if (session?.state === SessionState.Established) await session.bye().catch(() => undefined)
    else if (session?.state === SessionState.Establishing) await session.cancel().catch(() => undefined)
    await this.agent.stop().catch(() => undefined)
  }

  private invite(target: string): Promise<void> {
    const uri = this.uriOf(target)
    const inviter = new Inviter(this.agent, uri)
    this.session = inviter
    inviter.delegate = {
      onSessionDescriptionHandler: (handler) =>
        (handler as Web.SessionDescriptionHandler).peerConnection?.addEventListener('track', ({ streams, track }) => {
          this.options.ear.srcObject = streams[0] ?? new MediaStream([track])
          void this.options.ear.play().catch(() => undefined)
        }),
    }
    return new Promise((up, fail) => {
      inviter.stateChange.addListener((state) => {
        if (state === SessionState.Established) up()
        if (state !== SessionState.Terminated) return
        fail(new Error('the call was not reached'))
        void this.end()
      })
      const onReject = ({ message }: Answer) => this.finish(message.statusCode ?? 0)
      inviter.invite({ requestDelegate: { onReject } }).catch(fail)
    })
  }

  private finish(status: number | null): void {
    if (this.isOver) return
    this.isOver = true
    for (const track of this.sent?.getTracks() ?? []) track.stop()
    this.options.ear.srcObject = null
    this.options.over(status)
  }

  private async open(): Promise<MediaStream> {
    const { stream } = await this.options.microphone.open()
    if (this.isOver) for (const track of stream.getTracks()) track.stop()
    this.sent = stream
    this.speak(this.mode)
    return stream
  }

  private uriOf(user: string) {
    const uri = UserAgent.makeURI(`sip:${encodeURIComponent(user)}@${this.options.identity.domain}`)
    if (!uri) throw new Error('the name makes no SIP URI')
    return uri
  }

  private makeAgent({ identity, server, iceServers }: ListeningOptions): UserAgent {
    const media: NonNullable<UserAgentOptions['sessionDescriptionHandlerFactory']> = (session) =>
      Web.defaultSessionDescriptionHandlerFactory(() => this.open())(session, {
        iceGatheringTimeout: iceServers.length > 0 ? GATHERING_BY_SERVERS_MS : GATHERING_MS,
        peerConnectionConfiguration: { iceServers: [...iceServers] },
      })
    return new UserAgent({
      uri: this.uriOf(identity.username),
      displayName: identity.displayName,
      transportOptions: { server },
      transportConstructor: SipSocket,
      userAgentString: 'Switchroom',
      logBuiltinEnabled: false,
      logConfiguration: false,
      gracefulShutdown: false,
      sessionDescriptionHandlerFactory: media,
      delegate: {
        onInvite: (invitation) => void invitation.reject({ statusCode: 486 }).catch(() => undefined),
        // a line that was cut is not taken up again: who listened presses once more
        onDisconnect: (error) => void (error && this.end()),
      },
    })
  }
}
