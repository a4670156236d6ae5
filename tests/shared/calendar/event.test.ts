import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calendarFile, type CalendarEvent } from '#shared/calendar/event'

const event: CalendarEvent = {
  uid: 'renewals:7@switchroom',
  sequence: 3,
  stampAt: Date.UTC(2026, 10, 21, 8, 30),
  // 15:00 in Costa Rica, midnight in Istanbul
  startsAt: Date.UTC(2026, 10, 21, 21),
  minutes: 15,
  title: 'Call Erin, the baker; bring \\ the list',
  notes: 'after work\n+506 5123 4567',
  remindMinutes: 5,
}
const unfold = (file: string) => file.replace(/\r\n[ \t]/g, '')
const valueOf = (file: string, name: string) =>
  unfold(file)
    .split('\r\n')
    .find((line) => line.startsWith(`${name}:`))
    ?.slice(name.length + 1)

describe('a callback in a calendar', () => {
  it('[POOL-15] is one event in UTC, with a reminder (RFC 5545 §3.6.1, §3.6.6)', () => {
    const lines = calendarFile(event).split('\r\n')
    expect(lines.at(-1)).toBe('')
    expect(lines.slice(0, 4)).toEqual([
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//Switchroom//Callbacks//EN',
      'METHOD:PUBLISH',
    ])
    expect(valueOf(calendarFile(event), 'DTSTART')).toBe('20261121T210000Z')
    expect(valueOf(calendarFile(event), 'DTEND')).toBe('20261121T211500Z')
    expect(valueOf(calendarFile(event), 'DTSTAMP')).toBe('20261121T083000Z')
    expect(lines.filter((line) => line.startsWith('BEGIN:'))).toEqual([
      'BEGIN:VCALENDAR',
      'BEGIN:VEVENT',
      'BEGIN:VALARM',
    ])
    expect(valueOf(calendarFile(event), 'TRIGGER')).toBe('-PT5M')
  })

  it('[POOL-15] escapes what has a meaning of its own (§3.3.11)', () => {
    expect(valueOf(calendarFile(event), 'SUMMARY')).toBe('Call Erin\\, the baker\\; bring \\\\ the list')
    expect(valueOf(calendarFile(event), 'DESCRIPTION')).toBe('after work\\n+506 5123 4567')
    expect(calendarFile({ ...event, notes: '' })).not.toContain('DESCRIPTION:\r\n')
  })

  it('[POOL-15] no line is longer than 75 octets, no character is cut, and folded back it says the same (§3.1)', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 300 }),
        fc.string({ unit: 'binary', maxLength: 80 }),
        (title, notes) => {
          const file = calendarFile({ ...event, title: `x${title}`, notes })
          const octets = file.split('\r\n').map((line) => new TextEncoder().encode(line).length)
          expect(Math.max(...octets)).toBeLessThanOrEqual(75)
          // nothing but CRLF breaks a line, so no text can add a property of its own
          expect(file.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
          const summary = valueOf(file, 'SUMMARY')!.replace(/\\([\\;,n])/g, (_, one: string) =>
            one === 'n' ? '\n' : one,
          )
          expect(summary).toBe(`x${title}`.replace(/\r\n|\r|\n/g, '\n').replace(/(?!\n)\p{Cc}/gu, ''))
        },
      ),
    )
  })
})
