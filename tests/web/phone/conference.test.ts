import { afterEach, describe, expect, it, vi } from 'vitest'
import { Conference, type ConferenceLeg } from '../../../web/src/lib/phone/conference'

const streamOf = (name: string) => ({ name, getAudioTracks: () => [{ name }] }) as unknown as MediaStream

/** WebAudio as far as a mix needs it: a mix is named after what was connected to it. */
class FakeContext {
  state: AudioContextState = 'running'
  private listener: (() => void) | null = null
  addEventListener = (_: string, listener: () => void) => (this.listener = listener)
  removeEventListener = () => (this.listener = null)
  resume = vi.fn(async () => undefined)
  createMediaStreamSource = (stream: MediaStream) => ({
    connect: (sum: { inputs: string[] }) => sum.inputs.push((stream as unknown as { name: string }).name),
    disconnect: () => undefined,
  })
  createMediaStreamDestination = () => {
    const inputs: string[] = []
    return { inputs, disconnect: () => undefined, stream: { getAudioTracks: () => [{ inputs }] } }
  }
  become(state: AudioContextState): void {
    this.state = state
    this.listener?.()
  }
}

class Leg implements ConferenceLeg {
  onmicrophone: (() => void) | null = null
  sent: string = 'microphone alone'
  readonly remote: MediaStream
  local = streamOf('microphone')
  constructor(name: string) {
    this.remote = streamOf(name)
  }
  async mix(track: MediaStreamTrack | null): Promise<void> {
    this.sent = track ? (track as unknown as { inputs: string[] }).inputs.join(' + ') : 'microphone alone'
  }
}

function three() {
  const [customer, bob, context] = [new Leg('customer'), new Leg('bob'), new FakeContext()]
  const conference = new Conference([customer, bob], context as unknown as AudioContext)
  return { customer, bob, context, conference }
}

describe('a conference of three', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('[PHONE-4] each is sent the microphone and the third, and after it the microphone alone', async () => {
    const { customer, bob, conference } = three()
    expect([customer.sent, bob.sent]).toEqual(['microphone + bob', 'microphone + customer'])
    await conference.end()
    expect([customer.sent, bob.sent]).toEqual(['microphone alone', 'microphone alone'])
  })
  it('[PHONE-4] a suspended audio context silences nobody; it mixes again when it runs', async () => {
    const { customer, bob, context } = three()
    context.become('suspended')
    expect([customer.sent, bob.sent]).toEqual(['microphone alone', 'microphone alone'])
    await vi.waitFor(() => expect(context.resume).toHaveBeenCalled())
    context.become('running')
    expect(customer.sent).toBe('microphone + bob')
  })
  it('[PHONE-5] another microphone takes its place in the mix', () => {
    const { customer } = three()
    customer.local = streamOf('headset')
    customer.onmicrophone!()
    expect(customer.sent).toBe('headset + bob')
  })
})
