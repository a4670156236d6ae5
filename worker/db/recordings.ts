import type { HeardRecording, Listen, RecordingQuery, RecordingView } from '#shared/protocol/recordings'

/** A recording as D1 keeps it. `pieces`: bytes of sound in each sealed piece, in order; 0: it was lost. */
export type RecordingRow = RecordingView & {
  keyVersion: number
  wrappedKey: string
  pieces: number[]
  rev: number
}

const COLUMNS: [column: string, field: keyof RecordingRow][] = [
  ['id', 'id'],
  ['source', 'source'],
  ['call_id', 'callId'],
  ['attempt_id', 'attemptId'],
  ['agent_id', 'agentId'],
  ['agent_name', 'agentName'],
  ['other', 'other'],
  ['pool_id', 'poolId'],
  ['direction', 'direction'],
  ['started_at', 'startedAt'],
  ['ended_at', 'endedAt'],
  ['duration_ms', 'durationMs'],
  ['channels', 'channels'],
  ['mime_type', 'mimeType'],
  ['bytes', 'bytes'],
  ['gaps', 'gaps'],
  ['state', 'state'],
  ['is_cut', 'isCut'],
  ['consent', 'consent'],
  ['file_name', 'fileName'],
  ['key_version', 'keyVersion'],
  ['wrapped_key', 'wrappedKey'],
  ['pieces', 'pieces'],
  ['rev', 'rev'],
]
/** What may be changed elsewhere meanwhile (a key wrapped anew) is not put back by an older book-keeper. */
const FIXED = new Set(['id', 'key_version', 'wrapped_key'])
const BOOK = `
  INSERT INTO recordings (${COLUMNS.map(([column]) => column).join(', ')})
  SELECT ${COLUMNS.map(([, field]) => `value->>'${field}'`).join(', ')} FROM json_each(?) WHERE true
  ON CONFLICT (id) DO UPDATE SET ${COLUMNS.filter(([column]) => !FIXED.has(column))
    .map(([column]) => `${column} = excluded.${column}`)
    .join(', ')}
  WHERE excluded.rev > recordings.rev`

/** Books recordings in one statement. Idempotent: the newest rev of a recording stands. */
export async function bookRecordings(db: D1Database, rows: RecordingRow[]): Promise<void> {
  const newest = new Map<string, RecordingRow>()
  for (const row of rows) if (row.rev > (newest.get(row.id)?.rev ?? -1)) newest.set(row.id, row)
  await db
    .prepare(BOOK)
    .bind(JSON.stringify([...newest.values()].map((row) => ({ ...row, isCut: row.isCut ? 1 : 0 }))))
    .run()
}

const FIELDS = COLUMNS.map(([column, field]) => `${column} AS ${field}`).join(', ')
const SELECT = `SELECT ${FIELDS} FROM recordings`
type Kept = Omit<RecordingRow, 'gaps' | 'pieces' | 'isCut'> & { gaps: string; pieces: string; isCut: number }
const rowOf = ({ gaps, pieces, isCut, ...row }: Kept): RecordingRow => ({
  ...row,
  gaps: JSON.parse(gaps) as RecordingRow['gaps'],
  pieces: JSON.parse(pieces) as number[],
  isCut: isCut === 1,
})

export async function findRecording(db: D1Database, id: string): Promise<RecordingRow | null> {
  const row = await db.prepare(`${SELECT} WHERE id=?`).bind(id).first<Kept>()
  return row && rowOf(row)
}

/** What retention knows of a recording beside its row, which its room writes. */
export type Standing = { heldAt: number | null; deletedAt: number | null; recordingDays: number | null }
const STANDING = `held_at AS heldAt, deleted_at AS deletedAt,
  (SELECT json_extract(p.settings, '$.recordingDays') FROM pools p WHERE p.id = recordings.pool_id) AS recordingDays`

export const viewOf = ({ keyVersion: _k, wrappedKey: _w, pieces: _p, rev: _r, ...view }: RecordingRow): RecordingView =>
  view

/** Newest first; the cursor is `startedAt:id` of the last one shown. */
export async function listRecordings(
  db: D1Database,
  query: RecordingQuery,
  heardOf: (recording: RecordingView, standing: Standing) => HeardRecording,
): Promise<{ items: HeardRecording[]; nextCursor: string | null }> {
  const [where, values]: [string[], unknown[]] = [[], []]
  const wants = (clause: string, ...given: unknown[]) => {
    where.push(clause)
    values.push(...given)
  }
  if (query.agentId) wants('agent_id = ?', query.agentId)
  if (query.poolId) wants('pool_id = ?', query.poolId)
  if (query.callId) wants('call_id = ?', query.callId)
  if (query.attemptId) wants('attempt_id = ?', query.attemptId)
  if (query.from !== undefined) wants('started_at >= ?', query.from)
  if (query.to !== undefined) wants('started_at < ?', query.to)
  // digits and a plus only: nothing of LIKE's own is in it
  if (query.number) wants('other LIKE ?', `%${query.number}%`)
  if (query.longerThan !== undefined) wants('duration_ms >= ?', query.longerThan * 1000)
  if (query.cursor) {
    const colon = query.cursor.indexOf(':')
    wants('(started_at, id) < (?, ?)', Number(query.cursor.slice(0, colon)), query.cursor.slice(colon + 1))
  }
  const { results } = await db
    .prepare(
      `SELECT ${FIELDS}, ${STANDING} FROM recordings ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''} ORDER BY started_at DESC, id DESC LIMIT ?`,
    )
    .bind(...values, query.limit + 1)
    .all<Kept & Standing>()
  const shown = results
    .slice(0, query.limit)
    .map(({ heldAt, deletedAt, recordingDays, ...kept }) =>
      heardOf(viewOf(rowOf(kept)), { heldAt, deletedAt, recordingDays }),
    )
  const last = results.length > query.limit ? shown.at(-1) : undefined
  return {
    items: shown,
    nextCursor: last ? `${last.startedAt}:${last.id}` : null,
  }
}

export async function standingOf(db: D1Database, id: string): Promise<Standing> {
  const row = await db.prepare(`SELECT ${STANDING} FROM recordings WHERE id=?`).bind(id).first<Standing>()
  return row ?? { heldAt: null, deletedAt: null, recordingDays: null }
}

// ---- who heard it -------------------------------------------------------------------------------------------------

const USES = { listen: 'recording.listen', download: 'recording.download' } as const
/** Seconds are asked for again and again by one player: within this it is one listening. */
const ONE_LISTENING_MS = 60_000

/** DATA-2: a row before the first byte leaves; the same person's next requests within a minute belong to it. */
export async function noteListening(
  db: D1Database,
  heard: { auditId: string; recordingId: string; userId: string; use: Listen['use']; at: number },
): Promise<void> {
  const { auditId, recordingId, userId, use, at } = heard
  await db
    .prepare(
      `INSERT INTO audit (id, at, actor_id, action, subject, detail) SELECT ?1, ?2, ?3, ?4, ?5, '{}'
       WHERE NOT EXISTS (SELECT 1 FROM audit WHERE subject=?5 AND actor_id=?3 AND action=?4 AND at > ?2 - ?6)`,
    )
    .bind(auditId, at, userId, USES[use], recordingId, ONE_LISTENING_MS)
    .run()
}

export async function listensOf(db: D1Database, recordingId: string): Promise<Listen[]> {
  const { results } = await db
    .prepare(
      `SELECT a.at, a.actor_id AS userId, coalesce(u.name, a.actor_id) AS name, a.action
       FROM audit a LEFT JOIN users u ON u.id = a.actor_id
       WHERE a.subject=? AND a.action IN ('recording.listen', 'recording.download') ORDER BY a.at DESC LIMIT 200`,
    )
    .bind(recordingId)
    .all<{ at: number; userId: string; name: string; action: string }>()
  return results.map(({ action, ...row }) => ({ ...row, use: action === USES.download ? 'download' : 'listen' }))
}

// ---- what is learnt later -----------------------------------------------------------------------------------------

/** Of an attached file, from its first playing; what is known already stays. */
export async function noteLength(db: D1Database, id: string, durationMs: number, channels: number): Promise<void> {
  await db
    .prepare('UPDATE recordings SET duration_ms=?, channels=? WHERE id=? AND duration_ms=0')
    .bind(durationMs, channels, id)
    .run()
}

export async function recordingsByKey(db: D1Database): Promise<{ version: number; recordings: number }[]> {
  const { results } = await db
    .prepare(
      "SELECT key_version AS version, count(*) AS recordings FROM recordings WHERE state <> 'deleted' GROUP BY key_version ORDER BY 1",
    )
    .all<{ version: number; recordings: number }>()
  return results
}

type KeyRow = Pick<RecordingRow, 'id' | 'callId' | 'attemptId' | 'keyVersion' | 'wrappedKey'>
/** Those not wrapped by this version, of ids after `after`. Only finished ones: the others' room still has the old key. */
export async function wrappedByOthers(
  db: D1Database,
  current: number,
  after: string,
  limit: number,
): Promise<KeyRow[]> {
  const { results } = await db
    .prepare(
      `SELECT id, call_id AS callId, attempt_id AS attemptId, key_version AS keyVersion, wrapped_key AS wrappedKey
       FROM recordings WHERE key_version <> ? AND state='finished' AND id > ? ORDER BY id LIMIT ?`,
    )
    .bind(current, after, limit)
    .all<KeyRow>()
  return results
}

export async function putKeys(
  db: D1Database,
  keys: { id: string; version: number; wrapped: string; was: string }[],
): Promise<void> {
  if (keys.length === 0) return
  const change = db.prepare('UPDATE recordings SET key_version=?, wrapped_key=? WHERE id=? AND wrapped_key=?')
  await db.batch(keys.map(({ id, version, wrapped, was }) => change.bind(version, wrapped, id, was)))
}
