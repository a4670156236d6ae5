import { RECORDING_DEFAULTS, type RecordingSettings } from '#shared/domain/recording/policy'
import type { RecordingSettingsView } from '#shared/protocol/recordings'
import { readSetting, writeSetting } from './settings'

const NAME = 'recording'

/** What was never changed is as the house gives it. */
export async function readRecordingSettings(db: D1Database): Promise<RecordingSettingsView> {
  const kept = await readSetting<RecordingSettings>(db, NAME)
  return { ...RECORDING_DEFAULTS, ...kept?.body, version: kept?.version ?? 0 }
}

/** Null: they have changed since `version`. */
export async function writeRecordingSettings(
  db: D1Database,
  { version, ...settings }: RecordingSettingsView,
  now: number,
): Promise<RecordingSettingsView | null> {
  const written = await writeSetting(db, NAME, settings, version, now)
  return written === null ? null : { ...settings, version: written }
}
