import { commandResults, type CommandResult } from '#shared/protocol/commands'
import { api } from '$lib/api/client'
import type { Hand } from './hand'

/** A busy keyboard asks at most this often. */
const ASK_EVERY_MS = 20_000

/**
 * POOL-6: extends the hold while the agent types or talks, once half of it is used up. Not through the outbox: an extension
 * that arrives late is worth nothing, and a hold that lapsed loses no work (POOL-5).
 */
export class LeaseHold {
  private lastAskedAt = 0

  isWorthAsking(hand: Hand, now: number): boolean {
    if (hand.freed || hand.owed) return false
    const { since, expiresAt } = hand.view.lease
    return now - this.lastAskedAt > ASK_EVERY_MS && hand.expiresAt - now < (expiresAt - since) / 2
  }

  /** The new end of the hold; null: no answer, or no further (then it lapses when it lapses). */
  async extend(hand: Hand, id: string, now: number, inCall: boolean): Promise<number | null> {
    this.lastAskedAt = now
    const { poolId, id: entryId } = hand.view.entry
    const command = { kind: 'extend-lease', id, at: now, poolId, entryId, token: hand.view.lease.token, inCall }
    const reply = await api.post('/api/commands', { body: { commands: [command] }, schema: commandResults })
    const result: CommandResult | undefined = reply.ok ? reply.value.results[0] : undefined
    return result?.outcome === 'accepted' ? (result.expiresAt ?? null) : null
  }
}
