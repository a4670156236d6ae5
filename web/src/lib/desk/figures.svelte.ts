import { agentToday, type AgentToday } from '#shared/protocol/pools'
import { callbacksDue, type CallbackDue } from '#shared/protocol/pulls'
import { api } from '$lib/api/client'
import type { DeskKeeper } from './desk-keeper'

/** What stands beside the work: my figures of today and the callbacks promised; the last known without a network. */
export class Figures {
  today = $state.raw<AgentToday | null>(null)
  callbacks = $state.raw<CallbackDue[]>([])
  private asking: Promise<void> | null = null

  constructor(private readonly keeper: DeskKeeper) {}

  async load(): Promise<void> {
    ;[this.today, this.callbacks] = await Promise.all([this.keeper.today(), this.keeper.callbacks()])
  }
  /** Asked again after each change that was accepted; one question at a time. */
  refresh(): Promise<void> {
    this.asking ??= this.ask().finally(() => (this.asking = null))
    return this.asking
  }
  private async ask(): Promise<void> {
    const [today, callbacks] = await Promise.all([
      api.get('/api/me/today', { schema: agentToday }),
      api.get('/api/me/callbacks', { schema: callbacksDue }),
    ])
    if (today.ok) {
      this.today = today.value
      await this.keeper.remember('today', today.value)
    }
    if (callbacks.ok) {
      this.callbacks = callbacks.value.items
      await this.keeper.remember('callbacks', callbacks.value.items)
    }
  }
}
