import { and, desc, eq, gte, lt, or, type SQL } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import type { CallView } from '#shared/protocol/calls'
import type { LegView } from '#shared/protocol/quality'
import { log } from '../log'
import type { CallRow } from '../rooms/ports'
import { legsOf } from './call-quality'
import { calls } from './schema'

const BOOK = `
  INSERT INTO calls (id, agent_id, agent_name, other, pool_id, entry_id, direction, started_at, answered_at, ended_at,
                     talk_ms, hangup_cause, sip_status, ended_by, rev)
  SELECT value->>'callId', value->>'agentId', value->>'agentName', value->>'other', value->>'poolId', value->>'entryId',
         value->>'direction', value->>'startedAt', value->>'answeredAt', value->>'endedAt',
         value->>'talkMs', value->>'hangupCause', value->>'sipStatus', value->>'endedBy', value->>'rev'
  FROM json_each(?) WHERE true
  ON CONFLICT (id) DO UPDATE SET
    agent_id = excluded.agent_id, agent_name = excluded.agent_name, other = excluded.other, pool_id = excluded.pool_id,
    entry_id = excluded.entry_id, direction = excluded.direction, started_at = excluded.started_at,
    answered_at = excluded.answered_at, ended_at = excluded.ended_at, talk_ms = excluded.talk_ms,
    hangup_cause = excluded.hangup_cause, sip_status = excluded.sip_status, ended_by = excluded.ended_by, rev = excluded.rev
  WHERE excluded.rev > calls.rev`

/** Books calls in one statement whatever their number (one JSON parameter). Idempotent: the newest rev of a call wins. */
export async function bookCalls(db: D1Database, rows: CallRow[]): Promise<void> {
  const book = (some: CallRow[]) => db.prepare(BOOK).bind(JSON.stringify(some)).run()
  try {
    await book(rows)
  } catch (fault) {
    if (!isMalformedRow(fault)) throw fault
    // one row that D1 will never take must not hold back the others for ever
    for (const row of rows) {
      await book([row]).catch((rowFault: unknown) => {
        if (!isMalformedRow(rowFault)) throw rowFault
        log.error('call not booked', { callId: row.callId, fault: rowFault })
      })
    }
  }
}

function isMalformedRow(fault: unknown): boolean {
  return fault instanceof Error && /constraint failed/i.test(fault.message)
}

export type CallQuery = {
  agentId?: string
  poolId?: string
  /** Epoch ms, inclusive. */
  from?: number
  /** Epoch ms, exclusive. */
  to?: number
  cursor?: string
  limit: number
}

/** Newest first; the cursor is `startedAt:id` of the last one shown. */
export async function listCalls(
  db: D1Database,
  query: CallQuery,
): Promise<{ items: CallView[]; nextCursor: string | null }> {
  const wanted: (SQL | undefined)[] = [
    query.agentId ? eq(calls.agentId, query.agentId) : undefined,
    query.poolId ? eq(calls.poolId, query.poolId) : undefined,
    query.from === undefined ? undefined : gte(calls.startedAt, query.from),
    query.to === undefined ? undefined : lt(calls.startedAt, query.to),
    query.cursor ? before(query.cursor) : undefined,
  ]
  const rows = await drizzle(db)
    .select()
    .from(calls)
    .where(and(...wanted))
    .orderBy(desc(calls.startedAt), desc(calls.id))
    .limit(query.limit + 1)
  const shown = rows.slice(0, query.limit)
  const last = rows.length > query.limit ? shown.at(-1) : undefined
  const legs = await legsOf(
    db,
    shown.map(({ id }) => id),
  )
  const items = shown.map((row) => viewOf(row, legs.get(row.id)))
  return { items, nextCursor: last ? `${last.startedAt}:${last.id}` : null }
}

export async function findCall(db: D1Database, callId: string): Promise<CallView | null> {
  const [row] = await drizzle(db).select().from(calls).where(eq(calls.id, callId)).limit(1)
  return row ? viewOf(row, (await legsOf(db, [callId])).get(callId)) : null
}

function before(cursor: string): SQL | undefined {
  const colon = cursor.indexOf(':')
  const startedAt = Number(cursor.slice(0, colon))
  return or(lt(calls.startedAt, startedAt), and(eq(calls.startedAt, startedAt), lt(calls.id, cursor.slice(colon + 1))))
}

function viewOf({ id, rev: _rev, ...row }: typeof calls.$inferSelect, legs: LegView[] = []): CallView {
  return { callId: id, ...row, legs } as CallView
}
