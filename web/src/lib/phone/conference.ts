/** The sound of one call as a conference needs it. */
export interface ConferenceLeg {
  /** Our microphone for this call; null until it was opened. */
  readonly local: MediaStream | null
  /** What the other side is heard by. */
  readonly remote: MediaStream | null
  /** Sends this instead of the microphone; null: the microphone again. */
  mix(track: MediaStreamTrack | null): Promise<void>
  /** Another microphone took the first one's place. */
  onmicrophone: (() => void) | null
}

/**
 * PHONE-4, a conference of three, mixed on this page (decision 0176): each of the two others is sent the microphone and the third.
 *
 *   microphone ─┬─▶ ⊕ ──▶ first         While the audio context does not run (a page that lost its leave to sound), both get the
 *   second ─────┘                       microphone alone: nobody is silenced. It mixes again when the context runs.
 *   microphone ─┬─▶ ⊕ ──▶ second
 *   first ──────┘
 */
export class Conference {
  private nodes: AudioNode[] = []
  private isOver = false
  private readonly follow = () => void this.mixOrNot()

  constructor(
    private readonly legs: [ConferenceLeg, ConferenceLeg],
    private readonly context: AudioContext,
  ) {
    context.addEventListener('statechange', this.follow)
    for (const leg of legs) leg.onmicrophone = this.follow
    void this.mixOrNot()
  }

  async end(): Promise<void> {
    this.isOver = true
    this.context.removeEventListener('statechange', this.follow)
    for (const leg of this.legs) leg.onmicrophone = null
    this.drop()
    await this.microphoneAlone()
  }

  private async mixOrNot(): Promise<void> {
    this.drop()
    if (this.isOver) return
    if (this.context.state !== 'running') {
      await this.microphoneAlone()
      return this.context.resume().catch(() => undefined)
    }
    const [first, second] = this.legs
    await Promise.all([first.mix(this.mixOf(first, second)), second.mix(this.mixOf(second, first))])
  }

  private microphoneAlone(): Promise<unknown> {
    return Promise.all(this.legs.map((leg) => leg.mix(null).catch(() => undefined)))
  }

  private mixOf(to: ConferenceLeg, other: ConferenceLeg): MediaStreamTrack | null {
    const sum = this.context.createMediaStreamDestination()
    const sources = [to.local, other.remote].flatMap((stream) =>
      stream && stream.getAudioTracks().length > 0 ? [this.context.createMediaStreamSource(stream)] : [],
    )
    for (const source of sources) source.connect(sum)
    this.nodes.push(sum, ...sources)
    return sum.stream.getAudioTracks()[0] ?? null
  }

  private drop(): void {
    for (const node of this.nodes) node.disconnect()
    this.nodes = []
  }
}
