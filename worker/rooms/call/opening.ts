import { asEcho } from '../../sip/b2bua/echo'
import { asMonitor } from '../../sip/b2bua/monitor'
import { openCall } from '../../sip/b2bua/set-up'
import type { B2bua, Mint } from '../../sip/b2bua/state'
import { fromTrunk } from '../../sip/b2bua/trunk-leg'
import type { SipMessage } from '../../sip/message'
import { replacesOf } from '../../sip/replaces'
import type { CallerContext } from '../ports'
import type { CallFile } from './call-store'
import { asNumber } from './route-call'

/** What a call begins with. */
export type Opening = { state: B2bua; file: CallFile }

/** An INVITE outside a dialog: it opens a call, unless it takes another's place (RFC 3891). */
export const isInitial = (message: SipMessage) =>
  message.kind === 'request' && message.method === 'INVITE' && message.toTag === null

/** The call that this message opens, of which nothing is kept yet; null: it opens none. */
export function openingOf(
  callId: string,
  { aor, instance, message, caller }: { aor: string; instance: string; message: SipMessage; caller: CallerContext },
  now: number,
  mint: Mint,
): Opening | null {
  if (message.kind !== 'request' || !isInitial(message) || replacesOf(message)) return null
  const callerUser = caller.extension ?? caller.username
  const { trunk, lease } = caller
  const by = { id: callId, aor, instance, callerName: caller.name, callerUser, localTag: mint.token() }
  const opened = openCall(message, by, now)
  const state = trunk ? fromTrunk(opened, message, trunk) : asMonitor(asEcho(opened, message))
  const isLeased = lease !== null && [lease.phone, ...(lease.phones ?? [])].includes(asNumber(state.dialled) ?? '')
  const file: CallFile = {
    callerAor: aor,
    caller,
    lease: isLeased ? { poolId: lease.poolId, entryId: lease.entryId, token: lease.token } : null,
    calleeAor: null,
    other: (trunk?.from ?? state.dialled).slice(0, 80),
    direction: trunk ? 'incoming' : asNumber(state.dialled) ? 'outgoing' : 'internal',
    ...(trunk
      ? {
          agent: { userId: 'poolId' in trunk.rings ? trunk.rings.poolId : trunk.rings.userId, name: '' },
          trunks: [trunk.trunkId],
        }
      : {}),
    missing: {},
  }
  return { state, file }
}
