import { calendarFile } from '#shared/calendar/event'
import type { CallbackDue } from '#shared/protocol/pulls'
import { locale } from '$lib/i18n/locale.svelte'
import { m } from '$lib/paraglide/messages'
import { clock } from '$lib/ui/clock.svelte'
import { moment } from '$lib/ui/moment'
import { cityOf } from './callback-time'

/** POOL-15: a time on the customer's clock, and on mine where that is another: "15:00 in Costa Rica, 00:00 for you". */
export function bothTimes(at: number, zone: string | null): string {
  const mine = moment(at, clock.read(), locale.current)
  if (!zone) return mine
  const theirs = moment(at, clock.read(), locale.current, zone)
  return theirs === mine ? mine : m.outcome_time_both({ theirs, city: cityOf(zone), mine })
}

/** The same on the customer's clock alone; null where that is mine. */
export function theirTime(at: number, zone: string | null): string | null {
  if (!zone) return null
  const theirs = moment(at, clock.read(), locale.current, zone)
  if (theirs === moment(at, clock.read(), locale.current)) return null
  return m.desk_local_time({ time: theirs, city: cityOf(zone) })
}

/** Hands the promise to the person's own calendar as a file (RFC 5545). */
export function saveToCalendar(
  callback: Pick<
    CallbackDue,
    'poolId' | 'poolName' | 'entryId' | 'customerName' | 'phone' | 'at' | 'timeZone' | 'note'
  >,
): void {
  const { poolId, poolName, entryId, customerName, phone, at, timeZone, note } = callback
  const now = clock.read()
  const file = calendarFile({
    uid: `${poolId}-${entryId}@${location.hostname}`,
    sequence: Math.floor(now / 60_000),
    stampAt: now,
    startsAt: at,
    minutes: 15,
    title: m.outcome_calendar_title({ name: customerName ?? phone }),
    notes: [phone, poolName, bothTimes(at, timeZone), note].filter(Boolean).join('\n'),
    remindMinutes: 5,
  })
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([file], { type: 'text/calendar;charset=utf-8' }))
  link.download = `callback-${new Date(at).toISOString().slice(0, 10)}.ics`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
