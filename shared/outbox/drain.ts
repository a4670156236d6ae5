import type { AgentCommand, CommandResult } from '#shared/protocol/commands'
import type { RefusalCode } from '#shared/protocol/problem'
import { backoffMs } from './backoff'
import type { OutboxItem } from './item'
import { due, nextDueAt } from './order'
import { parked, settled, unanswered } from './settle'

/** What the wire said to a batch. */
export type SendReply =
  | { kind: 'results'; results: CommandResult[] }
  /** No answer of ours: no network, a time-out, 5xx, the HTML of a captive portal. */
  | { kind: 'unreachable'; retryAfterMs?: number }
  /** The session is over: everything is kept until the person signs in again. */
  | { kind: 'signed-out'; code: RefusalCode }
  /** The batch as a whole was refused, e.g. too large: its commands are tried one by one. */
  | { kind: 'rejected'; code: RefusalCode }

export type DrainDeps = {
  /** All items that are not settled, any order. */
  unsent(): Promise<OutboxItem[]>
  /** Stores what changed; an item settled meanwhile by someone else is left alone. */
  save(items: OutboxItem[]): Promise<void>
  send(commands: AgentCommand[]): Promise<SendReply>
  now(): number
  /** In [0, 1). */
  chance(): number
  batchSize: number
}

export type Drained =
  | { ended: 'empty'; sent: number; nextAt: number | null }
  | { ended: 'unreachable'; sent: number; retryAfterMs: number | null }
  | { ended: 'signed-out'; sent: number; code: RefusalCode }

/**
 * Sends what is due until nothing is, or the wire fails. At least once: an item is forgotten only when its own result
 * came back, so a lost answer means the same id again (SYNC-4). One caller at a time: the leader tab (SYNC-3).
 */
export async function drain(deps: DrainDeps): Promise<Drained> {
  let sent = 0
  let size = deps.batchSize
  for (;;) {
    const items = await deps.unsent()
    const batch = due(items, deps.now()).slice(0, size)
    if (batch.length === 0) return { ended: 'empty', sent, nextAt: nextDueAt(items, deps.now()) }
    await deps.save(batch.map((item) => ({ ...item, state: 'sending' as const })))
    const reply = await deps.send(batch.map((item) => item.command))
    if (reply.kind === 'results') {
      const after = answered(batch, reply.results, deps)
      await deps.save(after)
      sent += after.filter((item) => item.state !== 'waiting').length
      continue
    }
    if (reply.kind === 'rejected') {
      const isAlone = batch.length === 1
      await deps.save(isAlone ? batch.map((item) => parked(item, reply.code, deps.now())) : batch.map(unanswered))
      size = 1
      continue
    }
    await deps.save(batch.map(unanswered))
    if (reply.kind === 'signed-out') return { ended: 'signed-out', sent, code: reply.code }
    return { ended: 'unreachable', sent, retryAfterMs: reply.retryAfterMs ?? null }
  }
}

/** Results are matched by id; an item without one waits and is tried again. */
function answered(
  batch: OutboxItem[],
  results: CommandResult[],
  deps: Pick<DrainDeps, 'now' | 'chance'>,
): OutboxItem[] {
  const byId = new Map(results.map((result) => [result.id, result]))
  return batch.map((item) => {
    const result = byId.get(item.id)
    if (result) return settled(item, result, deps.now(), deps.chance())
    return { ...unanswered(item), notBefore: deps.now() + backoffMs(item.tries + 1, deps.chance()) }
  })
}
