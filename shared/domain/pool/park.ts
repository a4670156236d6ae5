import type { Entry } from './entry'
import type { Lane } from './lane'

/**
 * What keeps an entry from being pulled although it is due, found out when it was looked at or when something happened:
 * its number is held elsewhere (POOL-1), or its caps are spent (POOL-19). `until` null: time alone does not free it.
 */
export type Park = { why: 'held-elsewhere' | 'cap'; until: number | null }

export const PARKED_LANES: readonly Lane[] = ['held-elsewhere', 'cap'] satisfies Park['why'][]

/** A park whose time is over is none. */
export const parkAt = (park: Park | null | undefined, now: number): Park | null =>
  park && (park.until === null || park.until > now) ? park : null

export const parked = (entry: Entry, park: Park | null): Entry => ({ ...entry, parked: park })
