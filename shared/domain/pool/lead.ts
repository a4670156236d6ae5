import { ok, refuse, type Result } from '../../result'
import { newEntry, type Entry } from './entry'
import { supervise } from './supervise'

/** What a program says of a customer's place (POOL-25); undefined: nothing about that. */
export type Lead = { priority?: number; dueAt?: number | null; reopens: boolean }

/** A customer who comes in: due at once, or not before `dueAt`. */
export function arrived(lead: Lead, now: number): Entry {
  return { ...newEntry(0, lead.priority ?? 0), dueAt: dueOf(lead, now) ?? null }
}

/**
 * A customer who is there already. A held one keeps its lease; who is done stays done unless it is to be called again, which
 * is a supervisor's reopening (POOL-3); do-not-call is refused.
 */
export function follow(entry: Entry, lead: Lead, now: number): Result<Entry, 'do-not-call'> {
  if (entry.state === 'do-not-call') return refuse('do-not-call')
  const isClosed = entry.state === 'completed' || entry.state === 'unreachable'
  if (isClosed && !lead.reopens) return ok({ ...entry, priority: lead.priority ?? entry.priority })
  const reopened = isClosed ? supervise(entry, { action: 'reopen', reason: '' }, 'supervisor', false) : ok(entry)
  if (!reopened.ok) return refuse('do-not-call')
  const due = dueOf(lead, now)
  const open = reopened.value
  return ok({
    ...open,
    priority: lead.priority ?? open.priority,
    dueAt: due === undefined || open.state === 'leased' ? open.dueAt : due,
  })
}

const dueOf = ({ dueAt }: Lead, now: number) => (typeof dueAt === 'number' && dueAt <= now ? null : dueAt)
