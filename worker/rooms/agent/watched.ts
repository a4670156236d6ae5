import type { Env } from '../../env'
import { log } from '../../log'
import type { Status } from '../../sip/subscription-body'
import { agentRoom } from '../doors'
import { Patience } from '../patience'
import type { SubscriptionStore } from './subscription-store'

type Parts = {
  env: Env
  ctx: Pick<DurableObjectState, 'waitUntil'>
  userId(): string
  store: SubscriptionStore
  /** How they are now. */
  status(): Omit<Status, 'rev'>
  inGroup<T>(decide: () => T): Promise<T>
}

const TIMEOUT_MS = 2_000
const RETRY_MS = [500, 2_000, 8_000]
const SETTLING_MS = 10_000

/**
 * One who is watched (SIP-5): tells the rooms of those who do, each change once, the newest alone. An agent whom nobody watches
 * costs one look at an empty list.
 */
export class Watched {
  private readonly patience = new Patience()
  private readonly waiting = new Map<string, Status>()
  private readonly sending = new Set<string>()
  private known: { aor: string; until: number }[] | null = null
  private readonly askedAt = new Map<string, number>()
  private told = ''
  private rev = 0
  private pushedRev = 0
  private isDue = false

  constructor(private readonly room: Parts) {}

  /** Answers how they are; the room `by` is told of changes until then. Refuses too-many-watchers. */
  async watch({ by, until }: { by: string; until: number }): Promise<Status | { refused: 'too-many-watchers' }> {
    const now = Date.now()
    // time 0 asks once (RFC 6665 §4.4.3), or ends it: what nobody wants any more is found out by telling it
    if (until > now) {
      const isKept = await this.room.inGroup(() => {
        this.known = null
        return this.room.store.keepWatcher(by, until, now)
      })
      this.known = null
      if (!isKept) return { refused: 'too-many-watchers' }
      this.askedAt.set(by, now)
    }
    return this.current()
  }

  private current(): Status {
    const status = this.room.status()
    const key = JSON.stringify(status)
    if (key !== this.told) {
      this.told = key
      // the time, but always rising: it stays so through a cold start
      this.rev = Math.max(Date.now(), this.rev + 1)
    }
    return { ...status, rev: this.rev }
  }

  /** Something may be different. Once for all that changed in this turn. */
  changed(): void {
    if (this.isDue || this.watchers().length === 0) return
    this.isDue = true
    queueMicrotask(() => {
      this.isDue = false
      const status = this.current()
      if (status.rev === this.pushedRev) return
      this.pushedRev = status.rev
      const now = Date.now()
      for (const { aor, until } of this.watchers()) if (until > now) this.say(aor, status)
    })
  }

  /** What is kept beside the rows is read again. */
  forget(): void {
    this.known = null
  }

  private watchers() {
    return (this.known ??= this.room.store.watchers())
  }

  private say(aor: string, status: Status): void {
    this.waiting.set(aor, status)
    if (this.sending.has(aor)) return
    this.sending.add(aor)
    this.room.ctx.waitUntil(this.send(aor).finally(() => this.sending.delete(aor)))
  }

  private async send(aor: string): Promise<void> {
    for (let failures = 0; ;) {
      const status = this.waiting.get(aor)
      if (!status) return
      this.waiting.delete(aor)
      try {
        const told = agentRoom(this.room.env, aor).watchedChanged({ userId: this.room.userId(), status })
        const { isWanted } = await this.patience.within(told, TIMEOUT_MS)
        // one that has just asked may not have written it down yet
        if (!isWanted && Date.now() - (this.askedAt.get(aor) ?? 0) < SETTLING_MS) throw new Error('not yet wanted')
        failures = 0
        if (!isWanted) await this.drop(aor)
      } catch (fault) {
        const pause = RETRY_MS[failures++]
        if (pause === undefined) return log.warn('watcher not told', { fault })
        if (!this.waiting.has(aor)) this.waiting.set(aor, status)
        await new Promise((resolve) => setTimeout(resolve, pause))
      }
    }
  }

  private async drop(aor: string): Promise<void> {
    this.askedAt.delete(aor)
    await this.room.inGroup(() => {
      this.room.store.dropWatcher(aor)
      this.known = null
    })
    this.known = null
  }
}
