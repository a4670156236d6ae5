import { isLive } from '$lib/phone/call-progress'
import { instanceOf, sipServer } from '$lib/phone/instance'
import { audioContext } from '$lib/phone/microphone'
import { initialState, type PhoneEngine, type PhoneState } from '$lib/phone/phone'
import { Sounds } from '$lib/phone/sounds'
import { Voice } from './voice'

const GUEST = 'demo-telephone'
const KEY = 'demo-telephone-answers'
/** Long enough to be seen ringing, short enough to wait for. */
const ANSWER_AFTER_MS = 2_000
const RECEIPT_MS = 6_000
/** Answering by itself it whispers: two loud windows on one laptop howl. */
const WHISPER = 0.03

/** The customer's telephone: a guest at the edge, rung for any number while no trunk is set (POOL-12). */
export class Telephone {
  state = $state.raw<PhoneState>(initialState(Date.now()))
  /** Another window of this browser is the telephone. */
  isElsewhere = $state(false)
  /** The browser lets no sound out before this page was touched. */
  isSilent = $state(false)
  answersItself = $state(localStorage.getItem(KEY) === 'yes')
  private engine: PhoneEngine | null = null
  private readonly speaker = new Audio()
  private readonly sounds = new Sounds()
  private readonly voice = new Voice(() => this.answersItself)
  private answerTimer: ReturnType<typeof setTimeout> | undefined
  private clearTimer: ReturnType<typeof setTimeout> | undefined
  private letGo: (() => void) | null = null

  /** Becomes the telephone of this browser. `take`: from the window that is. */
  async switchOn(take = false): Promise<void> {
    const options: LockOptions = take ? { steal: true } : { ifAvailable: true }
    await navigator.locks
      .request('demo-telephone', options, async (lock) => {
        this.isElsewhere = lock === null
        if (lock === null) return
        await this.register()
        await new Promise<void>((letGo) => (this.letGo = letGo))
      })
      // taken by another window
      .catch(() => (this.isElsewhere = true))
    await this.engine?.stop()
    this.engine = null
    this.sounds.play(null)
  }

  switchOff(): void {
    this.letGo?.()
  }

  setAnswersItself(on: boolean): void {
    this.answersItself = on
    localStorage.setItem(KEY, on ? 'yes' : 'no')
    if (on && this.state.call?.state === 'ringing-in') this.answerSoon()
  }

  touched(): void {
    void audioContext()
      .resume()
      .then(() => (this.isSilent = audioContext().state !== 'running'))
  }

  answer = () => void this.engine?.answer()
  decline = (busy = false) => void this.engine?.decline(busy)
  hangUp = () => void this.engine?.hangUp()
  mute = (on: boolean) => void this.engine?.mute(on)
  level = () => (this.state.call?.state === 'talking' ? (this.engine?.level() ?? 0) : 0)

  private async register(): Promise<void> {
    const { SipPhone } = await import('$lib/phone/sip-phone')
    const username = `guest-${GUEST}`
    const engine = new SipPhone({
      identity: { username, domain: location.hostname, displayName: '' },
      server: sipServer(location, GUEST),
      instance: instanceOf(username),
      // The device's microphone is asked for when it is needed: a telephone on a table asks nothing.
      microphone: this.voice,
      speaker: this.speaker,
      // a customer's telephone: who is engaged is engaged
      habits: { lines: 1, autoAnswer: null },
      changed: (state) => this.engine === engine && this.show(state),
    })
    this.engine = engine
    this.isSilent = audioContext().state !== 'running'
    engine.connect()
  }

  private show(state: PhoneState): void {
    const before = this.state.call
    this.state = state
    const { call } = state
    this.sounds.play(call?.state === 'ringing-in' ? 'ring' : null)
    this.speaker.volume = this.answersItself ? WHISPER : 1
    if (call?.state === 'ringing-in' && before?.state !== 'ringing-in') {
      clearTimeout(this.clearTimer)
      if (this.answersItself) this.answerSoon()
    }
    if (call?.answeredAt && !before?.answeredAt) this.voice.speak()
    if (!isLive(call) && isLive(before)) {
      clearTimeout(this.answerTimer)
      this.voice.hush()
      this.clearTimer = setTimeout(() => this.engine?.clear(), RECEIPT_MS)
    }
  }

  private answerSoon(): void {
    clearTimeout(this.answerTimer)
    this.answerTimer = setTimeout(this.answer, ANSWER_AFTER_MS)
  }
}
