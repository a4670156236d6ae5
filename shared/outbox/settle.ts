import type { CommandResult } from '#shared/protocol/commands'
import type { RefusalCode } from '#shared/protocol/problem'
import { backoffMs } from './backoff'
import type { OutboxItem } from './item'

/** Refusals that say "not now" rather than "no": the item stays and tries again. */
const LATER: ReadonlySet<RefusalCode> = new Set<RefusalCode>(['unavailable', 'internal', 'too-many-requests'])

export const isLater = (code: RefusalCode | undefined): boolean => code !== undefined && LATER.has(code)

/**
 * What the edge's answer makes of an item (SYNC-4). A refused one is parked with its reason and blocks nothing (SYNC-2).
 * A `duplicate` that carries a code repeats a first answer that was a refusal.
 */
export function settled(item: OutboxItem, result: CommandResult, now: number, chance: number): OutboxItem {
  const done = { ...item, result, settledAt: now }
  if (result.outcome === 'late') return { ...done, state: 'late' }
  const isRefused =
    result.outcome === 'refused' ||
    (result.outcome === 'duplicate' && result.code !== undefined && result.code !== 'clock-ahead')
  if (!isRefused) return { ...done, state: 'accepted' }
  if (isLater(result.code)) return unanswered({ ...item, notBefore: now + backoffMs(item.tries + 1, chance) })
  return parked(done, result.code ?? 'invalid-input', now)
}

/** Parked: the edge said no, a person decides what comes of it. */
export function parked(item: OutboxItem, refusal: RefusalCode, now: number): OutboxItem {
  return { ...item, state: 'refused', refusal, settledAt: now }
}

/** No answer came for it: kept, counted, tried again under the same id. */
export function unanswered(item: OutboxItem): OutboxItem {
  return { ...item, state: 'waiting', tries: item.tries + 1 }
}
