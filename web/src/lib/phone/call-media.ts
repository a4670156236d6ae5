import { readStats } from './media-stats'
import type { Microphone } from './microphone'
import type { MediaStats, MicrophoneState } from './phone'

export type MediaNews = {
  microphone(state: MicrophoneState): void
  /** The first packet came in. */
  heard(): void
  connection(state: RTCPeerConnectionState): void
}

/** The sound of one call: our track, theirs in an `<audio>`, mute, keys and figures. Knows no SIP. */
export class CallMedia {
  private connection: RTCPeerConnection | null = null
  private stream: MediaStream | null = null
  private isClosed = false
  private unhear: (() => void) | null = null
  private mixed: MediaStreamTrack | null = null
  private laid: MediaStreamTrack | null = null
  onmicrophone: (() => void) | null = null
  /** What `outgoing` is has changed (SIP-10). */
  onoutgoing: (() => void) | null = null
  /** What the other side is heard by. */
  remote: MediaStream | null = null

  constructor(
    private readonly source: Microphone,
    private readonly speaker: HTMLAudioElement,
    private readonly news: MediaNews,
  ) {}

  get local(): MediaStream | null {
    return this.stream
  }

  /** What the other side is sent, but for a supervisor who joined: the microphone, or a conference's mix. */
  get outgoing(): MediaStreamTrack | null {
    return this.mixed ?? this.stream?.getAudioTracks()[0] ?? null
  }

  /** The track to send; asked once a call. A microphone unplugged later is replaced, never missed (PHONE-5). */
  async open(): Promise<MediaStream> {
    if (this.stream) return this.stream
    const { stream, state } = await this.source.open()
    if (this.isClosed) stop(stream)
    this.stream = stream
    this.news.microphone(state)
    this.watch(stream)
    this.unhear ??= this.source.onChosen?.(() => this.change()) ?? null
    return stream
  }

  attach(connection: RTCPeerConnection): void {
    this.connection = connection
    connection.addEventListener('track', (event) => {
      this.remote = event.streams[0] ?? new MediaStream([event.track])
      this.speaker.srcObject = this.remote
      // Refused without a gesture: going available was one. The call goes on, and the next gesture may play it.
      void this.speaker.play().catch(() => undefined)
      event.track.addEventListener('unmute', () => this.news.heard(), { once: true })
    })
    connection.addEventListener('connectionstatechange', () => this.news.connection(connection.connectionState))
  }

  /** Off for mute and for hold: on hold too, or the microphone would go on being sent in `sendonly`. */
  send(on: boolean): void {
    // a mix goes on: the others of a conference hear each other when we are mute
    for (const { track } of this.connection?.getSenders() ?? [])
      if (track && track !== this.mixed && track !== this.laid) track.enabled = on
    for (const track of this.stream?.getAudioTracks() ?? []) track.enabled = on
  }

  /** Sent instead of the microphone, or the microphone again: a conference. */
  async mix(track: MediaStreamTrack | null): Promise<void> {
    this.mixed = track
    await this.put()
    this.onoutgoing?.()
  }

  /** SIP-10: sent in the place of all that while a supervisor has joined; null: no more. */
  async lay(track: MediaStreamTrack | null): Promise<void> {
    if (this.laid === track) return
    this.laid = track
    await this.put()
  }

  private async put(): Promise<void> {
    await this.connection?.getSenders()[0]?.replaceTrack(this.laid ?? this.outgoing)
  }

  hear(on: boolean): void {
    this.speaker.muted = !on
  }

  /** RFC 4733, 120 ms a key. False: the other side takes no telephone events. */
  sendDigit(digit: string): boolean {
    const sender = this.connection?.getSenders()[0]?.dtmf
    if (!sender?.canInsertDTMF) return false
    sender.insertDTMF(sender.toneBuffer + digit, 120, 70)
    return true
  }

  /** Whether the other side sends nothing to us, by its last description. */
  isHeldByOther(): boolean {
    return /^a=(sendonly|inactive)\r?$/m.test(this.connection?.remoteDescription?.sdp ?? '')
  }

  async stats(): Promise<MediaStats | null> {
    if (!this.connection || this.connection.connectionState === 'closed') return null
    const report = await this.connection.getStats()
    const entries: Record<string, unknown>[] = []
    report.forEach((entry: Record<string, unknown>) => entries.push(entry))
    return readStats(entries, this.connection.connectionState)
  }

  /** What is heard now, 0…1, from the RTP of the last moments: no analyser, no battery. */
  level(): number {
    return this.connection?.getReceivers()[0]?.getSynchronizationSources()[0]?.audioLevel ?? 0
  }

  close(): void {
    this.isClosed = true
    this.unhear?.()
    if (this.stream) stop(this.stream)
    this.speaker.srcObject = null
    this.speaker.muted = false
  }

  private watch(stream: MediaStream): void {
    for (const track of stream.getAudioTracks())
      track.addEventListener('ended', () => void this.replace(track.enabled), { once: true })
  }

  /** PHONE-5: another microphone was chosen in the call; what was sent is left as it stops. */
  private change(): void {
    const { stream } = this
    const isOn = stream?.getAudioTracks()[0]?.enabled ?? true
    void this.replace(isOn).then(() => stream && stop(stream))
  }

  private async replace(isOn: boolean): Promise<void> {
    if (this.isClosed) return
    const { stream, state } = await this.source.open()
    if (this.isClosed) return stop(stream)
    this.stream = stream
    const track = stream.getAudioTracks()[0] ?? null
    if (track) track.enabled = isOn
    await this.put()
    this.onmicrophone?.()
    this.onoutgoing?.()
    this.news.microphone(state)
    this.watch(stream)
  }
}

const stop = (stream: MediaStream): void => stream.getTracks().forEach((track) => track.stop())
