import { peakByte } from '#shared/domain/recording/peaks'

/** A file of its own (web/static): the policy of the page lets no script in but files of ours. */
const METER = '/peak-meter.js'

/** What is heard in a call: our microphone and the other side, each as long as it lasts. */
export interface CallSound {
  readonly local: MediaStream | null
  readonly remote: MediaStream | null
}

/**
 * Both sides of a call as one stream of two channels: the agent left, the other side right (PHONE-11). A stream may be exchanged
 * in the call (another microphone, a transfer); a side that has none is silence.
 *
 *   local ─▶ mono ─▶ left ┐
 *                         ├─ merger ─▶ stream (for MediaRecorder)
 *   remote ▶ mono ▶ right ┘     └────▶ meter (peaks)
 */
export class SoundMixer {
  private readonly merger: ChannelMergerNode
  private readonly destination: MediaStreamAudioDestinationNode
  private readonly sides: { local: Side; remote: Side }
  private peaks: number[] = []
  private metered: AudioWorkletNode | null = null

  constructor(private readonly context: AudioContext) {
    this.merger = context.createChannelMerger(2)
    this.destination = context.createMediaStreamDestination()
    this.destination.channelCount = 2
    this.merger.connect(this.destination)
    this.sides = { local: new Side(context, this.merger, 0), remote: new Side(context, this.merger, 1) }
    void this.measure().catch(() => undefined) // without a meter the picture is made at the first playing
  }

  get stream(): MediaStream {
    return this.destination.stream
  }

  follow({ local, remote }: CallSound): void {
    this.sides.local.use(local)
    this.sides.remote.use(remote)
  }

  /** Since it was last asked. */
  takePeaks(): Uint8Array {
    const taken = Uint8Array.from(this.peaks)
    this.peaks = []
    return taken
  }

  close(): void {
    this.sides.local.use(null)
    this.sides.remote.use(null)
    this.merger.disconnect()
    this.metered?.disconnect()
    this.metered?.port.close()
    for (const track of this.stream.getTracks()) track.stop()
  }

  isPaused = false
  private async measure(): Promise<void> {
    await this.context.audioWorklet.addModule(METER)
    const node = new AudioWorkletNode(this.context, 'peak-meter', { channelCount: 2, channelCountMode: 'explicit' })
    node.port.onmessage = ({ data }: MessageEvent<[number, number]>) => {
      if (!this.isPaused) this.peaks.push(peakByte(data[0]), peakByte(data[1]))
    }
    this.merger.connect(node)
    // what leads nowhere is not computed: it adds nothing to the recording
    const nothing = this.context.createGain()
    nothing.gain.value = 0
    node.connect(nothing).connect(this.destination)
    this.metered = node
  }
}

/** One channel. */
class Side {
  private stream: MediaStream | null = null
  private source: MediaStreamAudioSourceNode | null = null
  private readonly mono: GainNode

  constructor(
    private readonly context: AudioContext,
    merger: ChannelMergerNode,
    channel: number,
  ) {
    this.mono = new GainNode(context, { channelCount: 1, channelCountMode: 'explicit' })
    this.mono.connect(merger, 0, channel)
  }

  use(stream: MediaStream | null): void {
    if (this.stream === stream) return
    this.source?.disconnect()
    this.stream = stream
    this.source = stream && stream.getAudioTracks().length > 0 ? this.context.createMediaStreamSource(stream) : null
    this.source?.connect(this.mono)
  }
}
