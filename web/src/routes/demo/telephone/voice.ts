import { audioContext, deviceMicrophone, type Microphone } from '$lib/phone/microphone'

const FILE = '/demo/voice.wav'

/** Speaks the sample voice into the call, again and again, instead of a microphone. */
export class Voice implements Microphone {
  private recording: Promise<AudioBuffer> | null = null
  private playing: AudioBufferSourceNode | null = null

  /** `isOn`: whether the next call is spoken to by the sample voice. */
  constructor(private readonly isOn: () => boolean) {}

  async open() {
    if (!this.isOn()) return deviceMicrophone.open()
    const context = audioContext()
    const destination = context.createMediaStreamDestination()
    this.playing = context.createBufferSource()
    this.playing.buffer = await this.load()
    this.playing.loop = true
    this.playing.connect(destination)
    return { stream: destination.stream, state: 'ready' as const }
  }

  /** From its beginning, when the call is answered. */
  speak(): void {
    this.playing?.start()
  }

  hush(): void {
    this.playing?.disconnect()
    this.playing = null
  }

  private load(): Promise<AudioBuffer> {
    this.recording ??= fetch(FILE)
      .then((reply) => (reply.ok ? reply.arrayBuffer() : Promise.reject(new Error('no sample voice'))))
      .then((bytes) => audioContext().decodeAudioData(bytes))
      .catch((error: unknown) => {
        this.recording = null
        throw error
      })
    return this.recording
  }
}
