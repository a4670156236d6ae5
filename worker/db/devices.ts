import type { DeviceView } from '#shared/protocol/devices'

export type DeviceRow = DeviceView & { userId: string; username: string; secret: string }
/** Nobody has more phones than this. */
export const MOST_DEVICES = 10

export async function devicesOf(db: D1Database, userId: string): Promise<DeviceView[]> {
  const { results } = await db
    .prepare('SELECT id, name, created_at AS createdAt FROM devices WHERE user_id=? ORDER BY created_at')
    .bind(userId)
    .all<DeviceView>()
  return results
}

/** False: the user has as many as one may have. */
export async function insertDevice(db: D1Database, row: DeviceRow): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `INSERT INTO devices (id, user_id, name, username, secret, created_at)
       SELECT ?, ?, ?, ?, ?, ? WHERE (SELECT count(*) FROM devices WHERE user_id=?) < ?`,
    )
    .bind(row.id, row.userId, row.name, row.username, row.secret, row.createdAt, row.userId, MOST_DEVICES)
    .run()
  return meta.changes === 1
}

export async function deleteDevice(db: D1Database, userId: string, id: string): Promise<boolean> {
  const { meta } = await db.prepare('DELETE FROM devices WHERE id=? AND user_id=?').bind(id, userId).run()
  return meta.changes === 1
}

/** Whose socket `?device=ID` asks for. */
export function deviceById(db: D1Database, id: string): Promise<DeviceRow | null> {
  return db
    .prepare('SELECT id, name, user_id AS userId, username, secret, created_at AS createdAt FROM devices WHERE id=?')
    .bind(id)
    .first<DeviceRow>()
}
