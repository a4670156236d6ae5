import type { PauseReason } from '#shared/domain/recording/pausing'
import type { Policy } from '#shared/domain/recording/policy'
import { isLive } from '$lib/phone/call-progress'
import { audioContext } from '$lib/phone/microphone'
import type { PhoneCall } from '$lib/phone/phone'
import { askPolicy } from './recording-api'
import { openRecordingDb } from './recording-db'
import { RecordingStore } from './recording-store'
import { RecordedCall, type Recorder } from './recorded-call'
import type { CallTap, RecordingAction, RecordingNow } from './call-tap'
import { SoundMixer, type CallSound } from './sound-mixer'
import { liveLock, tellStored } from './uploader'

/** Opus where the browser has it; Safari has mp4 only. */
const TYPES = ['audio/webm;codecs=opus', 'audio/mp4;codecs=mp4a.40.2', 'audio/mp4'] as const
/** Two voices apart: less, and Opus mixes the channels. */
const BITS_PER_SECOND = 64_000

/** One call as the recorder follows it. */
type Followed = {
  call: PhoneCall
  sound: CallSound
  policy: Policy | 'asked' | null
  mixer: SoundMixer | null
  recorded: RecordedCall | null
  isBroken: boolean
  /** Of the lock that says that more will come. */
  letGo: () => void
}

/**
 * Records the calls of this page (PHONE-11): asks the edge which policy a call is under, begins by itself where calls are always
 * recorded, and by hand after they agreed where it asks. Held calls stand still.
 */
export class CallRecorder implements CallTap {
  private readonly followed = new Map<CallSound, Followed>()
  private readonly store: Promise<RecordingStore>

  constructor(
    username: string,
    private readonly changed: (now: RecordingNow | null) => void,
  ) {
    this.store = openRecordingDb(username).then((db) => new RecordingStore(db))
    this.store.catch(() => undefined) // said when a call is to be recorded
  }

  follow(call: PhoneCall, sound: CallSound): void {
    if (!isLive(call)) return this.end(sound)
    const one: Followed = this.followed.get(sound) ?? {
      call,
      sound,
      policy: null,
      mixer: null,
      recorded: null,
      isBroken: false,
      letGo: () => {},
    }
    one.call = call
    this.followed.set(sound, one)
    if (call.id !== null && one.policy === null) void this.askPolicy(one, call.id)
    one.mixer?.follow(sound)
    if (call.state === 'held') this.stand(one, 'hold', true)
    else if (one.recorded?.pauseReason) this.stand(one, 'hold', false)
    this.goOn(one)
  }

  act(action: RecordingAction): void {
    const one = this.current()
    if (!one) return
    if (action === 'agree') void this.begin(one, 'agreed')
    else if (action === 'card' || action === 'pause') this.stand(one, action === 'card' ? 'card' : 'hand', true)
    else {
      this.stand(one, 'card', false)
      if (action === 'resume') this.stand(one, 'hand', false)
    }
    this.tell()
  }

  private async askPolicy(one: Followed, callId: string): Promise<void> {
    one.policy = 'asked'
    const policy = await askPolicy(callId)
    if (!this.followed.has(one.sound)) return
    one.policy = policy ?? 'off'
    this.goOn(one)
    if (one.policy === 'ask' && (await this.wasAgreed(callId))) this.agreed.add(callId)
    this.goOn(one)
  }

  /** They agreed before this page was loaded again in the middle of their call. */
  private async wasAgreed(callId: string): Promise<boolean> {
    const kept = await this.store.then((store) => store.list()).catch(() => [])
    return kept.some((one) => one.callId === callId && one.consent === 'agreed')
  }
  private readonly agreed = new Set<string>()

  private goOn(one: Followed): void {
    if (one.policy === 'always') void this.begin(one, 'told')
    else if (this.agreed.has(one.call.id ?? '')) void this.begin(one, 'agreed')
    this.tell()
  }

  private async begin(one: Followed, consent: 'agreed' | 'told'): Promise<void> {
    const callId = one.call.id
    if (one.recorded || one.mixer || one.isBroken || callId === null || one.call.answeredAt === null) return
    if (one.policy !== (consent === 'agreed' ? 'ask' : 'always')) return
    const type = TYPES.find((one) => globalThis.MediaRecorder?.isTypeSupported(one))
    if (!type) return this.broke(one)
    const mixer = new SoundMixer(audioContext())
    one.mixer = mixer
    mixer.follow(one.sound)
    const id = crypto.randomUUID()
    const mimeType = type.startsWith('audio/webm') ? 'audio/webm' : 'audio/mp4'
    let letGo = () => {}
    try {
      const store = await this.store
      letGo = await holdLock(id)
      await store.begin({ id, callId, startedAt: Date.now(), mimeType, consent })
      if (one.mixer !== mixer) {
        letGo()
        return await store.forget(id)
      }
      const recorder = new MediaRecorder(mixer.stream, { mimeType: type, audioBitsPerSecond: BITS_PER_SECOND })
      one.recorded = new RecordedCall(id, {
        recorder: recorder as Recorder,
        sink: store,
        takePeaks: () => mixer.takePeaks(),
        now: () => Date.now(),
        stored: tellStored,
        failed: () => this.broke(one),
      })
      one.letGo = letGo
      one.recorded.start()
      if (one.call.state === 'held') this.stand(one, 'hold', true)
      this.tell()
    } catch {
      letGo()
      this.broke(one)
    }
  }

  private stand(one: Followed, why: PauseReason, on: boolean): void {
    const { recorded, mixer } = one
    if (!recorded) return
    if (on) recorded.pause(why)
    else recorded.resume(why)
    if (mixer) mixer.isPaused = recorded.pauseReason !== null
    this.tell()
  }

  private end(sound: CallSound): void {
    const one = this.followed.get(sound)
    if (!one) return
    this.followed.delete(sound)
    const { recorded, mixer } = one
    one.mixer = null
    void (recorded?.stop() ?? Promise.resolve()).finally(() => {
      one.letGo()
      tellStored()
      mixer?.close()
    })
    this.tell()
  }

  private broke(one: Followed): void {
    one.isBroken = true
    this.tell()
  }

  /** The one that is talked in; else the first. */
  private current(): Followed | null {
    const all = [...this.followed.values()]
    return all.find(({ call }) => call.state === 'talking') ?? all[0] ?? null
  }

  private shown: string | null = null
  private tell(): void {
    const one = this.current()
    const now: RecordingNow | null =
      one && one.policy && one.policy !== 'asked' && (one.policy !== 'off' || one.recorded)
        ? { policy: one.policy, state: stateOf(one), why: one.recorded?.pauseReason ?? null }
        : null
    const text = JSON.stringify(now)
    if (text === this.shown) return
    this.shown = text
    this.changed(now)
  }
}

function stateOf({ recorded, isBroken }: Followed): RecordingNow['state'] {
  if (isBroken) return 'broken'
  if (!recorded) return 'off'
  return recorded.pauseReason ? 'paused' : 'on'
}

/** Held as long as the page lives and the recording goes on: the deliverer knows by it that more will come. */
function holdLock(id: string): Promise<() => void> {
  const { locks } = navigator
  if (!locks) return Promise.resolve(() => {})
  return new Promise((held) => {
    void locks.request(liveLock(id), () => new Promise<void>((letGo) => held(letGo)))
  })
}
