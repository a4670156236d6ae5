import { DEFAULT_RULES, type DiallingRules } from '#shared/domain/dialling/rules'
import { readDiallingRules } from '../../db/dialling-rules'
import type { Env } from '../../env'
import { log } from '../../log'
import { withTimeout } from '../room'
import type { AgentStore } from './agent-store'

const KEPT = 'dialling-rules'
const MINUTE_MS = 60_000

/** What the CallRoom is given to decide with: the rules, and what this agent does just now. */
export type DiallingContext = { rules: DiallingRules; live: number; lastMinute: number }

/**
 * SIP-7: the room's copy of the dialling rules, and how often its agent called. Pushed after each change, and read from D1 once
 * after a cold start in case a push was missed; nobody waits for that, so D1 down stops no call.
 */
export class DiallingRulesCopy {
  private rules: DiallingRules | null
  private isRead = false
  private begun: number[] = []

  constructor(
    private readonly store: AgentStore,
    private readonly env: Pick<Env, 'DB'>,
    private readonly inGroup: (decide: () => void) => Promise<void>,
  ) {
    this.rules = store.kept<DiallingRules>(KEPT)
  }

  /** An older push that arrives after a newer one changes nothing. */
  async set(rules: DiallingRules): Promise<void> {
    if ((this.rules?.version ?? -1) >= rules.version) return
    this.rules = rules
    await this.inGroup(() => this.store.keep(KEPT, rules))
  }

  /** A call is placed now. `live`: the calls it comes on top of. */
  place(live: number, now: number): DiallingContext {
    if (!this.isRead) void this.read()
    this.begun = this.begun.filter((at) => at > now - MINUTE_MS)
    const context = { rules: this.rules ?? DEFAULT_RULES, live, lastMinute: this.begun.length }
    this.begun.push(now)
    return context
  }

  /** Before a phone may call at all: read once in the life of the copy, then pushed. */
  async known(): Promise<void> {
    if (!this.rules) await this.read()
  }

  private async read(): Promise<void> {
    this.isRead = true
    try {
      await this.set(await withTimeout(readDiallingRules(this.env.DB), 2_000))
    } catch (fault) {
      this.isRead = false
      log.warn('dialling rules not read; the copy counts', { fault })
    }
  }
}
