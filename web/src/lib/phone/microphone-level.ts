import { audioContext } from './microphone'
import { constraintsOf } from './sound-choice'
import { soundChoice } from './sound-devices'

const EVERY_MS = 80
/** Decibels below full scale that show as nothing: a quiet room. */
const FLOOR_DB = -60

/** How loud the chosen microphone is, 0…1 on a scale of decibels, while somebody looks. */
export class MicrophoneLevel {
  private constructor(
    private readonly stream: MediaStream,
    private readonly timer: ReturnType<typeof setInterval>,
  ) {}

  /** Null: there is none, or the browser may not use it. */
  static async open(tell: (level: number) => void): Promise<MicrophoneLevel | null> {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: constraintsOf(soundChoice()) })
      const analyser = audioContext().createAnalyser()
      audioContext().createMediaStreamSource(stream).connect(analyser)
      const samples = new Float32Array(analyser.fftSize)
      const timer = setInterval(() => {
        analyser.getFloatTimeDomainData(samples)
        tell(levelOf(samples))
      }, EVERY_MS)
      return new MicrophoneLevel(stream, timer)
    } catch {
      return null
    }
  }

  close(): void {
    clearInterval(this.timer)
    for (const track of this.stream.getTracks()) track.stop()
  }
}

function levelOf(samples: Float32Array): number {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length
  const decibels = 10 * Math.log10(power + Number.EPSILON)
  return Math.min(1, Math.max(0, 1 - decibels / FLOOR_DB))
}
