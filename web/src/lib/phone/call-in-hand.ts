import type { CallTap } from '../recording/call-tap'
import { CallMedia } from './call-media'
import { begin, isLive, progress, type Beginning, type CallEvent } from './call-progress'
import { MediaWatch, RETURN_MS } from './media-watch'
import type { Microphone } from './microphone'
import { initialState, type MediaStats, type PhoneState } from './phone'
import {
  addSample,
  summaryOf,
  type LegQuality,
  type QualitySample,
  type QualitySum,
} from '#shared/domain/quality/summary'
import { WARNING_WINDOW, warningOf } from '#shared/domain/quality/warning'
import { qualityOf, sampleOf } from './quality'

export type HandDeps = {
  microphone: Microphone
  speaker: HTMLAudioElement
  changed(state: PhoneState): void
  /** PHONE-8: the sound stopped and an ICE restart is wanted; the socket may have died with it; the sound did not come back. */
  mediaFailed(): void
  lineDoubted(): void
  mediaLost(): void
  /** PHONE-7: an answered call is over, and this is how it sounded here. */
  measured?(callId: string, quality: LegQuality): void
  /** PHONE-11: who listens along. */
  tap?: CallTap
}

/** The state that screens show, and the one call in it with its sound and figures. Knows no SIP: that drives it. */
export class CallInHand {
  state: PhoneState = initialState(Date.now())
  media: CallMedia | null = null
  private ticker: ReturnType<typeof setInterval> | null = null
  private watch: MediaWatch | null = null
  private lastStats: MediaStats | null = null
  private latest: QualitySample[] = []
  private sum: QualitySum | null = null

  /** `line`: which of the telephone's lines it is on. */
  constructor(
    private readonly deps: HandDeps,
    private readonly line = 1,
  ) {}

  set(change: Partial<PhoneState>): void {
    this.state = { ...this.state, ...change }
    this.deps.changed(this.state)
    if (change.line !== undefined) void this.lineChanged()
  }

  begin(beginning: Beginning): CallMedia {
    this.media?.close()
    const media: CallMedia = new CallMedia(this.deps.microphone, this.deps.speaker, {
      microphone: (state) => {
        if (this.media !== media) return
        this.set({ microphone: state })
        this.tell({ kind: 'microphone', isMissing: state !== 'ready' })
      },
      heard: () => this.media === media && this.tell({ kind: 'heard' }),
      connection: (state) => this.media === media && this.watch?.connection(state),
    })
    this.media = media
    this.set({ call: begin({ ...beginning, line: this.line }, Date.now()), quality: null })
    return media
  }

  tell(event: CallEvent): void {
    const { call } = this.state
    if (!call) return
    const next = progress(call, event, Date.now())
    if (next !== call) this.set({ call: next })
    if (event.kind === 'answered') this.measure()
    if (event.kind === 'answered' || event.kind === 'muted' || event.kind === 'held') this.passSound()
    if (this.media) this.deps.tap?.follow(next, this.media)
  }

  end(event: Omit<Extract<CallEvent, { kind: 'ended' }>, 'kind'>): void {
    if (this.ticker) clearInterval(this.ticker)
    this.ticker = this.watch = null
    const { media } = this
    media?.close()
    this.media = null
    const { call } = this.state
    const quality = isLive(call) ? summaryOf(this.sum) : null
    this.sum = null
    this.tell({ kind: 'ended', ...event })
    if (media && this.state.call) this.deps.tap?.follow(this.state.call, media)
    if (quality && call?.id) this.deps.measured?.(call.id, quality)
  }

  private passSound(): void {
    const { call } = this.state
    if (!isLive(call)) return
    this.media?.send(!call.isMuted && call.state !== 'held')
    this.media?.hear(call.state !== 'held')
  }

  private makeWatch(): MediaWatch {
    return new MediaWatch({
      restart: () => this.deps.mediaFailed(),
      doubt: () => this.deps.lineDoubted(),
      lost: () => this.deps.mediaLost(),
      interrupted: (on) => this.tell({ kind: 'interrupted', on }),
      now: () => Date.now(),
    })
  }

  /** PHONE-8: whoever was cut off looks at once whether the sound still flows. */
  private async lineChanged(): Promise<void> {
    const { watch, media } = this
    if (!watch || !media) return
    const isUp = this.state.line === 'registered'
    const before = isUp ? await media.stats() : null
    if (before) watch.sample(before.packetsReceived, this.isHeard)
    watch.line(isUp)
    if (!isUp) return
    await new Promise((later) => setTimeout(later, RETURN_MS))
    const after = await media.stats()
    if (this.watch === watch && after) watch.returned(after.packetsReceived, this.isHeard)
  }

  /** Nobody holds: packets are due. */
  private get isHeard(): boolean {
    return this.state.call?.state === 'talking' && !this.media?.isHeldByOther()
  }

  /** PHONE-7: once a second. The last known quality stays for the receipt. */
  private measure(): void {
    this.lastStats = null
    this.latest = []
    this.sum = null
    this.watch = this.makeWatch()
    this.watch.line(this.state.line === 'registered')
    this.ticker ??= setInterval(async () => {
      const now = (await this.media?.stats()) ?? null
      if (now === null || !isLive(this.state.call)) return
      if (now.packetsReceived > 0) this.tell({ kind: 'heard' })
      this.watch?.sample(now.packetsReceived, this.isHeard)
      const sample = sampleOf(this.lastStats, now)
      this.lastStats = now
      if (sample) this.judge(sample)
    }, 1000)
  }

  private judge(sample: QualitySample): void {
    this.latest = [...this.latest, sample].slice(-WARNING_WINDOW)
    // what is on hold is silence by order: it says nothing of the line
    if (this.state.call?.state === 'talking') this.sum = addSample(this.sum, sample)
    this.set({ quality: qualityOf(sample, warningOf(this.latest)) })
  }
}
