import type { Checks } from './browser-checks'
import { CHECKS, type CheckName, type Outcome, type Results } from './check'
import { verdictOf } from './verdict'

export type Row = {
  name: CheckName
  /** `asking`: the person is asked whether they heard it. */
  now: 'waiting' | 'running' | 'asking' | 'done'
  outcome: Outcome | null
  progress: number | null
  level: number | null
}
const fresh = (name: CheckName): Row => ({ name, now: 'waiting', outcome: null, progress: null, level: null })

/** Sound and network at once; within each the next does not disturb what the one before measures. */
const LANES: readonly (readonly (readonly CheckName[])[])[] = [
  [['microphone'], ['speaker']],
  [['line'], ['registration'], ['stun', 'turn-udp', 'turn-tcp', 'turn-tls'], ['loop']],
]

/** PHONE-6: the checks of one page: all in turn, or one again. What was started is stopped when the page goes. */
export class Preflight {
  rows = $state<Row[]>(CHECKS.map(fresh))
  readonly results: Results = $derived(
    Object.fromEntries(
      this.rows.flatMap(({ name, now, outcome }) => (now === 'done' && outcome ? [[name, outcome]] : [])),
    ),
  )
  readonly verdict = $derived(verdictOf(this.results))
  readonly isRunning = $derived(this.rows.some(({ now }) => now === 'running' || now === 'asking'))
  readonly hasBegun = $derived(this.rows.some(({ now }) => now !== 'waiting'))
  checkedAt = $state<number | null>(null)
  private readonly leaving = new AbortController()
  private answerSpeaker: ((isHeard: boolean | null) => void) | null = null

  constructor(
    private readonly checks: Checks,
    private readonly now: () => number = Date.now,
  ) {}

  async runAll(): Promise<void> {
    if (this.isRunning) return
    this.rows = CHECKS.map(fresh)
    await Promise.all(
      LANES.map(async (lane) => {
        for (const together of lane) await Promise.all(together.map((name) => this.run(name)))
      }),
    )
  }

  async run(name: CheckName): Promise<void> {
    const row = this.row(name)
    if (row.now === 'running' || row.now === 'asking' || this.leaving.signal.aborted) return
    Object.assign(row, { ...fresh(name), now: 'running' })
    const outcome = await this.checks[name]({
      progress: (share) => (row.progress = share),
      level: (level) => (row.level = level),
      ask: () => this.ask(row),
      signal: this.leaving.signal,
    }).catch((): Outcome => ({ state: 'failed', say: 'fault' }))
    Object.assign(row, { now: 'done', outcome, progress: null, level: null })
    this.checkedAt = this.now()
  }

  /** The person's word on the tone. */
  heard(isHeard: boolean): void {
    this.answerSpeaker?.(isHeard)
  }

  close(): void {
    this.leaving.abort()
    this.answerSpeaker?.(null)
  }

  private row(name: CheckName): Row {
    return this.rows.find((row) => row.name === name)!
  }

  private ask(row: Row): Promise<boolean | null> {
    row.now = 'asking'
    return new Promise((answer) => {
      this.answerSpeaker = (isHeard) => {
        this.answerSpeaker = null
        answer(isHeard)
      }
    })
  }
}
