import type { ImportView } from '#shared/protocol/imports'
import { importOf, viewOf } from './imports'
import type { StoredEntry } from './entry-row'
import type { Before } from './import-findings'
import type { StoredImport } from './import-store'
import type { PoolStore } from './pool-store'
import { Refused } from './refused'

const DAY_MS = 24 * 3600_000
/** Parts one transaction takes back. */
const PARTS = 1

/**
 * IMP-5: takes an import back within a day, part by part. Customers it made go, where nobody has had or changed them since;
 * customers it changed are as before, where the import's word is still the last. What was touched stays, and is counted.
 */
export function undoSlice(
  store: PoolStore,
  by: { userId: string; name: string },
  importId: string,
  now: number,
): ImportView {
  const found = importOf(store, importId)
  if (found.state === 'undone') return viewOf(store, found)
  if (found.state !== 'committed' && found.state !== 'undoing') throw new Refused('import-state')
  if (now - (found.committedAt ?? 0) > DAY_MS) throw new Refused('import-state', 'An import can be undone for a day.')
  const undone = found.undone ?? { removed: 0, restored: 0, kept: 0 }
  const next: StoredImport = { ...found, state: 'undoing', undone: { ...undone } }
  for (let parts = 0; parts < PARTS; parts += 1) {
    const part = store.imports.parts.nextToUndo(found.no)
    if (part === null) {
      next.state = 'undone'
      break
    }
    undoPart(store, part.done, next.undone!, now)
    store.imports.parts.setUndone(part.id)
  }
  store.imports.put(next)
  if (next.state !== 'undone') return viewOf(store, next)
  store.journal({
    kind: 'audited',
    at: now,
    actorId: by.userId,
    action: 'import.undo',
    subject: importId,
    detail: next.undone!,
  })
  const seq = store.journal({ kind: 'import-changed', importId })
  return { ...viewOf(store, next), projection: { room: `pool:${store.poolId}`, seq } }
}

function undoPart(
  store: PoolStore,
  { made, before }: { made: number[]; before: Before[] },
  undone: NonNullable<ImportView['undone']>,
  now: number,
): void {
  const entries = store.entries.getMany(made)
  const cards = store.cards.getMany(made)
  const gone = [...entries.values()].filter(({ entry }) => {
    const card = cards.get(entry.id)
    const isUntouched = entry.lastToken === 0 && entry.attempts === 0 && entry.callback === null
    return isUntouched && entry.state === 'pending' && card?.updatedAt === card?.createdAt
  })
  undone.kept += entries.size - gone.length
  undone.removed += gone.length
  if (gone.length > 0) takeOut(store, gone)
  const changed = before.filter((one) => restore(store, one, now))
  undone.restored += changed.length
  undone.kept += before.length - changed.length
  if (changed.length > 0)
    store.journal({ kind: 'changed', entries: changed.map(({ entryId }) => entryId), cards: true })
}

function takeOut(store: PoolStore, gone: StoredEntry[]): void {
  const ids = gone.map(({ entry }) => entry.id)
  store.entries.remove(gone)
  store.cards.removeMany(ids)
  store.standings.remove(ids)
  store.phones.removeMany(ids)
  store.seen.remove(ids)
  store.journal({ kind: 'removed', entries: ids, customers: gone.map(({ customerId }) => customerId) })
}

/** False: somebody has had or changed the customer since. */
function restore(store: PoolStore, { entryId, card, entry, at }: Before, now: number): boolean {
  const stored = store.entries.get(entryId)
  if (!stored || stored.entry.lease) return false
  const is = store.cards.get(entryId)
  const isWritten = is.updatedAt === at || is.updatedAt === card.updatedAt
  if (!isWritten || (entry && stored.entry.attempts > 0 && entry.state === 'unreachable')) return false
  store.cards.put(entryId, { ...card, updatedAt: now })
  if (!entry) return true
  const { state, priority, attempts, earlierAttempts, dueAt } = entry
  // the token never goes down: whoever held it before stays late (POOL-5)
  const back = stored.entry.state === 'pending' ? { state, attempts, earlierAttempts, dueAt } : {}
  store.save(stored, { ...stored.entry, ...back, priority }, now)
  return true
}
