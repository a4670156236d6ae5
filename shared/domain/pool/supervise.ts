import { ok, refuse, type Result } from '../../result'
import type { Role } from '../roles'
import { freed, type Entry } from './entry'

export type Supervision = { action: 'pause' | 'resume' | 'reopen'; reason: string }

/**
 * POOL-3: the ways out of a state that no disposition opens. Reopening gives fresh attempts (POOL-11), raises the token so
 * that whoever held it before is late (POOL-5), and out of do-not-call needs an administrator, a reason, and a number that
 * is on no do-not-call list any more.
 */
export function supervise(
  entry: Entry,
  { action, reason }: Supervision,
  role: Role,
  onDoNotCall: boolean,
): Result<Entry, 'not-permitted' | 'entry-state' | 'reason-required' | 'do-not-call'> {
  if (role !== 'supervisor' && role !== 'administrator') return refuse('not-permitted')
  if (action === 'pause') {
    if (entry.state !== 'pending' && entry.state !== 'leased') return refuse('entry-state')
    return ok({ ...freed(entry), state: 'paused' })
  }
  if (action === 'resume') return entry.state === 'paused' ? ok({ ...entry, state: 'pending' }) : refuse('entry-state')
  if (entry.state === 'do-not-call') {
    if (role !== 'administrator') return refuse('not-permitted')
    if (!reason.trim()) return refuse('reason-required')
    if (onDoNotCall) return refuse('do-not-call')
  } else if (entry.state !== 'completed' && entry.state !== 'unreachable') return refuse('entry-state')
  return ok({
    ...entry,
    state: 'pending',
    lease: null,
    lastToken: entry.lastToken + 1,
    earlierAttempts: entry.earlierAttempts + entry.attempts,
    attempts: 0,
    dueAt: null,
    callback: null,
    missingAttempt: null,
  })
}

/** POOL-16: the number came onto a do-not-call list. Every hold ends at once. */
export function barred(entry: Entry): Entry {
  return { ...freed(entry), state: 'do-not-call', dueAt: null, callback: null, missingAttempt: null }
}
