import { bookCalls } from '../db/calls'
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

  protected override async drain(rows: JournalRow[]): Promise<void> {
    await bookCalls(
      this.env.DB,
      rows.map((row) => JSON.parse(row.event) as CallRow),
    )
  }
}
