import { uuidv7 } from 'uuidv7'
import type { AgentCommand, CallbackCommand } from '#shared/protocol/commands'
import type { CallbackDue } from '#shared/protocol/pulls'
import type { Outbox } from '$lib/offline/outbox.svelte'
import { clock } from '$lib/ui/clock.svelte'
import type { KnownPool } from './desk-keeper'
import { isFormEmptied, saidIn, type Draft } from './draft'
import type { Figures } from './figures.svelte'
import type { Done } from './just-done'

/** What of a promise is changed; the rest of the command is made here. */
type Changes<C> = C extends CallbackCommand ? Omit<C, 'id' | 'at' | 'poolId' | 'entryId' | 'was'> : never
type CallbackChange = Changes<CallbackCommand>

/** What an agent said or promised before, changed: by the outbox, as all work, so that it may be offline. */
export class Amendments {
  constructor(
    private readonly outbox: Outbox,
    private readonly figures: Figures,
  ) {}

  /** POOL-14: a slip put right. */
  async correct(done: Done, draft: Draft, pool: KnownPool): Promise<void> {
    const chosen = pool.dispositions.find((one) => one.code === draft.disposition)
    if (!chosen) return
    const { poolId, entryId, customerName, phone } = done
    const command: AgentCommand = {
      kind: 'correct-disposition',
      id: uuidv7(),
      at: clock.read(),
      poolId,
      entryId,
      attemptId: done.id,
      ...saidIn(draft, chosen),
      ...(isFormEmptied(done, draft) ? { answers: {} } : {}),
    }
    const about = { customerName, phone, disposition: chosen.code, zone: done.zone }
    await this.outbox.write({
      subject: done.latest.subject,
      isUrgent: chosen.flags.includes('do-not-call'),
      command,
      about,
    })
    void this.outbox.flush().then(() => this.figures.refresh())
  }

  /** POOL-15. */
  async moveCallback(
    callback: CallbackDue,
    change: { callbackAt: number; callbackFor?: 'me' | 'anyone'; note?: string },
  ): Promise<void> {
    await this.changeCallback(callback, { kind: 'move-callback', ...change })
  }
  async cancelCallback(callback: CallbackDue, reason: string): Promise<void> {
    await this.changeCallback(callback, { kind: 'cancel-callback', ...(reason && { reason }) })
  }
  private async changeCallback(
    { poolId, entryId, at: was, customerName, phone, timeZone }: CallbackDue,
    change: CallbackChange,
  ): Promise<void> {
    const command = { id: uuidv7(), at: clock.read(), poolId, entryId, was, ...change } as AgentCommand
    const about = { customerName, phone, disposition: null, zone: timeZone }
    await this.outbox.write({ subject: `${poolId}:${entryId}`, isUrgent: false, command, about })
    void this.outbox.flush().then(() => this.figures.refresh())
  }
}
