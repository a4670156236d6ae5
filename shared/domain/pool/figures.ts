import type { Attempt } from './attempt'

/** POOL-26: what one attempt adds to the figures of its day; they follow a correction by the difference. */
export type Figures = { attempts: number; reached: number; positive: number; talkMs: number }

export const NO_FIGURES: Figures = { attempts: 0, reached: 0, positive: 0, talkMs: 0 }

export function figuresOf(attempt: Pick<Attempt, 'flags' | 'talkMs'>): Figures {
  return {
    attempts: 1,
    reached: Number(attempt.flags.includes('reached')),
    positive: Number(attempt.flags.includes('positive')),
    talkMs: attempt.talkMs ?? 0,
  }
}

const calendars = new Map<string, Intl.DateTimeFormat>()

/** The calendar day of a moment in the pool's zone, as 2026-11-21: *today* begins at its midnight (POOL-26). */
export function dayOf(at: number, timeZone: string): string {
  let calendar = calendars.get(timeZone)
  if (!calendar) {
    calendar = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
    calendars.set(timeZone, calendar)
  }
  return calendar.format(at)
}
