import { isLive } from './call-progress'
import type { PhoneState } from './phone'

/** PHONE-3. The setting's bounds, seconds. */
export const AUTO_ANSWER_SECONDS = [0, 1, 2, 3, 4, 5] as const
/** Said before the line opens, so that nobody talks into an open microphone unknowing. */
export const BEEP_MS = 350

type Moment = Pick<PhoneState, 'call' | 'others' | 'habits' | 'line' | 'microphone'>

/**
 * PHONE-3: when the call that rings here is answered by itself, epoch ms; null: it is not. Only where the agent chose so, the line is
 * registered and a microphone was found and allowed; never a call that waits beside another one.
 */
export function answersAt({ call, others, habits, line, microphone }: Moment): number | null {
  if (habits.autoAnswer === null || call?.state !== 'ringing-in' || others.some(isLive)) return null
  return line === 'registered' && microphone === 'ready' ? call.since + habits.autoAnswer * 1000 : null
}

type Deps = { beep(): void; answer(): void; now(): number; later(ms: number, run: () => void): () => void }

/** Beeps, then answers, when it is time; given up as soon as the call or the leave to do so has gone. */
export class AutoAnswer {
  private at: number | null = null
  private stop: (() => void) | null = null

  constructor(private readonly deps: Deps) {}

  follow(at: number | null): void {
    if (at === this.at) return
    this.stop?.()
    this.stop = null
    this.at = at
    if (at === null) return
    const { beep, answer, now, later } = this.deps
    const wait = Math.max(0, at - now())
    this.stop = later(wait, () => {
      beep()
      this.stop = later(BEEP_MS, answer)
    })
  }
}
