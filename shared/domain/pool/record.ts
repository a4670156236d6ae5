import { ok, refuse, type Result } from '../../result'
import { actTime, beforeOf, type Attempt } from './attempt'
import { has, type Disposition } from './disposition'
import { freed, type Entry, type Grant } from './entry'
import { ownGrant } from './lease'
import { checkForm, checkSaid, follow, tagsOf, type Said, type SaidRefusal } from './outcome'
import type { PoolRules } from './rules'

export type Report = Said & {
  id: string
  agentId: string
  agentName: string
  at: number
  callId: string | null
  talkMs: number | null
}
export type Recorded = {
  outcome: 'accepted' | 'late'
  entry: Entry
  attempt: Attempt
  disposition: Disposition
  /** A late completion: whoever holds the customer now must hear of it before they dial (POOL-5). */
  warnsHolder: boolean
}
export type RecordRefusal = SaidRefusal | 'foreign-token' | 'already-recorded'

/**
 * POOL-5, by fencing token. Accepted: the token is still the entry's newest, even if the lease has lapsed. Late: the
 * entry was granted again or reopened since; the attempt is booked and counts, the entry does not move, except that
 * do-not-call always applies at once. `booked`: what this grant booked before, if anything.
 */
export function record(
  entry: Entry,
  found: Grant | null,
  booked: Attempt | null,
  report: Report,
  rules: PoolRules,
  now: number,
): Result<Recorded, RecordRefusal> {
  const own = ownGrant(found, report.agentId)
  if (!own.ok) return own
  const at = actTime(report.at, own.value.grantedAt, now)
  const checked = checkSaid(report, rules, at)
  if (!checked.ok) return checked
  if (booked && booked.disposition !== null) return refuse('already-recorded')
  const disposition = checked.value
  const form = checkForm(report, disposition, rules, own.value.grantedAt, true)
  if (!form.ok) return form
  const late = own.value.token !== entry.lastToken
  // an owed disposition (POOL-17) is given: the attempt stays the one that was booked
  const base = booked && !late ? withdrawn(entry, booked) : entry
  const attempt: Attempt = {
    id: booked?.id ?? report.id,
    entryId: entry.id,
    token: own.value.token,
    agentId: report.agentId,
    agentName: report.agentName,
    at: booked?.at ?? at,
    bookedAt: now,
    n: booked?.n ?? entry.attempts + 1,
    disposition: disposition.code,
    flags: [...disposition.flags],
    note: report.note,
    tags: tagsOf(report),
    answers: form.value,
    callbackAt: has(disposition, 'callback') ? report.callbackAt : null,
    callId: booked?.callId ?? report.callId,
    byHandset: booked ? booked.byHandset : report.callId === null,
    talkMs: booked?.talkMs ?? report.talkMs,
    late,
    correctedAt: null,
    before: booked?.before ?? beforeOf(entry),
  }
  const moved = late
    ? overtaken(entry, disposition, booked !== null)
    : follow(base, disposition, report, report.agentId, at, rules)
  return ok({
    outcome: late ? 'late' : 'accepted',
    entry: moved,
    attempt,
    disposition,
    warnsHolder: late && moved.lease !== null && has(disposition, 'completed'),
  })
}

/** A late attempt: booked and counted, nothing moves; but a late do-not-call ends every hold at once. */
function overtaken(entry: Entry, disposition: Disposition, counted: boolean): Entry {
  const attempts = counted ? entry.attempts : entry.attempts + 1
  if (!has(disposition, 'do-not-call')) return { ...entry, attempts }
  return { ...freed(entry), attempts, state: 'do-not-call', callback: null, dueAt: null, missingAttempt: null }
}

/**
 * The entry as if this attempt had not been booked yet, for deciding it anew. What has happened to it since by other
 * hands stays: a pause, and a do-not-call that this attempt did not bring.
 */
export function withdrawn(entry: Entry, attempt: Attempt): Entry {
  const broughtIt = attempt.flags.includes('do-not-call')
  const kept = entry.state === 'paused' || (entry.state === 'do-not-call' && !broughtIt)
  return {
    ...freed(entry),
    state: kept ? entry.state : attempt.before.state,
    attempts: entry.attempts - 1,
    dueAt: attempt.before.dueAt,
    callback: attempt.before.callback,
    missingAttempt: null,
  }
}
