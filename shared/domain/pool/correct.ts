import { ok, refuse, type Result } from '../../result'
import type { Role } from '../roles'
import type { Attempt } from './attempt'
import { has, type Disposition } from './disposition'
import type { Entry } from './entry'
import { checkForm, checkSaid, follow, tagsOf, type Said, type SaidRefusal } from './outcome'
import { withdrawn } from './record'
import type { PoolRules } from './rules'

/** POOL-14: so long after it was booked its own agent may correct a disposition. */
export const CORRECTION_MS = 5 * 60_000

export type Corrector = { userId: string; role: Role }
export type Corrected = {
  entry: Entry
  attempt: Attempt
  disposition: Disposition
  /** The attempt no longer says do-not-call: the number leaves the list that it had written to. */
  liftsDoNotCall: boolean
}
export type CorrectRefusal = SaidRefusal | 'not-permitted' | 'correction-window-over' | 'granted-again'

/**
 * POOL-14. Its agent within 5 min and while the entry was not granted again; then a supervisor; out of do-not-call only an
 * administrator (POOL-3). Attempts stay one; the entry follows unless it was granted again or reopened meanwhile.
 */
export function correct(
  entry: Entry,
  attempt: Attempt,
  said: Said,
  by: Corrector,
  rules: PoolRules,
  now: number,
): Result<Corrected, CorrectRefusal> {
  const allowed = mayCorrect(entry, attempt, by, now)
  if (!allowed.ok) return allowed
  const checked = checkSaid(said, rules, attempt.at)
  if (!checked.ok) return checked
  const disposition = checked.value
  const form = checkForm(said, disposition, rules, attempt.at, false)
  if (!form.ok) return form
  const changed: Attempt = {
    ...attempt,
    disposition: disposition.code,
    flags: [...disposition.flags],
    note: said.note ?? attempt.note,
    tags: said.tags ? tagsOf(said) : (attempt.tags ?? []),
    answers: said.answers ? form.value : (attempt.answers ?? []),
    callbackAt: has(disposition, 'callback') ? said.callbackAt : null,
    correctedAt: now,
  }
  const liftsDoNotCall = attempt.flags.includes('do-not-call') && !has(disposition, 'do-not-call')
  const follows = attempt.token === entry.lastToken && !attempt.late
  if (follows) {
    const moved = follow(withdrawn(entry, attempt), disposition, said, attempt.agentId, attempt.at, rules)
    return ok({ entry: moved, attempt: changed, disposition, liftsDoNotCall })
  }
  return ok({ entry: besides(entry, disposition, liftsDoNotCall), attempt: changed, disposition, liftsDoNotCall })
}

function mayCorrect(
  entry: Entry,
  attempt: Attempt,
  by: Corrector,
  now: number,
): Result<null, 'not-permitted' | 'correction-window-over' | 'granted-again'> {
  if (attempt.flags.includes('do-not-call') && by.role !== 'administrator') return refuse('not-permitted')
  if (by.role === 'supervisor' || by.role === 'administrator') return ok(null)
  if (attempt.agentId !== by.userId) return refuse('not-permitted')
  if (now - attempt.bookedAt > CORRECTION_MS) return refuse('correction-window-over')
  return attempt.token === entry.lastToken ? ok(null) : refuse('granted-again')
}

/** An overtaken attempt moves nothing, but do-not-call is taken up, and given up, at once. */
function besides(entry: Entry, disposition: Disposition, lifts: boolean): Entry {
  if (has(disposition, 'do-not-call'))
    return { ...entry, lease: null, state: 'do-not-call', callback: null, dueAt: null }
  return lifts && entry.state === 'do-not-call' ? { ...entry, state: 'pending' } : entry
}
