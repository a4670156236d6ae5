import { hearing, type MonitorMode } from '#shared/domain/call/monitor'

/** The sound of the call that a supervisor is at, as the mixer needs it. */
export interface MonitoredSound {
  /** What the other side is sent without the supervisor. */
  readonly outgoing: MediaStreamTrack | null
  /** What the other side is heard by. */
  readonly remote: MediaStream | null
  /** Sent instead of `outgoing`; null: `outgoing` again. */
  lay(track: MediaStreamTrack | null): Promise<void>
  onoutgoing: (() => void) | null
}
export type MonitoredNow = { mode: MonitorMode; isMuted: boolean; isHeld: boolean }

/**
 * SIP-10, mixed on the agent's page (decision 0200).
 *
 *   agent ────┬──────────────▶ ⊕ ──▶ supervisor        whisper, barge: supervisor ──▶ the agent's ear (an <audio>, no context)
 *   customer ─┼──────────────▶ ┘
 *   supervisor┼─▶ ⊕ ──▶ customer                        barge alone, and only while the audio context runs: a mix of a context
 *   agent ────┴─▶ ┘                                     that was suspended is silence, and the customer must never get that
 *
 * What is recorded (microphone and the other side) is not touched.
 */
export class MonitorMixer {
  private readonly toSupervisor: MediaStreamAudioDestinationNode
  private heard: MediaStream | null = null
  private now: MonitoredNow
  private nodes: AudioNode[] = []
  private copy: MediaStreamTrack | null = null
  private laid: MediaStreamAudioDestinationNode | null = null
  private wired = ''
  private isOver = false
  private readonly stateChanged = () => this.follow()

  constructor(
    private readonly sound: MonitoredSound,
    private readonly context: AudioContext,
    private readonly ear: HTMLAudioElement,
    mode: MonitorMode,
  ) {
    this.now = { mode, isMuted: false, isHeld: false }
    this.toSupervisor = context.createMediaStreamDestination()
    this.ear.muted = true
    context.addEventListener('statechange', this.stateChanged)
    sound.onoutgoing = () => this.follow()
    this.follow()
  }

  /** What the supervisor is sent. */
  get stream(): MediaStream {
    return this.toSupervisor.stream
  }

  /** The supervisor's sound has come. */
  hear(stream: MediaStream): void {
    this.heard = stream
    // also in listen, muted: what plays nowhere is not decoded
    this.ear.srcObject = stream
    void this.ear.play().catch(() => undefined)
    this.follow()
  }

  set(now: Partial<MonitoredNow>): void {
    this.now = { ...this.now, ...now }
    this.follow()
  }

  /** Everything as it must be now; the nodes are made anew only when a source is another one. */
  follow(): void {
    if (this.isOver) return
    const { mode, isMuted, isHeld } = this.now
    const { byAgent, byCustomer } = hearing(mode)
    this.ear.muted = !byAgent
    this.wire()
    // on hold the agent answers a whisper; what they say while they are mute is nobody's
    if (this.copy) this.copy.enabled = !isMuted && (!isHeld || byAgent)
    const isRunning = this.context.state === 'running'
    if (!isRunning) void this.context.resume().catch(() => undefined)
    const joined = byCustomer && !isHeld && isRunning ? (this.laid?.stream.getAudioTracks()[0] ?? null) : null
    void this.sound.lay(joined).catch(() => undefined)
  }

  close(): void {
    if (this.isOver) return
    this.isOver = true
    this.context.removeEventListener('statechange', this.stateChanged)
    this.sound.onoutgoing = null
    void this.sound.lay(null).catch(() => undefined)
    this.drop()
    this.ear.srcObject = null
    for (const track of this.stream.getTracks()) track.stop()
  }

  private wire(): void {
    const { outgoing, remote } = this.sound
    const wanted = [outgoing?.id, remote?.id, this.heard?.id].join()
    if (wanted === this.wired) return
    this.wired = wanted
    const before = this.laid
    this.drop()
    // a copy is switched apart from the track that the customer is sent
    this.copy = outgoing?.clone() ?? null
    this.join(this.copy && new MediaStream([this.copy]), this.toSupervisor)
    this.join(remote, this.toSupervisor)
    this.laid = before ?? this.context.createMediaStreamDestination()
    this.join(outgoing && new MediaStream([outgoing]), this.laid)
    this.join(this.heard, this.laid)
  }

  private join(stream: MediaStream | null, to: AudioNode): void {
    if (!stream || stream.getAudioTracks().length === 0) return
    const source = this.context.createMediaStreamSource(stream)
    source.connect(to)
    this.nodes.push(source)
  }

  private drop(): void {
    for (const node of this.nodes) node.disconnect()
    this.nodes = []
    this.copy?.stop()
    this.copy = null
  }
}
