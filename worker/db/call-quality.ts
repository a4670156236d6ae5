import type { LegView } from '#shared/protocol/quality'

export type LegRow = LegView & { callId: string }

const BOOK = `
  INSERT INTO call_legs (call_id, user_id, mos, worst_mos, loss, delay_ms, jitter_ms, seconds, codec)
  SELECT value->>'callId', value->>'userId', value->>'mos', value->>'worstMos', value->>'loss', value->>'delayMs',
         value->>'jitterMs', value->>'seconds', value->>'codec'
  FROM json_each(?) WHERE true
  ON CONFLICT (call_id, user_id) DO UPDATE SET
    mos = excluded.mos, worst_mos = excluded.worst_mos, loss = excluded.loss, delay_ms = excluded.delay_ms,
    jitter_ms = excluded.jitter_ms, seconds = excluded.seconds, codec = excluded.codec
  WHERE excluded.seconds >= call_legs.seconds`

/** Idempotent: of one leg's reports the longest stays. */
export async function bookLegs(db: D1Database, rows: LegRow[]): Promise<void> {
  await db.prepare(BOOK).bind(JSON.stringify(rows)).run()
}

const OF_CALLS = `
  SELECT call_id AS callId, user_id AS userId, mos, worst_mos AS worstMos, loss, delay_ms AS delayMs,
         jitter_ms AS jitterMs, seconds, codec
  FROM call_legs WHERE call_id IN (SELECT value FROM json_each(?))`

export async function legsOf(db: D1Database, callIds: string[]): Promise<Map<string, LegView[]>> {
  const legs = new Map<string, LegView[]>()
  if (callIds.length === 0) return legs
  const { results } = await db.prepare(OF_CALLS).bind(JSON.stringify(callIds)).all<LegRow>()
  for (const { callId, ...leg } of results) legs.set(callId, [...(legs.get(callId) ?? []), leg])
  return legs
}
