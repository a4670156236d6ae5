import { ok, refuse, type Result } from '../../result'
import { freed, type Entry, type Grant } from './entry'
import type { PoolRules } from './rules'

/** POOL-6: without a call a lease lasts at most this long, however often it is extended. */
export const LONGEST_HOLD_MS = 60 * 60_000

/** POOL-1: one live lease an entry. POOL-5: every grant carries a higher token. The entry is settled and pullable. */
export function grant(entry: Entry, agentId: string, rules: PoolRules, now: number): Result<Entry, 'entry-state'> {
  if (entry.state !== 'pending' || entry.lease) return refuse('entry-state')
  const token = entry.lastToken + 1
  const lease = { agentId, token, grantedAt: now, expiresAt: now + rules.leaseMs }
  return ok({ ...entry, state: 'leased', lastToken: token, lease, parked: null })
}

/** A token that this entry never gave out, or gave to someone else, is refused (POOL-5). */
export function ownGrant(found: Grant | null, agentId: string): Result<Grant, 'foreign-token'> {
  return found && found.agentId === agentId ? ok(found) : refuse('foreign-token')
}

type Extension = { inCall: boolean; holdsAnother: boolean }

/**
 * POOL-6: another lease time from now; in a call without limit, else to 60 min after the grant. A lapsed hold comes
 * back while nobody else was granted the entry and the agent took no other.
 */
export function extend(
  entry: Entry,
  grant: Grant,
  { inCall, holdsAnother }: Extension,
  rules: PoolRules,
  now: number,
): Result<Entry, 'granted-again' | 'lease-lapsed' | 'lease-limit'> {
  if (grant.token !== entry.lastToken) return refuse('granted-again')
  const lapsed = entry.state === 'pending' && grant.attemptId === null && grant.ended === 'lapsed' && !holdsAnother
  if (!entry.lease && !lapsed) return refuse('lease-lapsed')
  const before = entry.lease?.expiresAt ?? now
  const wanted = now + rules.leaseMs
  const expiresAt = inCall ? wanted : Math.min(wanted, Math.max(grant.grantedAt + LONGEST_HOLD_MS, before))
  if (expiresAt <= now) return refuse('lease-limit')
  if (expiresAt <= before && wanted > before) return refuse('lease-limit')
  const lease = {
    agentId: grant.agentId,
    token: grant.token,
    grantedAt: grant.grantedAt,
    expiresAt: Math.max(before, expiresAt),
  }
  return ok({ ...entry, state: 'leased', lease })
}

/** Gives the entry back at its place, with nothing booked. A hold that is over already has nothing to give back. */
export function release(entry: Entry, token: number): Result<Entry, 'lease-lapsed'> {
  if (entry.lease?.token !== token) return refuse('lease-lapsed')
  return ok(freed(entry))
}

/** POOL-7: for so long a skipped entry is not offered again to the agent who skipped it; to others at once. */
export const SKIP_REST_MS = 15 * 60_000

export function skip(
  entry: Entry,
  token: number,
  skipsToday: number,
  rules: PoolRules,
): Result<Entry, 'lease-lapsed' | 'skip-budget-spent'> {
  if (rules.skipBudget !== null && skipsToday >= rules.skipBudget) return refuse('skip-budget-spent')
  return release(entry, token)
}
