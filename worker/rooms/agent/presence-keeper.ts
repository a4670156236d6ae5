import { ABSENT, stateOf, type Presence, type Shown } from '#shared/domain/agent/presence'
import type { Reach } from '#shared/domain/agent/reachability'
import type { AgentStore } from './agent-store'

type Kept = Pick<Presence, 'chosen' | 'awaySince' | 'wrapUp'>

/**
 * The agent's presence in memory, over its rows. What the agent chose, wrap-up and calls are rows; the lease is not (decision
 * 0041). `shown.since` follows its change by a lazy row, so that pulling costs no write on its way.
 */
export class PresenceKeeper {
  now: Presence
  private last: Shown

  constructor(
    private readonly store: AgentStore,
    at: number,
  ) {
    this.now = this.load()
    const shown = stateOf(this.now, at)
    const kept = store.kept<Shown>('shown')
    this.last = kept && kept.state === shown.state && kept.reason === shown.reason ? kept : shown
  }

  /** Reads the rows again: after a cold start, or when a group was rolled back. The lease in memory stays. */
  reload(): void {
    this.now = { ...this.load(), lease: this.now.lease }
  }

  private load(): Presence {
    const kept = this.store.kept<Kept>('presence')
    const calls = this.store.calls().map(({ callId, phase, since }) => ({ callId, phase, since }))
    // its row is kept by `reachability.ts`
    const unreachableSince = this.store.kept<Reach>('reach')?.unreachableSince ?? null
    return { ...ABSENT, ...kept, unreachableSince, calls }
  }

  /** Inside a group. Calls have rows of their own. */
  keep(presence: Presence): void {
    const { chosen, awaySince, wrapUp } = presence
    if (JSON.stringify({ chosen, awaySince, wrapUp }) !== JSON.stringify(this.store.kept('presence'))) {
      this.store.keep('presence', { chosen, awaySince, wrapUp } satisfies Kept)
    }
    this.now = presence
  }

  /** What to show now; a change that happens now holds since now. */
  shown(at: number): Shown {
    const next = stateOf(this.now, at)
    if (next.state !== this.last.state || next.reason !== this.last.reason) {
      // a lease taken before a cold start is in hand since its grant, and a page stands still since before that was known
      const since =
        next.state === 'with-customer' && this.now.lease
          ? Math.max(this.now.lease.since, this.now.chosen.since)
          : next.state === 'unreachable'
            ? next.since
            : at
      this.last = { ...next, since }
    }
    return this.last
  }

  /** Inside a group, some time after a change. */
  keepShown(): void {
    this.store.keep('shown', this.last)
  }
}
