import { isLive } from './call-progress'
import type { Phone, PhoneCall } from './phone'

/** Media Session, as far as calls need it; browsers know more or fewer of these. */
type Action = 'hangup' | 'togglemicrophone' | 'play' | 'pause'
type Session = {
  metadata: unknown
  playbackState: 'none' | 'paused' | 'playing'
  setActionHandler(action: Action, handler: (() => void) | null): void
  setMicrophoneActive?(active: boolean): void
}
type Told = Pick<Phone, 'hangUp' | 'mute' | 'hold'>
export type MediaKeysDeps = {
  session: Session | undefined
  /** What the system shows beside its keys. */
  describe(who: string): unknown
}

/**
 * PHONE-12: the system's own keys for calls: hang up and microphone (picture-in-picture, lock screen), play and pause of a headset or
 * keyboard hold and resume. Only while a call talks or is held here: media keys belong to the music otherwise.
 */
export class MediaKeys {
  private now: PhoneCall | null = null
  private isOn = false

  constructor(
    private readonly phone: Told,
    private readonly deps: MediaKeysDeps,
  ) {}

  follow(call: PhoneCall | null): void {
    const { session } = this.deps
    if (!session) return
    const now = isLive(call) && call.answeredAt !== null ? call : null
    const before = this.now
    this.now = now
    if (now && !this.isOn) this.switchOn(session)
    else if (!now && this.isOn) this.switchOff(session)
    if (!now) return
    session.playbackState = now.state === 'held' ? 'paused' : 'playing'
    if (now.isMuted !== before?.isMuted) session.setMicrophoneActive?.(!now.isMuted)
    const who = now.name ?? now.number
    if (!before || who !== (before.name ?? before.number)) session.metadata = this.deps.describe(who)
  }

  private switchOn(session: Session): void {
    this.isOn = true
    this.on(session, 'hangup', () => this.phone.hangUp())
    this.on(session, 'togglemicrophone', (call) => this.phone.mute(!call.isMuted))
    this.on(session, 'pause', () => this.phone.hold(true))
    this.on(session, 'play', () => this.phone.hold(false))
  }

  private switchOff(session: Session): void {
    this.isOn = false
    for (const action of ['hangup', 'togglemicrophone', 'pause', 'play'] as const) this.set(session, action, null)
    session.metadata = null
    session.playbackState = 'none'
  }

  private on(session: Session, action: Action, act: (call: PhoneCall) => Promise<unknown>): void {
    this.set(session, action, () => this.now && void act(this.now))
  }

  private set(session: Session, action: Action, handler: (() => void) | null): void {
    try {
      session.setActionHandler(action, handler)
    } catch {
      // this browser does not know the key
    }
  }
}

/** The page's own, if it has one. */
export const pageMediaSession = (): MediaKeysDeps => ({
  session: 'mediaSession' in navigator ? (navigator.mediaSession as unknown as Session) : undefined,
  describe: (title) => new MediaMetadata({ title, artist: 'Switchroom' }),
})
