const DAY_MS = 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()

/** How far a zone's clock is ahead of UTC at a moment, in ms. */
function offsetAt(at: number, zone: string): number {
  let format = formats.get(zone)
  if (!format) {
    const parts = {
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    } as const
    formats.set(zone, (format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...parts })))
  }
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)])) as Record<
    string,
    number
  >
  return (
    Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second) - Math.floor(at / 1000) * 1000
  )
}

/** A calendar day (`2026-11-21`) on a zone's clock as epoch ms: from inclusive, to exclusive; a day of 23 or 25 hours too. */
export function boundsOf(day: string, zone: string): { from: number; to: number } | null {
  const start = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN
  if (!Number.isFinite(start)) return null
  return { from: midnight(start, zone), to: midnight(start + DAY_MS, zone) }
}

/** The moment a zone's clock shows `wall` (its reading as if it were UTC). */
function midnight(wall: number, zone: string): number {
  const near = wall - offsetAt(wall, zone)
  return wall - offsetAt(near, zone)
}

/** A moment as a spreadsheet's serial day on that zone's clock. */
export const localSerial = (at: number, zone: string): number => (at + offsetAt(at, zone)) / DAY_MS + 25_569
