import { SessionState, type Invitation, type Web } from 'sip.js'
import { callOf } from '#shared/domain/call/part'
import { readNotice, type MonitorNotice } from '#shared/domain/call/monitor'
import { MonitorMixer, type MonitoredSound } from './monitor-mixer'
import type { MonitoredBy, PhoneCall } from './phone'

/** The edge's own word, on INVITE and INFO: no phone's header of that kind gets here. */
const HEADER = 'X-Switchroom-Monitor'

export type MonitoredDeps = {
  /** The call in hand, or beside it, that this names. */
  callOf(callId: string): { call: PhoneCall; sound: MonitoredSound } | null
  context(): AudioContext
  /** What the agent hears the supervisor by. */
  ear(): HTMLAudioElement
  changed(by: MonitoredBy | null): void
}

/** One supervisor at one call of ours. */
type Leg = {
  invitation: Invitation
  notice: MonitorNotice
  mixer: MonitorMixer
  connection: RTCPeerConnection | null
}

/**
 * SIP-10, the agent's side: the edge brings a supervisor's leg, which is answered without a ring and mixed into the call it names. It ends with
 * that call. Who is heard by whom is the edge's to say, at its beginning and by INFO; a supervisor's telephone cannot.
 */
export class SipMonitored {
  private legs: Leg[] = []

  constructor(private readonly deps: MonitoredDeps) {}

  /** True: it is one of these, and no call. */
  takes(invitation: Invitation): boolean {
    const text = invitation.request.getHeader(HEADER)
    if (text === undefined) return false
    const notice = readNotice(text)
    const found = notice && this.deps.callOf(notice.callId)
    if (notice && found) this.answer(invitation, notice, found)
    else void invitation.reject({ statusCode: 480 }).catch(() => undefined)
    return true
  }

  /** What is sent over this connection, if it is a supervisor's. */
  mediaOf(connection: RTCPeerConnection | undefined): Promise<MediaStream> | null {
    const leg = this.legs.find((one) => connection !== undefined && one.connection === connection)
    return leg ? Promise.resolve(leg.mixer.stream) : null
  }

  /** Something about a call has changed. */
  follow(call: PhoneCall): void {
    for (const leg of this.legs) {
      if (call.id === null || callOf(call.id) !== callOf(leg.notice.callId)) continue
      if (call.state === 'ended') this.end(leg)
      else leg.mixer.set({ isMuted: call.isMuted, isHeld: call.state === 'held' })
    }
  }

  hangUp(): void {
    for (const leg of [...this.legs]) this.end(leg)
  }

  private answer(
    invitation: Invitation,
    notice: MonitorNotice,
    { call, sound }: NonNullable<ReturnType<MonitoredDeps['callOf']>>,
  ): void {
    // one at a time at a call: the edge has ended the one before
    for (const old of this.legs.filter((one) => one.notice.callId === notice.callId)) this.end(old)
    const mixer = new MonitorMixer(sound, this.deps.context(), this.deps.ear(), notice.mode)
    mixer.set({ isMuted: call.isMuted, isHeld: call.state === 'held' })
    const leg: Leg = { invitation, notice, mixer, connection: null }
    this.legs.push(leg)
    invitation.delegate = {
      onSessionDescriptionHandler: (handler) => {
        const { peerConnection } = handler as Web.SessionDescriptionHandler
        if (!peerConnection || leg.connection) return
        leg.connection = peerConnection
        peerConnection.addEventListener('track', ({ streams, track }) =>
          mixer.hear(streams[0] ?? new MediaStream([track])),
        )
        peerConnection.addEventListener('connectionstatechange', () => {
          // their page has gone without a word
          if (peerConnection.connectionState === 'failed') this.end(leg)
        })
      },
      onInfo: (info) => {
        const told = readNotice(info.request.getHeader(HEADER) ?? '')
        void info.accept().catch(() => undefined)
        if (told) this.heed(leg, told)
      },
      onBye: (bye) => {
        void bye.accept().catch(() => undefined)
        this.drop(leg)
      },
      onCancel: () => this.drop(leg),
    }
    invitation.stateChange.addListener((state) => state === SessionState.Terminated && this.drop(leg))
    void invitation.accept().catch(() => this.end(leg))
    this.tell()
  }

  private heed(leg: Leg, notice: MonitorNotice): void {
    leg.notice = notice
    leg.mixer.set({ mode: notice.mode })
    this.tell()
  }

  private end(leg: Leg): void {
    if (!this.legs.includes(leg)) return
    this.drop(leg)
    const { invitation } = leg
    if (invitation.state === SessionState.Established) void invitation.bye().catch(() => undefined)
    else if (invitation.state === SessionState.Initial) void invitation.reject().catch(() => undefined)
  }

  /** It is over on the wire, or will be. */
  private drop(leg: Leg): void {
    if (!this.legs.includes(leg)) return
    this.legs = this.legs.filter((one) => one !== leg)
    leg.mixer.close()
    this.tell()
  }

  /** Of those whom the policy shows. */
  private tell(): void {
    const shown = this.legs.map(({ notice }) => notice).find(({ by }) => by !== null)
    this.deps.changed(shown ? { name: shown.by!, mode: shown.mode } : null)
  }
}
