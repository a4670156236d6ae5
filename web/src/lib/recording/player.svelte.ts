import { silentStretches, skipFrom, type Stretch } from '#shared/domain/recording/peaks'
import type { HeardRecording } from '#shared/protocol/recordings'
import type { Trouble } from '../api/reply'
import { fetchSound, keepPeaks, readPeaks } from './recordings-api'
import { pictureOf } from './sound-picture'

export const SPEEDS = [0.75, 1, 1.25, 1.5, 2] as const
export type Heard = 'both' | 'agent' | 'other'
/** How loud left and right go to the left and to the right ear. Both sides: each is nearer to its own ear. */
const EARS: Record<Heard, [ll: number, lr: number, rl: number, rr: number]> = {
  both: [1, 0.5, 0.5, 1],
  agent: [1, 1, 0, 0],
  other: [0, 0, 1, 1],
}

/** Plays one recording (PHONE-11): speed, seeking, one side alone, silence skipped. */
export class RecordingPlayer {
  problem = $state.raw<Trouble | 'unplayable' | null>(null)
  isReady = $state(false)
  isPlaying = $state(false)
  atMs = $state(0)
  durationMs = $state(0)
  peaks = $state.raw<Uint8Array | null>(null)
  channels = $state(2)
  speed = $state(1)
  skips = $state(false)
  heard = $state<Heard>('both')
  private readonly audio = new Audio()
  private context: AudioContext | null = null
  private gains: GainNode[] = []
  private silences: Stretch[] = []
  private url: string | null = null
  private isClosed = false
  private frame = 0

  constructor(private readonly recording: HeardRecording) {
    this.durationMs = recording.durationMs
    this.channels = recording.channels || 2
    this.audio.preservesPitch = true
    this.audio.onplay = () => this.follow()
    this.audio.onpause = this.audio.onended = () => (this.isPlaying = false)
    this.audio.onseeked = () => (this.atMs = this.audio.currentTime * 1000)
    this.audio.onerror = () => (this.problem = 'unplayable')
  }

  async load(): Promise<void> {
    const [sound, picture] = await Promise.all([fetchSound(this.recording, 'listen'), readPeaks(this.recording.id)])
    if (this.isClosed) return
    if (!sound.ok) return void (this.problem = sound.problem)
    this.url = URL.createObjectURL(sound.value)
    this.audio.src = this.url
    this.isReady = true
    if (picture.ok && picture.value.peaks !== null) {
      this.show(Uint8Array.from(atob(picture.value.peaks), (char) => char.charCodeAt(0)))
      return
    }
    const made = await pictureOf(sound.value)
    if (!made || this.isClosed) return
    this.durationMs = made.durationMs
    this.channels = made.channels
    this.setEars()
    this.show(made.peaks)
    if (this.recording.source === 'file') void keepPeaks(this.recording.id, { ...made, peaks: toBase64(made.peaks) })
  }

  private show(peaks: Uint8Array): void {
    this.peaks = peaks
    this.silences = silentStretches(peaks)
  }

  /** From a gesture: browsers begin no sound without one. */
  async toggle(): Promise<void> {
    if (!this.isReady) return
    if (this.isPlaying) return this.audio.pause()
    this.connect()
    await this.context?.resume()
    if (this.atMs >= this.durationMs - 50) this.seek(0)
    await this.audio.play().catch(() => (this.problem = 'unplayable'))
  }

  seek(ms: number): void {
    this.atMs = Math.max(0, Math.min(ms, this.durationMs))
    if (this.isReady) this.audio.currentTime = this.atMs / 1000
  }

  setSpeed(speed: number): void {
    this.speed = speed
    this.audio.playbackRate = speed
  }

  hear(heard: Heard): void {
    this.heard = heard
    this.setEars()
  }

  close(): void {
    this.isClosed = true
    cancelAnimationFrame(this.frame)
    this.audio.pause()
    this.audio.removeAttribute('src')
    this.audio.onerror = null
    if (this.url) URL.revokeObjectURL(this.url)
    void this.context?.close()
  }

  private follow(): void {
    this.isPlaying = true
    this.audio.playbackRate = this.speed
    const look = () => {
      if (this.audio.paused || this.isClosed) return
      const at = this.audio.currentTime * 1000
      const to = this.skips ? skipFrom(this.silences, at) : at
      if (to > at) this.audio.currentTime = to / 1000
      this.atMs = to
      this.frame = requestAnimationFrame(look)
    }
    look()
  }

  /**
   *   file ─▶ splitter ─▶ left ─▶ ll ─▶ left ear, lr ─▶ right ear
   *                     └ right ▶ rl ─▶ left ear, rr ─▶ right ear
   */
  private connect(): void {
    if (this.context) return
    const context = (this.context = new AudioContext())
    const splitter = context.createChannelSplitter(2)
    const merger = context.createChannelMerger(2)
    context.createMediaElementSource(this.audio).connect(splitter)
    this.gains = [0, 1, 2, 3].map((at) => {
      const gain = context.createGain()
      splitter.connect(gain, at >> 1)
      gain.connect(merger, 0, at & 1)
      return gain
    })
    merger.connect(context.destination)
    this.setEars()
  }

  private setEars(): void {
    // one channel is left alone: it belongs to both ears
    const ears = this.channels === 1 ? EARS.agent : EARS[this.heard]
    this.gains.forEach((gain, at) => (gain.gain.value = ears[at]!))
  }
}

function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(text)
}
