import { describe, expect, it, vi } from 'vitest'
import { MonitorMixer, type MonitoredSound } from '../../../web/src/lib/phone/monitor-mixer'

type Named = { name: string; enabled: boolean }
const track = (name: string) => {
  const one = { id: name, name, enabled: true, stop: () => undefined, clone: () => track(`copy of ${name}`) }
  return one as unknown as MediaStreamTrack
}
const nameOf = (one: unknown) => (one as Named).name
class FakeStream {
  readonly id: string
  constructor(readonly tracks: MediaStreamTrack[]) {
    this.id = tracks.map(nameOf).join()
  }
  getAudioTracks = () => this.tracks
  getTracks = () => this.tracks
}
vi.stubGlobal('MediaStream', FakeStream)
const streamOf = (name: string) => new FakeStream([track(name)]) as unknown as MediaStream

type Sum = { inputs: Set<MediaStreamTrack> }
/** WebAudio as far as a mix needs it: a sum's track knows what is connected to it now. */
class FakeContext {
  state: AudioContextState = 'running'
  private listener: (() => void) | null = null
  addEventListener = (_: string, listener: () => void) => (this.listener = listener)
  removeEventListener = () => (this.listener = null)
  resume = vi.fn(async () => undefined)
  createMediaStreamSource = (stream: FakeStream) => {
    const sums: Sum[] = []
    return {
      connect: (sum: Sum) => sums.push(sum) && sum.inputs.add(stream.tracks[0]!),
      disconnect: () => sums.forEach(({ inputs }) => inputs.delete(stream.tracks[0]!)),
    }
  }
  createMediaStreamDestination = () => {
    const sum: Sum = { inputs: new Set() }
    return Object.assign(sum, { stream: new FakeStream([Object.assign(track('sum'), { sum })]) })
  }
  become(state: AudioContextState): void {
    this.state = state
    this.listener?.()
  }
}

/** alice's end of the call: what the customer is sent is named. */
class Sound implements MonitoredSound {
  outgoing: MediaStreamTrack | null = track('alice')
  remote: MediaStream | null = streamOf('customer')
  onoutgoing: (() => void) | null = null
  laid: MediaStreamTrack | null = null
  async lay(track: MediaStreamTrack | null): Promise<void> {
    this.laid = track
  }
  get sent(): string[] {
    return this.laid ? heardIn(this.laid) : [nameOf(this.outgoing)]
  }
}
const heardIn = (one: MediaStreamTrack) =>
  [...(one as unknown as { sum: Sum }).sum.inputs].filter(({ enabled }) => enabled).map(nameOf)

function monitored() {
  const [sound, context] = [new Sound(), new FakeContext()]
  const ear = { muted: false, srcObject: null, play: async () => undefined }
  const mixer = new MonitorMixer(
    sound,
    context as unknown as AudioContext,
    ear as unknown as HTMLAudioElement,
    'listen',
  )
  mixer.hear(streamOf('supervisor'))
  const toSupervisor = () => heardIn(mixer.stream.getTracks()[0]!)
  return { sound, context, ear, mixer, toSupervisor }
}

describe('a supervisor mixed in', () => {
  it('[SIP-10] hears both; is heard by nobody, by the agent, by both', () => {
    const { sound, ear, mixer, toSupervisor } = monitored()
    expect(toSupervisor()).toEqual(['copy of alice', 'customer'])
    expect([ear.muted, sound.sent]).toEqual([true, ['alice']])
    mixer.set({ mode: 'whisper' })
    expect([ear.muted, sound.sent]).toEqual([false, ['alice']])
    mixer.set({ mode: 'barge' })
    expect([ear.muted, sound.sent]).toEqual([false, ['alice', 'supervisor']])
    mixer.set({ mode: 'listen' })
    expect([ear.muted, sound.sent]).toEqual([true, ['alice']])
  })

  it('[SIP-10] a suspended audio context silences no customer: the microphone is back at once, the mix when it runs', () => {
    const { sound, context, mixer } = monitored()
    mixer.set({ mode: 'barge' })
    context.become('suspended')
    expect(sound.sent).toEqual(['alice'])
    expect(context.resume).toHaveBeenCalled()
    context.become('running')
    expect(sound.sent).toEqual(['alice', 'supervisor'])
    mixer.close()
    expect([sound.sent, sound.onoutgoing]).toEqual([['alice'], null])
  })

  it('[SIP-10, PHONE-4] on hold nothing of the mix goes out, and a whisper is answered; mute, the agent is heard by nobody', () => {
    const { sound, mixer, toSupervisor } = monitored()
    mixer.set({ mode: 'barge', isHeld: true })
    expect(sound.laid).toBeNull()
    expect(toSupervisor()).toContain('copy of alice')
    mixer.set({ mode: 'listen' })
    expect(toSupervisor()).toEqual(['customer'])
    mixer.set({ mode: 'whisper', isHeld: false, isMuted: true })
    expect(toSupervisor()).toEqual(['customer'])
  })

  it('[SIP-10, PHONE-4] goes along with another microphone, a conference’s mix, and another other side', () => {
    const { sound, mixer, toSupervisor } = monitored()
    mixer.set({ mode: 'barge' })
    sound.outgoing = track('alice and bob')
    sound.remote = streamOf('another customer')
    sound.onoutgoing!()
    expect(toSupervisor()).toEqual(['copy of alice and bob', 'another customer'])
    expect(sound.sent).toEqual(['alice and bob', 'supervisor'])
  })
})
