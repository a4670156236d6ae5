import { DEFAULT_RULES, type DiallingRules } from '#shared/domain/dialling/rules'
import { readSetting, writeSetting } from './settings'

const NAME = 'dialling'

/** What was never changed is as the house gives it. */
export async function readDiallingRules(db: D1Database): Promise<DiallingRules> {
  const kept = await readSetting<Omit<DiallingRules, 'version'>>(db, NAME)
  return kept ? { ...DEFAULT_RULES, ...kept.body, version: kept.version } : DEFAULT_RULES
}

/** Null: they have changed since `version`. */
export async function writeDiallingRules(
  db: D1Database,
  { version, ...rules }: DiallingRules,
  now: number,
): Promise<DiallingRules | null> {
  const written = await writeSetting(db, NAME, rules, version, now)
  return written === null ? null : { ...rules, version: written }
}
