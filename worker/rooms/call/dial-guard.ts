import { DEFAULT_RULES, mayDial, type DialGrant, type DialRefusal } from '#shared/domain/dialling/rules'
import type { Result } from '#shared/result'
import { factsOf } from '../../dialling/number-facts'
import type { B2bua } from '../../sip/b2bua/state'
import type { MeteredCall } from '../meter/meter-port'
import type { CallerContext } from '../ports'
import type { CallFile } from './call-store'

/** What a call to a number was granted, kept with the call: its length, its price, and the limits it is metered by. */
export type Dial = DialGrant & { limits: MeteredCall['limits'] }

/** SIP-7, before a carrier is chosen: the rules as the caller's room knows them, asked of the number's country and kind. */
export function guardDial(number: string, caller: CallerContext): Result<Dial, DialRefusal> {
  const { rules, live, lastMinute } = caller.dialling ?? { rules: DEFAULT_RULES, live: 0, lastMinute: 0 }
  const { lease, role } = caller
  const isCustomers = lease !== null && [lease.phone, ...(lease.phones ?? [])].includes(number)
  const granted = mayDial(rules, { role, number, facts: factsOf(number), isCustomers, live, lastMinute })
  if (!granted.ok) return granted
  const { perAgent, deployment, spend, version } = rules
  return { ok: true, value: { ...granted.value, limits: { perAgent, deployment, spendPerDay: spend.perDay, version } } }
}

/** What the meter hears of it; null: it is no call to a number, or was not let through. */
export function meteredOf({ id, call }: B2bua, { caller, dial }: CallFile): MeteredCall | null {
  if (!dial) return null
  const { answeredAt, endedAt } = call
  return {
    callId: id,
    agentId: caller.userId,
    answeredAt,
    endedAt,
    pricePerMinute: dial.pricePerMinute,
    limits: dial.limits,
  }
}
