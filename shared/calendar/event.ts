/** One appointment for a person's own calendar; times in epoch ms. */
export type CalendarEvent = {
  /** The same for the same promise, so that a later file moves the appointment instead of making a second one. */
  uid: string
  /** Rises with each change of it. */
  sequence: number
  stampAt: number
  startsAt: number
  minutes: number
  title: string
  notes: string
  /** Minutes before the start at which the calendar reminds. */
  remindMinutes: number
}

/**
 * An iCalendar file with this one event (RFC 5545). Times are UTC (§3.3.5 form 2), so that no zone has to be described and
 * every calendar shows its reader's own clock.
 */
export function calendarFile(event: CalendarEvent): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Switchroom//Callbacks//EN',
    'METHOD:PUBLISH',
    'BEGIN:VEVENT',
    `UID:${text(event.uid)}`,
    `SEQUENCE:${event.sequence}`,
    `DTSTAMP:${utc(event.stampAt)}`,
    `DTSTART:${utc(event.startsAt)}`,
    `DTEND:${utc(event.startsAt + event.minutes * 60_000)}`,
    `SUMMARY:${text(event.title)}`,
    ...(event.notes ? [`DESCRIPTION:${text(event.notes)}`] : []),
    'BEGIN:VALARM',
    'ACTION:DISPLAY',
    `DESCRIPTION:${text(event.title)}`,
    `TRIGGER:-PT${event.remindMinutes}M`,
    'END:VALARM',
    'END:VEVENT',
    'END:VCALENDAR',
  ]
  return lines.map((line) => `${folded(line)}\r\n`).join('')
}

/** §3.3.5: 20261121T150000Z. */
const utc = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`

/** §3.3.11: backslash, semicolon, comma and line breaks are escaped; other control characters have no place in it. */
function text(value: string): string {
  return value
    .replace(/[\\;,]/g, (one) => `\\${one}`)
    .replace(/\r\n|\r|\n/g, '\\n')
    .replace(/\p{Cc}/gu, '')
}

const OCTETS_A_LINE = 75

/** §3.1: at most 75 octets a line; what follows begins with a space, which counts. A character is never cut in two. */
function folded(line: string): string {
  const bytes = new TextEncoder()
  let out = ''
  let room = OCTETS_A_LINE
  for (const character of line) {
    const size = bytes.encode(character).length
    if (size > room) {
      out += '\r\n '
      room = OCTETS_A_LINE - 1
    }
    out += character
    room -= size
  }
  return out
}
