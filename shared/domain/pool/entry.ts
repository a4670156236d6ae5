import type { Park } from './park'

/**
 * A customer's place in one pool (POOL-3).
 *
 *             grant                       disposition
 *   pending ─────────▶ leased ──────────▶ pending · completed · unreachable · do-not-call
 *      ▲ ◀──lapse, skip, release──┘
 *      └──resume── paused ◀──pause── pending, leased
 *      └──reopen── completed · unreachable (supervisor), do-not-call (administrator)
 */
export type EntryState = 'pending' | 'leased' | 'completed' | 'unreachable' | 'do-not-call' | 'paused'

/** The exclusive, time-limited hold one agent has on one entry. Past `expiresAt` it simply stops counting. */
export type Lease = { agentId: string; token: number; grantedAt: number; expiresAt: number }

/** POOL-15: a promised call; `for` null: anyone may make it. `by`: who promised it. */
export type Callback = { at: number; for: string | null; note: string | null; by?: string | null | undefined }

export type Entry = {
  /** The arrival number in the pool: what the order falls back on (POOL-2). */
  id: number
  state: EntryState
  priority: number
  ownerId: string | null
  /** Booked since the entry came in or was last reopened: what the limit of POOL-11 counts. */
  attempts: number
  /** Booked before it was last reopened. */
  earlierAttempts: number
  /** Not to be pulled before; null: any time. */
  dueAt: number | null
  callback: Callback | null
  lease: Lease | null
  /** POOL-5: the newest fencing token; every grant and every reopening raises it. */
  lastToken: number
  /** POOL-17: the attempt whose disposition is still owed. */
  missingAttempt: string | null
  /** Due, and still not to be pulled: see park.ts. */
  parked?: Park | null
}

/** How a hold ended without an attempt; `superseded`: taken away by what happened to the entry. */
export type GrantEnd = 'lapsed' | 'released' | 'skipped' | 'superseded'

/** A grant as it is remembered: whose token it was, what was booked with it, how it ended. */
export type Grant = {
  entryId: number
  token: number
  agentId: string
  agentName: string
  grantedAt: number
  attemptId: string | null
  ended: GrantEnd | null
}

export function newEntry(id: number, priority: number): Entry {
  return {
    id,
    state: 'pending',
    priority,
    ownerId: null,
    attempts: 0,
    earlierAttempts: 0,
    dueAt: null,
    callback: null,
    lease: null,
    lastToken: 0,
    missingAttempt: null,
  }
}

/** Out of any hold, waiting again at its old place; a paused entry stays paused. */
export function freed(entry: Entry): Entry {
  return { ...entry, lease: null, state: entry.state === 'leased' ? 'pending' : entry.state }
}
