import { isOver, talkMs, type Call } from '#shared/domain/call/call'
import { partId } from '#shared/domain/call/part'
import type { CallPicture } from '#shared/protocol/live'
import type { B2bua, Leg, Named, Part } from '../../sip/b2bua/state'
import type { CallNews, CallRow } from '../ports'
import type { CallFile } from './call-store'

/** What others see of a call: as it was for the first two, or as it is for who came by a transfer. */
export function pictureOf(state: B2bua, file: CallFile, call: Call = state.call): CallPicture {
  const { startedAt, answeredAt, endedAt, hangupCause, rev } = call
  const { caller, direction, other, lease, known } = file
  const rings = caller.trunk?.rings
  const agent = agentOf(file)
  return {
    callId: state.id,
    state: call.state,
    direction,
    agentId: agent.userId,
    agentName: agent.name,
    other,
    customerName: lease ? (caller.lease?.customerName ?? null) : (known?.customerName ?? null),
    poolId: lease?.poolId ?? (rings && 'poolId' in rings ? rings.poolId : null),
    startedAt,
    answeredAt,
    endedAt,
    hangupCause,
    rev,
  }
}

/** Whose call it is at first: who placed it, or whose telephone it rings. */
export const agentOf = ({ agent, caller }: CallFile): { userId: string; name: string } => agent ?? caller

export function pictureOfPart(state: B2bua, file: CallFile, part: Part): CallPicture {
  const whole = pictureOf(state, file, part.call)
  const direction = file.direction === 'internal' ? 'internal' : 'incoming'
  const { n, aor: agentId, name: agentName, other } = part
  return { ...whole, callId: partId(state.id, n), agentId, agentName, other, direction }
}

/** The call as it is for the first agent: over, when they have left it. */
export function agentsCall({ call, left }: B2bua, file: CallFile): Call {
  return (file.agent ? left?.callee : left?.caller) ?? call
}

export function newsOf(
  picture: CallPicture,
  call: Call,
  lease: CallFile['lease'],
  now: number,
): Omit<CallNews, 'side'> {
  return { call: picture, lease, talkMs: talkMs(call, now), sipStatus: call.sipStatus }
}

/** For the ledger, when it is over. The customer's entry stands with every part. */
export function rowOf(picture: CallPicture, call: Call, { lease, known }: CallFile, now: number): CallRow | null {
  if (!isOver(call)) return null
  const { callId, agentId, agentName, other, poolId, direction, startedAt, answeredAt, hangupCause } = picture
  return {
    callId,
    agentId,
    agentName,
    other,
    poolId,
    entryId: lease?.entryId ?? known?.entryId ?? null,
    direction,
    startedAt,
    answeredAt,
    endedAt: call.endedAt ?? now,
    talkMs: talkMs(call, now) ?? 0,
    hangupCause,
    sipStatus: call.sipStatus,
    endedBy: call.endedBy,
    rev: call.rev,
  }
}

/** How the one at the end of a leg is shown to others: a customer by name and number, one of us by name and extension. */
export function namedSide(state: B2bua, file: CallFile, leg: Leg): Named {
  const part = state.parts?.find(({ n }) => n === leg.part)
  if (part) return { name: part.name, user: part.user }
  const isCaller = state.pair ? state.pair[0] === leg.n : leg.n === 0
  if (isCaller) return { name: state.callerName, user: state.callerUser }
  return { name: (file.lease && file.caller.lease?.customerName) || file.other, user: state.dialled }
}
