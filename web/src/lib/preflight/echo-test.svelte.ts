import { iceServers } from '#shared/protocol/ice'
import { api } from '$lib/api/client'
import { sipServer } from '$lib/phone/instance'
import { deviceMicrophone } from '$lib/phone/microphone'
import type { PhoneIdentity } from '$lib/phone/phone'
import type { EchoCall, SipEcho } from '$lib/phone/sip-echo'
import { playingBy } from '$lib/phone/sound-devices'
import { echoSound } from './loop-sound'

/** Long enough to hear oneself, short enough to be forgotten. */
const LASTS_MS = 60_000

/**
 * PHONE-5: one hears oneself a second later, through the edge and, where there is one, the relay. Every start of it can be stopped.
 *
 *   off ──start──▶ calling ──both ends up──▶ talking ──stop, a minute──▶ off
 *                     └── refused, no microphone ──▶ failed
 */
export class EchoTest {
  state = $state<'off' | 'calling' | 'talking' | 'failed'>('off')
  private line: SipEcho | null = null
  private sound: { close(): void } | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private run = 0

  constructor(private readonly identity: () => PhoneIdentity) {}

  async start(): Promise<void> {
    if (this.state === 'calling' || this.state === 'talking') return
    this.state = 'calling'
    const run = ++this.run
    try {
      const call = await this.call(() => run === this.run)
      if (run !== this.run) return
      this.state = 'talking'
      this.timer = setTimeout(() => this.stop(), LASTS_MS)
      void call.over.then(() => run === this.run && this.stop())
    } catch {
      if (run !== this.run) return
      this.stop()
      this.state = 'failed'
    }
  }

  stop(): void {
    this.run++
    clearTimeout(this.timer)
    this.sound?.close()
    void this.line?.close()
    this.sound = this.line = null
    this.state = 'off'
  }

  /** What it opens is closed by `stop`; what came too late for that, here. */
  private async call(isWanted: () => boolean): Promise<EchoCall> {
    const [{ SipEcho }, servers, { stream, state }] = await Promise.all([
      import('$lib/phone/sip-echo'),
      api.get('/api/ice-servers', { schema: iceServers, quiet: true }),
      deviceMicrophone.open(),
    ])
    const sound = echoSound(stream, playingBy('speaker'))
    if (!isWanted() || state !== 'ready') {
      sound.close()
      throw new Error('no microphone, or stopped')
    }
    this.sound = sound
    const line = new SipEcho({ identity: this.identity(), server: sipServer(location) })
    this.line = line
    await line.connect()
    const known = (servers.ok ? servers.value.iceServers : []) as RTCIceServer[]
    return line.call(sound, { iceServers: known, relayOnly: false })
  }
}
