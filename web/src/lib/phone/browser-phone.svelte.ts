import type { CallTap, RecordingAction, RecordingNow } from '$lib/recording/call-tap'
import { watchCardFields } from '$lib/recording/card-fields'
import type { CallRecorder } from '$lib/recording/call-recorder'
import { iceServers } from '#shared/protocol/ice'
import { api } from '$lib/api/client'
import { instanceOf, sipServer } from './instance'
import { AutoAnswer } from './auto-answer'
import { IceServerBook } from './ice-servers'
import { CallKeeper } from './kept-call'
import { isLive } from './call-progress'
import { audioContext, deviceMicrophone } from './microphone'
import { showMessage } from './message-toast'
import { MediaKeys, pageMediaSession } from './media-keys'
import { announce, askToNotify } from './notification'
import {
  DEFAULT_HABITS,
  initialState,
  type DialOptions,
  type DialOutcome,
  type MediaStats,
  type Phone,
  type PhoneCall,
  type PhoneEngine,
  type PhoneHabits,
  type PhoneIdentity,
  type PhoneState,
} from './phone'
import { reportQuality } from './quality-report'
import { playingBy } from './sound-devices'
import { beep, Sounds, type SoundName } from './sounds'
import { TabLink } from './tab-link'
import { WakeLock } from './wake-lock'

type Shared = { state: PhoneState; identity: PhoneIdentity | null; recording?: RecordingNow | null }
type MakeEngine = (identity: PhoneIdentity, changed: (state: PhoneState) => void, tap: CallTap) => Promise<PhoneEngine>

const ice = new IceServerBook(() => api.get('/api/ice-servers', { schema: iceServers, quiet: true }))

/** SIP.js is 60 kB that a supervisor's page never needs: it is loaded when someone goes available. */
const makeSipPhone: MakeEngine = async (identity, changed, tap) => {
  void ice.renew()
  const { SipPhone } = await import('./sip-phone')
  const options = {
    identity,
    server: sipServer(location),
    instance: instanceOf(identity.username),
    microphone: deviceMicrophone,
    speaker: playingBy('speaker'),
    keeper: new CallKeeper(identity.username),
    endCall: (id: string) => api.post(`/api/calls/${id}/end`, { quiet: true }),
    anotherSpeaker: () => playingBy('speaker'),
    iceServers: () => ice.current as RTCIceServer[],
  }
  return new SipPhone({ ...options, changed, tap, measured: reportQuality })
}

/** The app's one telephone: the port as reactive state, over the engine of this tab or the tab that owns it (PHONE-10). */
export class BrowserPhone implements Phone {
  private state = $state.raw<PhoneState>(initialState(Date.now()))
  isOwner = $state(false)
  recording = $state.raw<RecordingNow | null>(null)
  private recorder: CallRecorder | null = null
  private hasHeadsets = false
  private identity: PhoneIdentity | null = null
  private engine: PhoneEngine | null = null
  private wanted: PhoneHabits = DEFAULT_HABITS
  private readonly sounds = new Sounds()
  private readonly wakeLock = new WakeLock()
  private readonly mediaKeys = new MediaKeys(this, pageMediaSession())
  private readonly autoAnswer = new AutoAnswer({
    beep,
    answer: () => void this.answer(),
    now: () => Date.now(),
    later: (ms, run) => {
      const timer = setTimeout(run, ms)
      return () => clearTimeout(timer)
    },
  })
  private readonly tabs: TabLink<Shared>

  constructor(private readonly makeEngine: MakeEngine = makeSipPhone) {
    this.tabs = new TabLink<Shared>('switchroom-phone', {
      owned: (last) => this.takeOver(last),
      mirrored: ({ state, identity, recording = null }) => {
        this.heed(state)
        this.state = state
        this.identity = identity
        this.recording = recording
      },
      current: () => this.shared(),
      act: (action, args) => this.act(action as keyof Actions, args as never),
    })
    // A tab that goes takes the microphone with it; whoever talks is kept for the page that comes after it (PHONE-9).
    addEventListener('pagehide', () => {
      if (isLive(this.state.call)) this.engine?.depart()
    })
    watchCardFields((isIn) => this.recording && void this.record(isIn ? 'card' : 'card-over'))
    addEventListener('beforeunload', (event) => {
      if (this.isOwner && isLive(this.state.call) && this.state.call.answeredAt !== null) event.preventDefault()
    })
  }

  get line() {
    return this.state.line
  }
  get lineProblem() {
    return this.state.lineProblem
  }
  get lineSince() {
    return this.state.lineSince
  }
  get microphone() {
    return this.state.microphone
  }
  get call() {
    return this.state.call
  }
  get others() {
    return this.state.others
  }
  get habits() {
    return this.state.habits
  }
  get answersAt() {
    return this.state.answersAt
  }
  get isConference() {
    return this.state.isConference
  }
  get monitoredBy() {
    return this.state.monitoredBy
  }
  get rejoinOffer() {
    return this.state.rejoinOffer
  }
  get transferNow() {
    return this.state.transferNow
  }
  get lastDialled() {
    return this.state.lastDialled
  }
  get quality() {
    return this.state.quality
  }

  async start(identity: PhoneIdentity): Promise<void> {
    audioContext()
    await this.act('start', [identity])
    // After the microphone's question, and never unasked: a reload is no gesture.
    if (navigator.userActivation?.isActive) void askToNotify()
  }
  async stop(): Promise<void> {
    await this.act('stop', [])
  }
  async dial(target: string, options: DialOptions = {}): Promise<DialOutcome> {
    return (await this.act('dial', [target, options])) ?? { dialled: false, why: 'no-line' }
  }
  async suit({ lines, autoAnswer }: PhoneHabits): Promise<void> {
    await this.act('suit', [{ lines, autoAnswer }])
  }
  async answer(line?: number): Promise<void> {
    await this.act('answer', [line])
  }
  async decline(busy = false, line?: number): Promise<void> {
    await this.act('decline', [busy, line])
  }
  async hangUp(): Promise<void> {
    await this.act('hangUp', [])
  }
  async rejoin(): Promise<boolean> {
    return (await this.act('rejoin', [])) ?? false
  }
  async leave(): Promise<void> {
    await this.act('leave', [])
  }
  async mute(on: boolean): Promise<void> {
    await this.act('mute', [on])
  }
  async hold(on: boolean): Promise<void> {
    await this.act('hold', [on])
  }
  async swap(line?: number): Promise<void> {
    await this.act('swap', [line])
  }
  async merge(on: boolean): Promise<void> {
    await this.act('merge', [on])
  }
  async transfer(target: string): Promise<DialOutcome> {
    return (await this.act('transfer', [target])) ?? { dialled: false, why: 'no-line' }
  }
  /** By the server: SIP has no word for it. */
  async stopTransfer(): Promise<void> {
    const { id } = this.state.call ?? {}
    if (id) await api.delete(`/api/calls/${id}/transfer`, { quiet: true }).catch(() => undefined)
  }
  async complete(): Promise<boolean> {
    return (await this.act('complete', [])) ?? false
  }
  async sendDigit(digit: string): Promise<void> {
    await this.act('sendDigit', [digit])
  }
  async record(action: RecordingAction): Promise<void> {
    await this.act('record', [action])
  }
  clear(): void {
    void this.act('clear', [])
  }
  async stats(): Promise<MediaStats | null> {
    return (await this.engine?.stats()) ?? null
  }

  /** Does it here, or has the owning tab do it. */
  private async act<A extends keyof Actions>(
    action: A,
    args: Parameters<Actions[A]>,
  ): Promise<Awaited<ReturnType<Actions[A]>> | undefined> {
    await this.tabs.ready
    if (!this.tabs.isOwner) return (await this.tabs.ask(action, $state.snapshot(args) as unknown[])) as never
    if (action === 'start') return (await this.open(args[0] as PhoneIdentity)) as never
    if (action === 'stop') return (await this.shut()) as never
    if (action === 'suit') this.wanted = args[0] as PhoneHabits
    if (!this.engine && action === 'suit') this.state = { ...this.state, habits: this.wanted }
    if (action === 'record') return this.recorder?.act(args[0] as RecordingAction) as never
    const run = this.engine?.[action as keyof Omit<Actions, 'start' | 'stop' | 'record'>] as
      ((...args: unknown[]) => unknown) | undefined
    return (await run?.apply(this.engine, args)) as never
  }

  private async open(identity: PhoneIdentity): Promise<void> {
    const isSame = this.identity?.username === identity.username && this.identity.domain === identity.domain
    if (this.engine && !isSame) await this.shut()
    this.identity = identity
    if (!this.engine) {
      await this.openRecorder(identity)
      const tap: CallTap = { follow: (call, sound) => this.recorder?.follow(call, sound) }
      const engine = await this.makeEngine(identity, (state) => this.engine === engine && this.show(state), tap)
      if (this.identity !== identity) return
      this.engine = engine
    }
    await this.engine.suit(this.wanted)
    void this.followHeadsets()
    await this.engine.start()
  }

  /** PHONE-12. Where the browser has no WebHID nothing is loaded. */
  private async followHeadsets(): Promise<void> {
    if (this.hasHeadsets || !('hid' in navigator)) return
    this.hasHeadsets = true
    const module = await import('$lib/headset/headsets.svelte').catch(() => null)
    module?.thisHeadsets().follow(this)
  }

  /** PHONE-11. Without it there are calls all the same. */
  private async openRecorder({ username }: PhoneIdentity): Promise<void> {
    const module = await import('$lib/recording/call-recorder').catch(() => null)
    this.recorder = module && new module.CallRecorder(username, (now) => this.showRecording(now))
  }

  private showRecording(now: RecordingNow | null): void {
    this.recording = now
    this.tabs.publish(this.shared())
  }

  private shared(): Shared {
    return { state: this.state, identity: this.identity, recording: this.recording }
  }

  private async shut(): Promise<void> {
    const { engine } = this
    this.identity = null
    await engine?.stop()
    if (this.engine !== engine) return
    this.engine = null
    this.show({ ...initialState(Date.now(), this.wanted), lastDialled: this.state.lastDialled })
  }

  /** The tab that owned the telephone has gone, and its call with it: this one registers in its place. */
  private takeOver(last: Shared | null): void {
    this.isOwner = true
    this.recording = null
    if (last) this.wanted = last.state.habits
    if (!last?.identity || last.state.line === 'off') return
    this.state = { ...initialState(Date.now(), this.wanted), lastDialled: last.state.lastDialled }
    void this.open(last.identity)
  }

  private heed({ message }: PhoneState): void {
    if (message && message.id !== this.state.message?.id) showMessage(message, Date.now())
  }

  private show(state: PhoneState): void {
    this.heed(state)
    const before = ringing(this.state)
    this.state = state
    this.tabs.publish(this.shared())
    this.sounds.play(soundOf(state))
    this.autoAnswer.follow(state.answersAt)
    this.wakeLock.follow(isLive(state.call))
    this.mediaKeys.follow(state.call)
    const rings = ringing(state)
    if (rings?.line !== before?.line || rings?.since !== before?.since) announce(rings)
  }
}

/** What rings here, or waits beside the call in hand. */
const ringing = ({ call, others }: PhoneState): PhoneCall | null =>
  [call, ...others].find((one) => one?.state === 'ringing-in') ?? null

type Actions = Pick<
  Phone,
  | 'start'
  | 'stop'
  | 'suit'
  | 'dial'
  | 'answer'
  | 'decline'
  | 'hangUp'
  | 'mute'
  | 'hold'
  | 'swap'
  | 'transfer'
  | 'rejoin'
  | 'leave'
  | 'merge'
  | 'complete'
  | 'sendDigit'
  | 'record'
  | 'clear'
>

function soundOf({ call, others }: PhoneState): SoundName | null {
  if (call?.state === 'ringing-in') return 'ring'
  // Only what the edge said: without its 180 nothing rings at the other end.
  if (call?.state === 'ringing-out') return call.hasRung ? 'ring-back' : null
  if (others.some((one) => one.state === 'ringing-in')) return 'waiting'
  return call?.cause === 'busy' ? 'busy' : null
}

let phone: BrowserPhone | null = null
/** The telephone, where this tab has one: a page of settings makes none. */
export const openedPhone = (): BrowserPhone | null => phone
/** The telephone of this app; made at first use. */
export const browserPhone = (): BrowserPhone => (phone ??= new BrowserPhone())
