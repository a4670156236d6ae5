import { backoffMs } from '#shared/outbox/backoff'
import { drain, type Drained, type DrainDeps } from '#shared/outbox/drain'
import type { RefusalCode } from '#shared/protocol/problem'
import type { AgentCommand } from '#shared/protocol/commands'

export type SyncStatus =
  | { phase: 'idle' }
  | { phase: 'sending' }
  /** No answer; the next try is at `retryAt` (epoch ms), or at once when the network returns. */
  | { phase: 'waiting'; retryAt: number }
  | { phase: 'signed-out'; code: RefusalCode }

export type SyncDeps = Pick<DrainDeps, 'unsent' | 'save' | 'send' | 'now' | 'chance'> & {
  /** Serialises flushes over all tabs. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
  later(run: () => void, ms: number): () => void
  onStatus(status: SyncStatus): void
  /** Stored items changed: the list is to be read again, here and in the other tabs. */
  onChanged(): void
}

const BATCH = 100
/** With nothing waiting the timer still looks, for what another tab wrote and did not live to send. */
const QUIET_LOOK_MS = 60_000

/**
 * When the outbox is flushed (SYNC-3): the leader at start, on `online`, when a socket opens, when visible, on a timer with
 * back-off; any tab for what it just wrote or was asked to retry. One flush at a time over all tabs.
 */
export class OutboxSync {
  private cancelTimer: (() => void) | null = null
  private failures = 0
  private isLeader = false
  private running: Promise<Drained | null> | null = null
  private again = false
  private isStopped = false

  constructor(private readonly deps: SyncDeps) {}

  lead(): void {
    this.isLeader = true
    void this.flush()
  }
  stop(): void {
    this.isStopped = true
    this.cancelTimer?.()
  }
  /** `online`, a socket that opened, a tab that became visible: the leader goes at once, whatever the back-off. */
  wake(): void {
    if (this.isLeader) void this.flush()
  }

  /** Resolves when what was written before the call has been tried. */
  flush(): Promise<Drained | null> {
    if (this.running) {
      this.again = true
      return this.running
    }
    this.running = this.run().finally(() => (this.running = null))
    return this.running
  }

  private async run(): Promise<Drained | null> {
    let end: Drained | null = null
    do {
      this.again = false
      if (this.isStopped) return null
      this.cancelTimer?.()
      end = await this.deps.exclusively(() => this.drainOnce())
    } while (this.again && end.ended === 'empty')
    this.settle(end)
    return end
  }

  private async drainOnce(): Promise<Drained> {
    let isTold = false
    return drain({
      ...this.deps,
      batchSize: BATCH,
      send: (commands: AgentCommand[]) => {
        if (!isTold) this.deps.onStatus({ phase: 'sending' })
        isTold = true
        return this.deps.send(commands)
      },
      save: async (items) => {
        await this.deps.save(items)
        this.deps.onChanged()
      },
    })
  }

  private settle(end: Drained): void {
    const now = this.deps.now()
    if (end.ended === 'signed-out') {
      this.deps.onStatus({ phase: 'signed-out', code: end.code })
      return
    }
    if (end.ended === 'unreachable') {
      const wait = end.retryAfterMs ?? backoffMs(++this.failures, this.deps.chance())
      this.deps.onStatus({ phase: 'waiting', retryAt: now + wait })
      this.arm(wait)
      return
    }
    this.failures = 0
    this.deps.onStatus(end.nextAt === null ? { phase: 'idle' } : { phase: 'waiting', retryAt: end.nextAt })
    this.arm(Math.min(QUIET_LOOK_MS, end.nextAt === null ? QUIET_LOOK_MS : Math.max(0, end.nextAt - now)))
  }

  private arm(ms: number): void {
    if (this.isStopped) return
    this.cancelTimer = this.deps.later(() => void this.flush(), ms)
  }
}
