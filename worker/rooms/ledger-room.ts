import { bookCalls } from '../db/calls'
import { bookLegs, type LegRow } from '../db/call-quality'
import type { CallRow, LedgerPort } from './ports'
import { Room, type JournalRow } from './room'

/**
 * One of eight shards that write calls to D1 for many CallRooms: a CallRoom lives for one call and would cost a D1 write
 * each. `book` answers once the rows are on this room's disk; the journal carries them on, ≤ 500 rows per 200 ms, retried
 * by alarm until they land. The newest `rev` of a call wins, so a repeated or late row changes nothing.
 */
export class LedgerRoom extends Room implements LedgerPort {
  protected override readonly gatherMs = 200
  protected override readonly journalBatch = 500

  book(rows: CallRow[]): Promise<void> {
    return this.inGroup(null, () => {
      for (const row of rows) this.shell.append(`${row.callId}:${row.rev}`, row)
    })
  }

  bookLeg(row: LegRow): Promise<void> {
    return this.inGroup(null, () => void this.shell.append(`leg:${row.callId}:${row.userId}`, { leg: row }))
  }

  protected override async drain(rows: JournalRow[]): Promise<void> {
    const events = rows.map(({ event }) => JSON.parse(event) as CallRow | { leg: LegRow })
    const calls = events.filter((event): event is CallRow => !('leg' in event))
    const legs = events.flatMap((event) => ('leg' in event ? [event.leg] : []))
    if (calls.length > 0) await bookCalls(this.env.DB, calls)
    if (legs.length > 0) await bookLegs(this.env.DB, longestOf(legs))
  }
}

/** One statement touches a row once only. */
function longestOf(legs: LegRow[]): LegRow[] {
  const longest = new Map<string, LegRow>()
  for (const leg of legs) {
    const key = `${leg.callId}:${leg.userId}`
    if (leg.seconds >= (longest.get(key)?.seconds ?? 0)) longest.set(key, leg)
  }
  return [...longest.values()]
}
