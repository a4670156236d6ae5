import { Inviter, SessionState, UserAgent, Web, type Invitation, type Session, type UserAgentOptions } from 'sip.js'
import type { PhoneIdentity } from './phone'
import { SipSocket } from './sip-socket'

/** On our INVITE: we answer ourselves. On the one that comes back it is the edge's own word (decision 0215). */
const ECHO_HEADER = 'X-Switchroom-Echo'
const ANSWER_MS = 8_000
const ENDS_WITHIN_MS = 1_000
const GATHERING_MS = 500
const GATHERING_BY_SERVERS_MS = 3_000

export type EchoLineOptions = {
  identity: PhoneIdentity
  server: string
  /** Tests give their own wire and media. */
  transport?: UserAgentOptions['transportConstructor']
  media?: UserAgentOptions['sessionDescriptionHandlerFactory']
}
/** What each end sends, and what is done with what it hears. */
export type EchoSound = {
  near: MediaStream
  far: MediaStream
  heardNear?(stream: MediaStream): void
  heardFar?(stream: MediaStream): void
}
export type EchoIce = { iceServers: readonly RTCIceServer[]; relayOnly: boolean }
export type EchoCall = {
  /** Of the end that called. */
  connection: RTCPeerConnection
  hangUp(): Promise<void>
  /** Settles when it is over, whoever ended it. */
  over: Promise<void>
}
type Answer = { message: { statusCode?: number; getHeaders(name: string): string[] } }

/** The edge said no, or (0) nothing. */
export class EchoRefused extends Error {
  constructor(readonly status: number) {
    super(`echo test refused: ${status}`)
  }
}

/**
 * PHONE-5, 6: a line of a test's own, beside the telephone's: its socket is registered nowhere, so that nobody's call rings on it. It may
 * call `echo`: the edge brings the call back over this very socket, and this page is both its ends.
 *
 *   connect ─▶ OPTIONS, REGISTER (a question) ─▶ INVITE echo ─▶ INVITE comes back ─▶ 200 ─▶ both ends up ─▶ BYE
 */
export class SipEcho {
  private readonly agent: UserAgent
  private sound: EchoSound | null = null
  private ice: EchoIce = { iceServers: [], relayOnly: false }
  private near: Session | null = null
  private far: Session | null = null
  private readonly connections: RTCPeerConnection[] = []

  constructor(private readonly options: EchoLineOptions) {
    const { identity, server, transport, media } = options
    this.agent = new UserAgent({
      uri: this.uriOf(identity.username),
      displayName: identity.displayName,
      transportOptions: { server },
      transportConstructor: transport ?? SipSocket,
      userAgentString: 'Switchroom',
      logBuiltinEnabled: false,
      logConfiguration: false,
      gracefulShutdown: false,
      sessionDescriptionHandlerFactory: media ?? this.browserMedia(),
      delegate: { onInvite: (invitation) => void this.answer(invitation) },
    })
  }

  /** Rejects when the socket does not open. */
  async connect(): Promise<void> {
    await this.agent.start()
    // nothing is owed to a line that is new: it is in use from its first moment
    if (this.agent.transport instanceof SipSocket) this.agent.transport.resume()
  }

  /** How long the edge takes to answer, in ms: OPTIONS wakes the room that calls go through. */
  async roundTrip(): Promise<number> {
    const sentAt = performance.now()
    await this.ask('OPTIONS')
    return performance.now() - sentAt
  }

  /** RFC 3261 §10.2.3: a REGISTER without Contact asks for the bindings and makes none. Resolves to how many devices there are. */
  async devices(): Promise<number> {
    const { message } = await this.ask('REGISTER')
    return message.getHeaders('contact').length
  }

  /** Resolves when both ends are up (their sound may still be looking for its way). Throws EchoRefused. */
  call(sound: EchoSound, ice: EchoIce): Promise<EchoCall> {
    this.sound = sound
    this.ice = ice
    const inviter = new Inviter(this.agent, this.uriOf('echo'), { extraHeaders: [`${ECHO_HEADER}: self`] })
    this.near = inviter
    return new Promise<EchoCall>((up, fail) => {
      const refuse = (status: number) => {
        clearTimeout(timer)
        fail(new EchoRefused(status))
      }
      const timer = setTimeout(refuse, ANSWER_MS + 2 * GATHERING_BY_SERVERS_MS, 0)
      const over = new Promise<void>((ended) => {
        inviter.stateChange.addListener((state) => {
          if (state === SessionState.Terminated) ended()
          if (state !== SessionState.Established) return
          clearTimeout(timer)
          const connection = connectionOf(inviter)
          const hangUp = () =>
            inviter.bye().then(
              () => undefined,
              () => undefined,
            )
          if (connection) up({ connection, hangUp, over })
          else refuse(0)
        })
      })
      const onReject = ({ message }: Answer) => refuse(message.statusCode ?? 0)
      inviter.invite({ requestDelegate: { onReject } }).catch(() => refuse(0))
    })
  }

  /** Hangs up, waits a moment for the edge to end the other end too, and leaves nothing open. */
  async close(): Promise<void> {
    const { near, far } = this
    if (near?.state === SessionState.Established) await near.bye().catch(() => undefined)
    if (far?.state === SessionState.Established) await ended(far)
    for (const connection of this.connections) connection.close()
    await this.agent.stop().catch(() => undefined)
  }

  /** Only what is our own test is answered unasked. */
  private async answer(invitation: Invitation): Promise<void> {
    const isOurs = this.near !== null && invitation.request.getHeader(ECHO_HEADER) === 'self'
    if (!isOurs) return invitation.reject({ statusCode: 486 }).catch(() => undefined)
    this.far = invitation
    await invitation.accept().catch(() => undefined)
  }

  private ask(method: 'OPTIONS' | 'REGISTER'): Promise<Answer> {
    const { userAgentCore } = this.agent
    const own = this.uriOf(this.options.identity.username)
    const request = userAgentCore.makeOutgoingRequestMessage(method, own, own, own, {})
    return new Promise((answer, fail) => {
      const timer = setTimeout(() => fail(new EchoRefused(0)), ANSWER_MS)
      const settle = (how: () => void) => {
        clearTimeout(timer)
        how()
      }
      userAgentCore.request(request, {
        onAccept: (response) => settle(() => answer(response)),
        onReject: ({ message }) => settle(() => fail(new EchoRefused(message.statusCode ?? 0))),
      })
    })
  }

  private uriOf(user: string) {
    const uri = UserAgent.makeURI(`sip:${encodeURIComponent(user)}@${this.options.identity.domain}`)
    if (!uri) throw new Error('the identity makes no SIP URI')
    return uri
  }

  private browserMedia(): NonNullable<UserAgentOptions['sessionDescriptionHandlerFactory']> {
    return (session) => {
      const isNear = session === this.near
      const { iceServers, relayOnly } = this.ice
      const make = Web.defaultSessionDescriptionHandlerFactory(() =>
        this.sound ? Promise.resolve(isNear ? this.sound.near : this.sound.far) : Promise.reject(new Error('no sound')),
      )
      const handler = make(session, {
        iceGatheringTimeout: iceServers.length > 0 ? GATHERING_BY_SERVERS_MS : GATHERING_MS,
        peerConnectionConfiguration: {
          iceServers: [...iceServers],
          iceTransportPolicy: relayOnly ? 'relay' : 'all',
        },
      })
      if (handler.peerConnection) this.connections.push(handler.peerConnection)
      handler.peerConnection?.addEventListener('track', ({ streams, track }) => {
        const heard = streams[0] ?? new MediaStream([track])
        if (isNear) this.sound?.heardNear?.(heard)
        else this.sound?.heardFar?.(heard)
      })
      return handler
    }
  }
}

const ended = (session: Session): Promise<void> =>
  new Promise((done) => {
    setTimeout(done, ENDS_WITHIN_MS)
    session.stateChange.addListener((state) => state === SessionState.Terminated && done())
  })

const connectionOf = (session: Session): RTCPeerConnection | undefined =>
  (session.sessionDescriptionHandler as Web.SessionDescriptionHandler | undefined)?.peerConnection
