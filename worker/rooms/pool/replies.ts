import type { Role } from '#shared/domain/roles'
import type { CommandResult } from '#shared/protocol/commands'
import type { StoredEntry } from './entry-row'
import type { PoolStore } from './pool-store'
import { Refused } from './refused'

export type Commander = { userId: string; name: string; role: Role }

export function entryOf(store: PoolStore, entryId: string): StoredEntry {
  const stored = /^\d{1,15}$/.test(entryId) ? store.entries.get(Number(entryId)) : null
  if (!stored) throw new Refused('unknown-entry')
  return stored
}

/** As `entryOf`, and also who went to another pool: what is still said of them is booked here (POOL-24). */
export function bookedEntryOf(store: PoolStore, entryId: string): StoredEntry {
  const moved = /^\d{1,15}$/.test(entryId) ? store.moved.get(Number(entryId)) : null
  return moved ? { ...moved.stored, movedTo: moved.toPoolId } : entryOf(store, entryId)
}

/** What became of the entry, for "back at 14:32" and "2 of 3". */
export function entryResult(store: PoolStore, { entry }: StoredEntry): NonNullable<CommandResult['entry']> {
  return {
    id: String(entry.id),
    state: entry.state,
    attempts: entry.attempts,
    maxAttempts: store.rules.maxAttempts,
    dueAt: entry.callback?.at ?? entry.dueAt,
  }
}

/** Journals the change and says where lists will show it. */
export function projected(store: PoolStore, entryId: number, attemptId?: string): { room: string; seq: number } {
  const event = { kind: 'changed' as const, entries: [entryId], ...(attemptId ? { attempts: [attemptId] } : {}) }
  return { room: `pool:${store.poolId}`, seq: store.journal(event) }
}
