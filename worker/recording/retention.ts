import { uuidv7 } from 'uuidv7'
import { DAY_MS } from '#shared/domain/recording/retention'
import { readRecordingSettings } from '../db/recording-settings'
import type { Env } from '../env'
import { log } from '../log'
import { folderName } from './vault'

/** Who deletes, in the audit. */
const ACTOR = 'retention'
const AT_ONCE = 100

type Due = { id: string; startedAt: number; days: number }

/**
 * PHONE-11: deletes the recordings whose days are over at `now`: first the decision (`deleted_at`: nobody hears it from then on), then
 * every object of it, then its key and the audit's row. What was interrupted goes on with the next run. Answers how many went.
 *
 *   finished ──days over, not held──▶ deleted_at set ──objects gone──▶ deleted (key gone; who, when and how long stay)
 */
export async function deleteDue(env: Env, now: number): Promise<number> {
  const { keepDays } = await readRecordingSettings(env.DB)
  let [gone, after]: [number, Due | null] = [0, null]
  for (;;) {
    const due: Due[] = await dueAfter(env.DB, after, keepDays, now)
    for (const one of due) {
      const isGone = await deleteOne(env, one, now).catch((fault: unknown) => {
        log.warn('recording not deleted', { recordingId: one.id, fault })
        return false
      })
      if (isGone) gone++
    }
    if (due.length < AT_ONCE) return gone
    after = due.at(-1)!
  }
}

/** Oldest first. A pool's own days count before the deployment's; a deletion that was begun is due whatever they say now. */
async function dueAfter(db: D1Database, after: Due | null, keepDays: number | null, now: number): Promise<Due[]> {
  const { results } = await db
    .prepare(
      `SELECT id, started_at AS startedAt, days FROM (
         SELECT r.id, r.started_at, r.deleted_at, coalesce(json_extract(p.settings, '$.recordingDays'), ?1) AS days
         FROM recordings r LEFT JOIN pools p ON p.id = r.pool_id
         WHERE r.state='finished' AND r.held_at IS NULL AND (r.started_at, r.id) > (?2, ?3)
       ) WHERE deleted_at IS NOT NULL OR started_at + days * ${DAY_MS} <= ?4
       ORDER BY started_at, id LIMIT ${AT_ONCE}`,
    )
    .bind(keepDays, after?.startedAt ?? -1, after?.id ?? '', now)
    .all<Due>()
  return results
}

async function deleteOne(env: Env, { id, days }: Due, now: number): Promise<boolean> {
  const begun = await env.DB.prepare(
    "UPDATE recordings SET deleted_at=coalesce(deleted_at, ?2) WHERE id=?1 AND state='finished' AND held_at IS NULL",
  )
    .bind(id, now)
    .run()
  // held meanwhile
  if (begun.meta.changes === 0) return false
  await dropObjects(env, id)
  const noted = env.DB.prepare(
    `INSERT INTO audit (id, at, actor_id, action, subject, detail)
     SELECT ?1, ?2, ?3, 'recording.delete', ?4, ?5 WHERE EXISTS (SELECT 1 FROM recordings WHERE id=?4 AND state='finished')`,
  )
  const ended = env.DB.prepare(
    "UPDATE recordings SET state='deleted', wrapped_key='', pieces='[]' WHERE id=? AND state='finished'",
  )
  const detail = JSON.stringify({ days })
  const [, done] = await env.DB.batch([noted.bind(uuidv7(), now, ACTOR, id, detail), ended.bind(id)])
  return (done?.meta.changes ?? 0) > 0
}

/** Chunks, the whole, its picture: all there is under its name. */
async function dropObjects({ RECORDINGS }: Env, id: string): Promise<void> {
  if (!RECORDINGS) throw new Error('recordings are not set up')
  for (;;) {
    const { objects, truncated } = await RECORDINGS.list({ prefix: folderName(id) })
    if (objects.length > 0) await RECORDINGS.delete(objects.map(({ key }) => key))
    if (!truncated) return
  }
}

/** False: it is deleted, or being deleted. */
export async function holdRecording(db: D1Database, id: string, held: boolean, now: number): Promise<boolean> {
  const changed = await db
    .prepare(
      'UPDATE recordings SET held_at=CASE WHEN ? THEN coalesce(held_at, ?) END WHERE id=? AND deleted_at IS NULL',
    )
    .bind(held ? 1 : 0, now, id)
    .run()
  return changed.meta.changes > 0
}
