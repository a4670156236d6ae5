import { isUnsent, type OutboxItem } from '#shared/outbox/item'
import type { CallbackDue } from '#shared/protocol/pulls'

/** A promise by its place: an entry has one at most. */
export const promiseKey = ({ poolId, entryId }: { poolId: string; entryId: string }): string => `${poolId}:${entryId}`

/**
 * POOL-15: the promised calls as they stand on this device: what the edge last told, with what was moved, cancelled or
 * settled here and is still on its way. Soonest first.
 */
export function standing(told: readonly CallbackDue[], items: readonly OutboxItem[]): CallbackDue[] {
  const shown = new Map(told.map((callback) => [promiseKey(callback), callback]))
  for (const { command } of items.filter(isUnsent).sort((one, other) => one.seq - other.seq)) {
    const callback = shown.get(promiseKey(command))
    if (!callback) continue
    if (command.kind === 'record-disposition') shown.delete(promiseKey(command))
    else if ('was' in command && command.was !== callback.at) continue
    else if (command.kind === 'cancel-callback') shown.delete(promiseKey(command))
    else if (command.kind === 'move-callback') {
      const isMine = command.callbackFor ? command.callbackFor === 'me' : callback.isMine
      const note = command.note === undefined ? callback.note : command.note || null
      shown.set(promiseKey(command), { ...callback, at: command.callbackAt, isMine, note })
    }
  }
  return [...shown.values()].sort((one, other) => one.at - other.at)
}

/** So long after its time a promise of mine still reminds: a laptop that slept wakes up to it. */
export const REMIND_WITHIN_MS = 10 * 60_000

/** Mine that came due just now, and when the next one does (epoch ms; null: none). */
export function reminders(
  callbacks: readonly CallbackDue[],
  now: number,
): { due: CallbackDue[]; nextAt: number | null } {
  const mine = callbacks.filter(({ isMine }) => isMine)
  const later = mine.filter(({ at }) => at > now).map(({ at }) => at)
  return {
    due: mine.filter(({ at }) => at <= now && now - at < REMIND_WITHIN_MS),
    nextAt: later.length === 0 ? null : Math.min(...later),
  }
}
