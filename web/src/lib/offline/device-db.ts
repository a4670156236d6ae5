import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { OutboxItem } from '#shared/outbox/item'

/** What this device keeps for one person. The outbox is never cleared by an upgrade (SYNC-10). */
export interface DeviceSchema extends DBSchema {
  outbox: { key: string; value: OutboxItem; indexes: { bySeq: number; byState: string } }
  /** The work in hand, by name: see desk-keeper. */
  desk: { key: string; value: unknown }
}
export type DeviceDb = IDBPDatabase<DeviceSchema>

const DEVICE_DB_VERSION = 1

/** One database a person: a second person in this browser neither sees nor sends the first one's work. */
export const deviceDbName = (userId: string): string => `switchroom-${userId}`

/**
 * Opens it. Another tab with a newer version asks this one to let go: `onOutdated` is told, and the tab should reload.
 * The browser is asked once to keep the data when space runs short.
 */
export async function openDeviceDb(userId: string, onOutdated: () => void = () => {}): Promise<DeviceDb> {
  const db = await openDB<DeviceSchema>(deviceDbName(userId), DEVICE_DB_VERSION, {
    upgrade(database, oldVersion) {
      if (oldVersion < 1) {
        const outbox = database.createObjectStore('outbox', { keyPath: 'id' })
        outbox.createIndex('bySeq', 'seq', { unique: true })
        outbox.createIndex('byState', 'state')
        database.createObjectStore('desk')
      }
    },
    blocking(_current, _blocked, event) {
      ;(event.target as IDBDatabase).close()
      onOutdated()
    },
  })
  return db
}

/** SYNC-9, begun: data that is not sent yet must not be evicted. Quiet where the browser cannot. */
export async function askToPersist(): Promise<boolean> {
  if (!navigator.storage?.persist) return false
  return (await navigator.storage.persisted()) || (await navigator.storage.persist().catch(() => false))
}
