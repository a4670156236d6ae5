/** Local time by Intl, and the way back: what every rule about hours stands on. Instants are epoch milliseconds. */
export const MINUTE_MS = 60_000
export const DAY_MS = 24 * 60 * MINUTE_MS

const clocks = new Map<string, Intl.DateTimeFormat>()

function clockOf(zone: string): Intl.DateTimeFormat {
  let clock = clocks.get(zone)
  if (!clock) {
    clock = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    clocks.set(zone, clock)
  }
  return clock
}

/** How far local clocks are ahead of UTC, in ms. */
export function offsetAt(zone: string, at: number): number {
  const second = Math.floor(at / 1000) * 1000
  // "11/21/2026, 14:32:05"
  const [month, day, year, hour, minute, sec] = clockOf(zone).format(second).match(/\d+/g)!.map(Number)
  return Date.UTC(year!, month! - 1, day, hour, minute, sec) - second
}

/** What a wall clock shows: its day counted as UTC days are, and the minute of that day. */
export type LocalTime = { day: number; minute: number; weekday: number; date: string }

export function localTime(at: number, offsetMs: number): LocalTime {
  const local = at + offsetMs
  const day = Math.floor(local / DAY_MS)
  return {
    day,
    minute: Math.floor((local - day * DAY_MS) / MINUTE_MS),
    // 1970-01-01 was a Thursday; Monday is 0
    weekday: (((day + 3) % 7) + 7) % 7,
    date: new Date(day * DAY_MS).toISOString().slice(0, 10),
  }
}

/** As people write it: 2026-11-21 14:32. */
export function localText(zone: string, at: number): string {
  return new Date(at + offsetAt(zone, at)).toISOString().slice(0, 16).replace('T', ' ')
}

/** A stretch of time in which a zone keeps one offset. */
export type Segment = { from: number; to: number; offsetMs: number }

/** [from, to) of at most some days, cut where clocks change (twice a year at most; the change is found to the second). */
export function segmentsOf(zone: string, from: number, to: number): Segment[] {
  const first = offsetAt(zone, from)
  const last = offsetAt(zone, to)
  if (first === last) return [{ from, to, offsetMs: first }]
  let before = from
  let after = to
  while (after - before > 1000) {
    const middle = Math.floor((before + after) / 2000) * 1000
    if (middle <= before) break
    if (offsetAt(zone, middle) === first) before = middle
    else after = middle
  }
  return [
    { from, to: after, offsetMs: first },
    { from: after, to, offsetMs: last },
  ]
}
