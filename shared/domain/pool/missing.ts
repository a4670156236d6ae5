import { beforeOf, type Attempt } from './attempt'
import { freed, type Entry, type Grant } from './entry'

/** POOL-17: while its disposition is owed, the customer is given to nobody for at most this long. */
export const MISSING_REST_MS = 60 * 60_000

export type DeadCall = { id: string; agentName: string; callId: string | null; at: number; talkMs: number }

/**
 * POOL-17: a call whose desk died is booked by the server with its talk time and *disposition missing*. The hold ends,
 * the entry waits until it is resolved (by a record-disposition with the same token) or an hour is over. Nothing is booked
 * when the grant has booked already; an overtaken grant is booked late and moves nothing. null: nothing to do.
 */
export function bookMissing(
  entry: Entry,
  grant: Grant,
  call: DeadCall,
  now: number,
): { entry: Entry; attempt: Attempt } | null {
  if (grant.attemptId !== null) return null
  const late = grant.token !== entry.lastToken
  const attempt: Attempt = {
    id: call.id,
    entryId: entry.id,
    token: grant.token,
    agentId: grant.agentId,
    agentName: call.agentName,
    at: Math.min(now, Math.max(call.at, grant.grantedAt)),
    bookedAt: now,
    n: entry.attempts + 1,
    disposition: null,
    flags: [],
    note: null,
    callbackAt: null,
    callId: call.callId,
    byHandset: false,
    talkMs: call.talkMs,
    late,
    correctedAt: null,
    before: beforeOf(entry),
  }
  if (late) return { entry: { ...entry, attempts: entry.attempts + 1 }, attempt }
  const waits: Entry = {
    ...freed(entry),
    attempts: entry.attempts + 1,
    missingAttempt: call.id,
    callback: null,
    dueAt: now + MISSING_REST_MS,
  }
  return { entry: waits, attempt }
}
