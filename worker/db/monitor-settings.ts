import type { MonitorSettings } from '#shared/protocol/monitor'
import { readSetting, writeSetting } from './settings'

const NAME = 'monitor'

/** SIP-10: until an administrator says otherwise, agents see who is at their call. */
export async function readMonitorSettings(db: D1Database): Promise<MonitorSettings> {
  const kept = await readSetting<Pick<MonitorSettings, 'isShown'>>(db, NAME)
  return { isShown: kept?.body.isShown ?? true, version: kept?.version ?? 0 }
}

/** Null: it has changed since `version`. */
export async function writeMonitorSettings(
  db: D1Database,
  { version, isShown }: MonitorSettings,
  now: number,
): Promise<MonitorSettings | null> {
  const written = await writeSetting(db, NAME, { isShown }, version, now)
  return written === null ? null : { isShown, version: written }
}
