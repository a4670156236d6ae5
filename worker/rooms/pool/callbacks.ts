import { cancelCallback, isOwn, moveCallback, zoneOfCustomer } from '#shared/domain/pool/callback'
import { actTime } from '#shared/domain/pool/attempt'
import type { CallbackCommand, CommandResult } from '#shared/protocol/commands'
import type { PromisedCall } from '#shared/protocol/pool-talk'
import type { CallbackDue } from '#shared/protocol/pulls'
import type { StoredEntry } from './entry-row'
import type { PoolStore } from './pool-store'
import { must } from './refused'
import { entryResult, projected, type Commander } from './replies'

/**
 * POOL-15: a promise moved, given to another, or taken back; audited with both times. Whoever else it concerns hears of it
 * at once: the one it was promised to, and the one it is promised to now.
 */
export function changeCallback(
  store: PoolStore,
  stored: StoredEntry,
  actor: Commander,
  command: CallbackCommand,
  now: number,
): CommandResult {
  const { entry } = stored
  const at = actTime(command.at, 0, now)
  const moved =
    command.kind === 'cancel-callback'
      ? must(cancelCallback(entry, command.was, actor))
      : must(moveCallback(entry, { was: command.was, to: command.callbackAt, ...wordsOf(command, actor) }, actor, at))
  const saved = store.save(stored, moved, now)
  store.journal({
    kind: 'audited',
    at: now,
    actorId: actor.userId,
    action: command.kind === 'cancel-callback' ? 'callback.cancel' : 'callback.move',
    subject: `${store.poolId}:${entry.id}`,
    detail: {
      from: entry.callback?.at ?? null,
      fromFor: entry.callback?.for ?? null,
      ...(command.kind === 'cancel-callback'
        ? { reason: command.reason ?? '' }
        : { to: moved.callback?.at ?? null, toFor: moved.callback?.for ?? null }),
    },
  })
  const concerned = [entry.callback?.for, moved.callback?.for, entry.callback?.by]
  for (const agentId of new Set(concerned))
    if (agentId && agentId !== actor.userId) store.journal({ kind: 'callback-changed', agentId })
  return {
    id: command.id,
    outcome: 'accepted',
    entry: entryResult(store, saved),
    projection: projected(store, entry.id),
  }
}

const wordsOf = (command: Extract<CallbackCommand, { kind: 'move-callback' }>, actor: Commander) => ({
  ...(command.callbackFor && { for: command.callbackFor === 'me' ? actor.userId : null }),
  ...(command.note !== undefined && { note: command.note.trim() }),
})

/** POOL-15: as an agent's list shows it. */
export function callbackDue(store: PoolStore, { entry, phone }: StoredEntry, agentId: string): CallbackDue {
  const { name, timeZone } = store.cards.get(entry.id)
  return {
    poolId: store.poolId,
    poolName: store.pool!.name,
    entryId: String(entry.id),
    customerName: name,
    phone,
    at: entry.callback!.at,
    timeZone: zoneOfCustomer(phone, timeZone, store.pool!.timeZone),
    note: entry.callback!.note,
    isMine: entry.callback!.for !== null,
    isOwn: isOwn(entry.callback!, agentId),
    country: store.pool!.country,
  }
}

/** POOL-15: every promise of the pool, soonest first; names of people are the route's to add. */
export function promisedCalls(
  store: PoolStore,
  cursor: { at: number; entryId: number } | null,
  limit: number,
): Omit<PromisedCall, 'forName' | 'byName'>[] {
  if (!store.pool) return []
  return store.entries.promised(cursor, limit).map(({ entry, phone }) => {
    const { name, timeZone } = store.cards.get(entry.id)
    const { at, note, for: forId, by } = entry.callback!
    return {
      entryId: String(entry.id),
      customerName: name,
      phone,
      at,
      timeZone: zoneOfCustomer(phone, timeZone, store.pool!.timeZone),
      note,
      forId,
      byId: by ?? null,
      state: entry.state,
    }
  })
}
