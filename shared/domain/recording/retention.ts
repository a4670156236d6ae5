/** PHONE-11: how long recordings are kept. Days are 24 hours from the recording's beginning. */
export const DAY_MS = 24 * 3600_000
export const MOST_DAYS = 3_650
/** The hour (UTC) of the daily deletion: when few are at work, in most of the world's call centres. */
const AT_HOUR = 3

type KeptBy = { keepDays: number | null }
/** A pool's own days, else the deployment's; null: until somebody says otherwise. */
export const daysKept = (pool: { recordingDays?: number | null | undefined } | null, { keepDays }: KeptBy) =>
  pool?.recordingDays ?? keepDays

/** Epoch ms; null: no end is set, or a hold of the law keeps it. */
export function keptUntil(recording: { startedAt: number; isHeld: boolean }, days: number | null): number | null {
  return days === null || recording.isHeld ? null : recording.startedAt + days * DAY_MS
}

/** The next time of day for it. A change of the days deletes nothing before: there is time to take it back. */
export function nextDeletion(now: number): number {
  const today = Math.floor(now / DAY_MS) * DAY_MS + AT_HOUR * 3600_000
  return today > now ? today : today + DAY_MS
}
