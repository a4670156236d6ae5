import { isOver } from '#shared/domain/call/call'
import { isMonitorTarget, monitorOfTarget } from '#shared/domain/call/monitor'
import { endAll } from './ending'
import { newLeg } from './leg'
import { TRANSACTION_MS, type B2bua, type Leg } from './state'
import type { Turn } from './turn'

/** On the INVITE and INFO to the agent's page, which the edge alone writes: whose call, how, and who is shown (domain/call/monitor). */
export const MONITOR_HEADER = 'X-Switchroom-Monitor'
/** In the contact of a page of ours: it answers a monitor by itself, and mixes. Any other telephone would ring. */
const TAKES_MONITORS = /;monitor=1(?=;|$)/
/** A page answers within moments. */
const RING_MS = 8_000

/** SIP-10: a call that carries a supervisor's sound to an agent's page. An order that cannot be is one that nobody gave. */
export function asMonitor(opened: B2bua): B2bua {
  if (!isMonitorTarget(opened.dialled)) return opened
  return { ...opened, monitors: monitorOfTarget(opened.dialled) ?? { callId: opened.id, id: '' } }
}

/** No call that anybody is told of, or that may be moved: a test, or a monitor's. */
export const isAside = ({ isEcho, monitors }: B2bua): boolean => isEcho === true || monitors !== undefined

export const takesMonitors = ({ remoteTarget }: Leg): boolean => TAKES_MONITORS.test(remoteTarget)

/** The leg this AOR talks with. */
export function talkingLegOf({ legs, pair }: B2bua, aor: string): Leg | undefined {
  const talks = (leg: Leg) => (pair ? pair.includes(leg.n) : leg.part === undefined)
  return legs.find((leg) => leg.aor === aor && leg.state === 'up' && talks(leg))
}

/** To the very device the agent talks with; null: nobody ordered it, or it is over. */
export function ringMonitored(
  turn: Turn,
  to: { aor: string; instance: string; contact: string; notice: string } | null,
): void {
  const { caller, state, now } = turn
  if (state.isRouted || isOver(state.call) || !caller.asked) return
  state.isRouted = true
  if (!to) return endAll(turn, 'server', 403, 'Not Ordered')
  const n = state.legs.length
  const leg: Leg = {
    ...newLeg(n, to.aor, to.instance, turn.mint.token()),
    callId: `${state.id}.${n}@edge`,
    local: `<sip:monitor@${state.host}>`,
    remote: `<sip:monitored@${state.host}>`,
    remoteTarget: to.contact,
  }
  state.legs.push(leg)
  const headers = [`X-Switchroom-Call: ${state.id}`, `${MONITOR_HEADER}: ${to.notice}`]
  const { branch, cseq } = turn.request(leg, 'INVITE', { body: caller.sdp ?? '', headers })
  leg.invite = { branch, cseq }
  turn.setTimer('ring', now + RING_MS)
  turn.setTimer('fork', now + TRANSACTION_MS)
}

/** The supervisor is heard by others from now on. Answered like a probe: a page that knows nothing of it has gone. */
export function informMonitored(turn: Turn, notice: string): void {
  const leg = turn.pair?.[1]
  if (leg?.state !== 'up') return
  const { branch, cseq } = turn.request(leg, 'INFO', { headers: [`${MONITOR_HEADER}: ${notice}`] })
  turn.state.pending.push({ kind: 'probe', branch, n: leg.n, method: 'INFO', cseq })
  turn.setTimer(`tx:${branch}`, turn.now + TRANSACTION_MS)
}
