import type { DialogStatus } from '../../sip/subscription-body'
import type { CallNews } from '../ports'
import type { CallRecord } from './agent-store'

/** RFC 4235 §3.7.1: nothing rings yet, it rings, they talk. */
export function dialogOf({ callId: id, answered, rang, seen }: CallRecord): DialogStatus {
  const state = answered ? 'confirmed' : rang ? 'early' : 'trying'
  return { id, state, direction: seen?.side === 'callee' ? 'recipient' : 'initiator', other: seen?.other ?? null }
}

/** How a call is shown to who watches one of its sides: the other side, when it has an address. */
export function seenOf({ call, side }: CallNews, userId: string): NonNullable<CallRecord['seen']> {
  const { direction, other, customerName, agentId, agentName } = call
  if (direction !== 'internal')
    return { side, other: other ? { user: other, name: customerName, isCustomer: true } : null }
  return { side, other: agentId === userId ? null : { user: agentId, name: agentName, isCustomer: false } }
}
