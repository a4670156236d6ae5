import type { LeaseView } from '#shared/protocol/pulls'
import type { AgentProfile, CallerContext } from '../ports'

/** SIP-2: who calls, as the room knows its own AOR. Of a client's words only a lease that is really held counts. */
export function callerOf(
  aor: string,
  profile: AgentProfile | null,
  held: LeaseView | null,
  leaseHeader: string | null,
): CallerContext {
  if (!profile) return { userId: aor, username: aor, name: aor, extension: null, role: 'guest', lease: null }
  const { userId, username, name, extension, role } = profile
  const who = { userId, username, name, extension, role }
  if (held === null || held.lease.id !== leaseHeader) return { ...who, lease: null }
  const { entry, lease, customer } = held
  const { name: customerName, phone } = customer
  const phones = held.phones?.map(({ number }) => number) ?? []
  return { ...who, lease: { poolId: entry.poolId, entryId: entry.id, token: lease.token, customerName, phone, phones } }
}
