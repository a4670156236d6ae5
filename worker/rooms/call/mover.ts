import type { Env } from '../../env'
import { log } from '../../log'
import type { Input } from '../../sip/b2bua/decide'
import type { MoveRoute } from '../../sip/b2bua/move'
import type { B2bua, Move, Named } from '../../sip/b2bua/state'
import { agentRoom, asking, callRoom } from '../doors'
import type { CallPort, CededLeg } from '../ports'
import type { CallFile } from './call-store'
import type { Dial } from './dial-guard'
import { namedSide } from './parts'
import { routeCall } from './route-call'

/** What to decide on, and what the call's file learns. */
export type RoutedMove = { input: Extract<Input, { kind: 'move-routed' }>; trunks: string[]; dial: Dial | null }

/**
 * SIP-5: where a transfer leads. With Replaces: to whom who asked talks in another call, which gives that leg away; else by the same rules
 * as any call that who asked would place (SIP-3, SIP-7).
 */
export async function routeMove(env: Env, state: B2bua, file: CallFile, move: Move): Promise<RoutedMove> {
  const mover = file.mover ?? file.caller
  const gone = state.legs.find(({ n }) => n === move.gone)!
  const kept = namedSide(
    state,
    file,
    state.legs.find(({ n }) => n === move.kept)!,
  )
  const by = { name: mover.name, user: mover.extension ?? mover.username }
  const routed = (route: MoveRoute, newcomer: Named, more: Partial<RoutedMove> = {}): RoutedMove => ({
    input: { kind: 'move-routed', route, shown: { kept, newcomer, by } },
    trunks: [],
    dial: null,
    ...more,
  })
  if (!move.replaces) {
    const on = { callId: state.id, tried: state.triedTrunks ?? [] }
    const { route, other, claimed, dial } = await routeCall(env, move.target, mover, Date.now(), on)
    const newcomer = { name: other, user: move.target }
    // only a caller of a trunk is hunted for, and such a caller orders no transfer
    const way: MoveRoute =
      route.to === 'agents' ? { to: 'nowhere', status: 480, reason: 'Not Hunted', headers: [] } : route
    return routed(way, newcomer, { trunks: claimed ? [claimed] : [], dial: dial ?? null })
  }
  const nowhere = (status: number, reason: string) =>
    routed({ to: 'nowhere', status, reason, headers: [] }, { name: '', user: move.target })
  try {
    const room = await asking(
      () => agentRoom(env, gone.aor),
      (agent) => agent.roomOf(move.replaces!.callId),
    )
    if (room === state.id) return nowhere(481, 'The Same Call')
    const given = await cededBy(env, room, (call) => call.cede(gone.aor, move.replaces!, state.id))
    if (!given) return nowhere(481, 'No Such Dialog')
    const { leg, other: name, user, trunks, dial } = given
    return routed({ to: 'leg', aor: leg.aor, leg }, { name, user }, { trunks, dial })
  } catch (fault) {
    log.warn('transfer not routed', { callId: state.id, fault })
    return nowhere(503, 'Service Unavailable')
  }
}

/** A call gives nobody away while its two sides negotiate, which a swap just before may have begun: asked again until they have. */
async function cededBy(env: Env, room: string, cede: (call: CallPort) => Promise<CededLeg | null>) {
  for (let tries = 1; ; tries++) {
    const given = await asking(() => callRoom(env, room), cede)
    if (given || tries === CEDE_TRIES) return given
    await new Promise((resolve) => setTimeout(resolve, CEDE_AGAIN_MS))
  }
}
const CEDE_TRIES = 6
const CEDE_AGAIN_MS = 400

/** Of a call that now costs twice: both prices, the shorter length. */
export function bothDials(one: Dial | undefined, other: Dial): Dial {
  if (!one) return other
  return {
    ...other,
    pricePerMinute: one.pricePerMinute + other.pricePerMinute,
    maxMs: Math.min(one.maxMs, other.maxMs),
  }
}
