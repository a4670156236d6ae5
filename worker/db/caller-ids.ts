import type { CallerIdRules } from '#shared/protocol/trunks'
import { readSetting, writeSetting } from './settings'

const NAME = 'caller-ids'

export async function readCallerIds(db: D1Database): Promise<CallerIdRules> {
  const kept = await readSetting<Omit<CallerIdRules, 'version'>>(db, NAME)
  return { agents: [], pools: [], ...kept?.body, version: kept?.version ?? 0 }
}

/** Null: they have changed since `version`. */
export async function writeCallerIds(
  db: D1Database,
  { version, ...rules }: CallerIdRules,
  now: number,
): Promise<CallerIdRules | null> {
  const written = await writeSetting(db, NAME, rules, version, now)
  return written === null ? null : { ...rules, version: written }
}
