import type { Env } from '../env'
import type { PoolEvent } from '../rooms/pool/events'
import type { PoolStore } from '../rooms/pool/pool-store'
import type { JournalRow } from '../rooms/room'
import type { DoNotCallNews } from '../rooms/pool/do-not-call'
import { checkArrivals } from './arrivals'
import { tellAgents, tellPools } from './pool-deliveries'
import { projectPool } from './pool-projection'

type Journalled = { seq: number; eventId: string; event: PoolEvent }

/** Entries one D1 write carries at most: imports and bulk actions are many rows behind few events, and pulls wait while they are read. */
const ENTRIES_A_WRITE = 250

/**
 * A pool's journal → D1, in one batch, then to other rooms. Answers how far it got. Everything is idempotent: rows are
 * upserts guarded by the journal's number, other rooms are told states, not steps. Do-not-call goes first of all, and what
 * it has not delivered holds the journal back; a notice to an agent's room is best effort (it asks anew when it wakes).
 */
export async function drainPool(
  env: Env,
  store: PoolStore,
  rows: JournalRow[],
  bar: (news: DoNotCallNews) => Promise<void>,
): Promise<number> {
  const events = upToEntries(
    rows.map((row) => ({ seq: row.seq, eventId: row.eventId, event: JSON.parse(row.event) as PoolEvent })),
  )
  const upTo = events.at(-1)!.seq
  await Promise.all([tellAgents(env, events), projectPool(env, store, events, upTo)])
  await Promise.all([tellPools(env, store, events), checkArrivals(env, store, events, bar)])
  return upTo
}

function upToEntries(events: Journalled[]): Journalled[] {
  let entries = 0
  const end = events.findIndex(({ event }) => {
    if (event.kind === 'changed') entries += event.entries.length
    return entries > ENTRIES_A_WRITE
  })
  return end === -1 ? events : events.slice(0, Math.max(1, end))
}

export type { Journalled }
