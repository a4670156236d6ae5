import { ok, refuse, type Result } from '../../result'
import { dispositionOf, has, type Disposition } from './disposition'
import { freed, type Entry } from './entry'
import { answersOf, type Answer, type AnswerValues } from './form'
import type { PoolRules } from './rules'

/** What the agent says came of it. */
export type Said = {
  disposition: string
  note: string | null
  callbackAt: number | null
  /** Whose the promised call is; default mine (POOL-15). */
  callbackFor: 'me' | 'anyone'
  /** POOL-27: the customer has another number, should this one be wrong. */
  isAnotherLeft?: boolean | undefined
  /** Of those the disposition offers. */
  tags?: readonly string[] | undefined
  /** POOL-28: the pool's form as filled in; undefined: not shown (a correction). */
  answers?: AnswerValues | undefined
}
export type SaidRefusal =
  | 'form-incomplete'
  | 'form-invalid'
  | 'unknown-disposition'
  | 'note-required'
  | 'callback-time-required'
  | 'callback-in-the-past'
  | 'note-too-long'

export const LONGEST_NOTE = 2000

/** POOL-13, at the edge: what the browser checked is checked again. `at`: when it was said. */
export function checkSaid(said: Said, rules: PoolRules, at: number): Result<Disposition, SaidRefusal> {
  const disposition = dispositionOf(rules.dispositions, said.disposition)
  if (!disposition) return refuse('unknown-disposition')
  if (said.note !== null && said.note.length > LONGEST_NOTE) return refuse('note-too-long')
  if (disposition.noteRequired && !said.note?.trim()) return refuse('note-required')
  if (!has(disposition, 'callback')) return ok(disposition)
  if (said.callbackAt === null)
    return disposition.callbackTimeRequired ? refuse('callback-time-required') : ok(disposition)
  return said.callbackAt <= at ? refuse('callback-in-the-past') : ok(disposition)
}

/** POOL-28: what the form says, judged for this disposition and the time the customer was handed out. */
export function checkForm(
  said: Said,
  disposition: Disposition,
  rules: PoolRules,
  grantedAt: number,
  required: boolean,
): Result<Answer[], 'form-incomplete' | 'form-invalid'> {
  return answersOf(rules.form ?? [], said.answers ?? {}, disposition.flags, grantedAt, required)
}

/** A tag that the disposition does not offer any more is kept: it was offered when it was picked. */
export const tagsOf = (said: Said): string[] => [...new Set(said.tags ?? [])]

/**
 * What an attempt makes of its entry (POOL-3, 10, 11, 15). Reads flags, never a code. Do-not-call is never left by a
 * disposition; a paused entry that would wait goes on being paused; a disposition without any deciding flag waits like a
 * retry. `at` + delay is when it may be pulled again, at its old place in the order.
 */
export function follow(
  entry: Entry,
  disposition: Disposition,
  said: Said,
  agentId: string,
  at: number,
  rules: PoolRules,
): Entry {
  const booked: Entry = {
    ...freed(entry),
    attempts: entry.attempts + 1,
    dueAt: null,
    callback: null,
    missingAttempt: null,
  }
  if (has(disposition, 'do-not-call') || entry.state === 'do-not-call') return { ...booked, state: 'do-not-call' }
  if (has(disposition, 'completed')) return { ...booked, state: 'completed' }
  if (has(disposition, 'unreachable')) return { ...booked, state: 'unreachable' }
  const waiting = entry.state === 'paused' ? 'paused' : 'pending'
  if (has(disposition, 'wrong-number')) {
    // it kills the number, not the customer: the next one is tried without delay, the attempts limit holds (settle)
    return said.isAnotherLeft ? { ...booked, state: waiting } : { ...booked, state: 'unreachable' }
  }
  if (has(disposition, 'callback') && said.callbackAt !== null) {
    const callback = {
      at: said.callbackAt,
      for: said.callbackFor === 'me' ? agentId : null,
      note: said.note,
      by: agentId,
    }
    return { ...booked, state: waiting, callback }
  }
  if (booked.attempts >= rules.maxAttempts) return { ...booked, state: 'unreachable' }
  return { ...booked, state: waiting, dueAt: at + (disposition.retryDelayMinutes ?? 0) * 60_000 }
}
