import type { IDBPObjectStore } from 'idb'
import { isUnsent, newItem, type NewItem, type OutboxItem } from '#shared/outbox/item'
import type { DeviceDb, DeviceSchema } from './device-db'

/** The part of the desk a command may change in the same breath as it is written. */
export type DeskRows = IDBPObjectStore<DeviceSchema, ('outbox' | 'desk')[], 'desk', 'readwrite'>

const KEEP_SETTLED_MS = 7 * 24 * 60 * 60 * 1000
/** Enough for the sheet and "just done"; what waits or needs a person is always listed, whatever its age. */
const LIST_SETTLED = 200

/** The outbox in IndexedDB (SYNC-1): written before the screen moves on. */
export class OutboxStore {
  constructor(private readonly db: DeviceDb) {}

  /**
   * Writes one command, and with it what changes on the desk: both or neither. `desk` answers false when the work is no
   * longer this tab's to do (another tab was quicker): then nothing is written and null is answered.
   */
  async write(
    given: Omit<NewItem, 'seq'>,
    now: number,
    desk?: (rows: DeskRows) => Promise<boolean>,
  ): Promise<OutboxItem | null> {
    const transaction = this.db.transaction(['outbox', 'desk'], 'readwrite', { durability: 'strict' })
    const outbox = transaction.objectStore('outbox')
    if (desk && !(await desk(transaction.objectStore('desk')))) {
      await transaction.done
      return null
    }
    const last = await outbox.index('bySeq').openKeyCursor(null, 'prev')
    const item = newItem({ ...given, seq: (last?.key ?? 0) + 1 }, now)
    await outbox.add(item)
    await transaction.done
    return item
  }

  async unsent(): Promise<OutboxItem[]> {
    const transaction = this.db.transaction('outbox')
    const byState = transaction.store.index('byState')
    const [waiting, sending] = await Promise.all([byState.getAll('waiting'), byState.getAll('sending')])
    return [...waiting, ...sending]
  }

  /** An item that is settled already is never taken back to waiting by a slower writer. */
  async save(items: OutboxItem[]): Promise<void> {
    const transaction = this.db.transaction('outbox', 'readwrite')
    await Promise.all(
      items.map(async (item) => {
        const stored = await transaction.store.get(item.id)
        if (stored && (isUnsent(stored) || !isUnsent(item))) await transaction.store.put(item)
      }),
    )
    await transaction.done
  }

  /** A person's own decision about one item: retry, discard with a reason, read. */
  async change(id: string, change: (item: OutboxItem) => OutboxItem): Promise<void> {
    const transaction = this.db.transaction('outbox', 'readwrite')
    const item = await transaction.store.get(id)
    if (item) await transaction.store.put(change(item))
    await transaction.done
  }

  get(id: string): Promise<OutboxItem | undefined> {
    return this.db.get('outbox', id)
  }

  /** Newest first: all that waits or needs a person, and the last settled ones. */
  async list(): Promise<OutboxItem[]> {
    const all = await this.db.getAllFromIndex('outbox', 'bySeq')
    let settledLeft = LIST_SETTLED
    return all
      .reverse()
      .filter(
        (item) =>
          item.state === 'waiting' ||
          item.state === 'sending' ||
          item.state === 'late' ||
          item.state === 'refused' ||
          settledLeft-- > 0,
      )
  }

  /** Forgets what was settled long ago; nothing else ever leaves. */
  async prune(now: number): Promise<void> {
    const transaction = this.db.transaction('outbox', 'readwrite')
    for (const state of ['accepted', 'discarded'] as const) {
      for await (const cursor of transaction.store.index('byState').iterate(state)) {
        if ((cursor.value.settledAt ?? now) < now - KEEP_SETTLED_MS) await cursor.delete()
      }
    }
    await transaction.done
  }
}
