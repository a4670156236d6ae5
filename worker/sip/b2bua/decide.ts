import type { SipMessage } from '../message'
import { replacesOf, type Replaces } from '../replaces'
import { cede } from './cede'
import { ringBack } from './echo'
import { endAll } from './ending'
import { followHunt, waveOver } from './hunt'
import { offerHold, wantHold } from './hold'
import { informMonitored, ringMonitored } from './monitor'
import { forgetPending, lose, onPendingAnswer, onRequest } from './in-dialog'
import { failMove, moveRouted, onNewcomerAnswer, startJoin, startMove, type MoveRoute } from './move'
import { orphan } from './orphan'
import { onProbeAnswer, probe } from './probe'
import { refreshTarget, refreshTargets } from './refresh'
import { giveUp, replacedLeg, replaceLeg } from './replace'
import { expire, sessionDue } from './session-timer'
import { fork, onForkAnswer, settleFork, type Route } from './set-up'
import { signAgain } from './sign-again'
import type { B2bua, Decision, Leg, Mint, Move } from './state'
import { Turn } from './turn'

export type Input =
  | { kind: 'message'; aor: string; instance: string; message: SipMessage }
  | { kind: 'routed'; route: Route; maxMs?: number }
  /** An echo test goes back where it came from. */
  | { kind: 'echo' }
  /** `code`: a refusal of ours, for who waits for an answer. */
  | { kind: 'end'; reason: string; code?: string }
  | { kind: 'hold'; on: boolean }
  /** SIP-10: where a supervisor's sound goes, null: nowhere; and how it is heard there from now on. */
  | { kind: 'monitor'; to: Parameters<typeof ringMonitored>[1] }
  | { kind: 'monitor-notice'; notice: string }
  /** The server transfers: this AOR's leg leaves. Refused (nothing changes) unless it talks and no transfer is under way. */
  | { kind: 'move'; from: string; target: string }
  | { kind: 'move-routed'; route: MoveRoute; shown: NonNullable<Move['shown']> }
  | { kind: 'move-stopped' }
  /** Another call takes over whom this AOR's dialog talks to. */
  | { kind: 'cede'; aor: string; replaces: Replaces; to: string }
  /** The connection of this trunk is another one. */
  | { kind: 'reconnected'; aor: string }
  | { kind: 'timer'; name: string }
  /** Time to ask the phones whether they still know the call. */
  | { kind: 'probe' }
  /** The page of this leg has gone, and may come back. */
  | { kind: 'orphaned'; n: number }
  /** The device of this leg has had no socket for the time of the orphan rule. */
  | { kind: 'lost'; n: number }

/** The one door to the back-to-back user agent: (state, input, now) → state, what to send, what to time. Pure. */
export function decide(before: B2bua, input: Input, now: number, mint: Mint): Decision {
  const turn = new Turn(before, now, mint)
  switch (input.kind) {
    case 'message':
      onMessage(turn, input.aor, input.instance, input.message)
      break
    case 'routed':
      if (input.maxMs !== undefined) turn.state.maxMs = input.maxMs
      fork(turn, input.route)
      break
    case 'echo':
      ringBack(turn)
      break
    case 'end':
      endAll(turn, 'server', input.code ? 403 : 480, input.code ? 'Not Allowed' : 'Ended', {
        headers: [
          `Reason: SIP;cause=${input.code ? 403 : 480};text="${input.reason.replace(/[^\w .-]/g, '')}"`,
          ...(input.code ? [`X-Switchroom-Refusal: ${input.code}`] : []),
        ],
      })
      break
    case 'hold':
      wantHold(turn, input.on)
      break
    case 'monitor':
      ringMonitored(turn, input.to)
      break
    case 'monitor-notice':
      informMonitored(turn, input.notice)
      break
    case 'move': {
      const gone = turn.pair?.find((leg) => leg.aor === input.from)
      if (gone) startMove(turn, gone, { target: input.target, replaces: null, referrer: null })
      break
    }
    case 'move-routed':
      moveRouted(turn, input.route, input.shown)
      break
    case 'move-stopped':
      if (turn.state.move?.step !== 'joining') failMove(turn, 487, 'Request Terminated')
      break
    case 'cede':
      cede(turn, input.aor, input.replaces, input.to)
      break
    case 'reconnected':
      refreshTargets(turn, input.aor)
      break
    case 'timer':
      onTimer(turn, input.name)
      break
    case 'probe':
      probe(turn)
      break
    case 'orphaned': {
      const leg = turn.leg(input.n)
      if (leg) orphan(turn, leg)
      break
    }
    case 'lost': {
      const leg = turn.leg(input.n)
      if (leg?.state !== 'up') break
      lose(turn, leg)
      turn.request(leg, 'BYE') // owed to it: should it come back, it is told
    }
  }
  followHunt(turn)
  return turn.decision()
}

/** The leg a message belongs to. Another AOR's Call-ID finds none, nor does an answer to a dialog that the room has forgotten. */
export function legOf(state: B2bua, aor: string, message: SipMessage): Leg | undefined {
  const isOf = (leg: Leg) => message.kind === 'request' || message.fromTag === leg.localTag
  return state.legs.find((leg) => leg.aor === aor && leg.callId === message.callId && isOf(leg))
}

function onMessage(turn: Turn, aor: string, instance: string, message: SipMessage): void {
  const leg = legOf(turn.state, aor, message)
  if (!leg) {
    const replaces = message.kind === 'request' ? replacesOf(message) : null
    const old = replaces && replacedLeg(turn.state, aor, replaces)
    if (old && message.kind === 'request') replaceLeg(turn, old, message, instance)
    return
  }
  if (message.kind === 'request') return onRequest(turn, leg, message, instance)
  if (signAgain(turn, leg, message)) return
  const { branch } = message.via
  if (message.cseq.method === 'INVITE' && leg.invite?.branch === branch)
    return (leg.part === undefined ? onForkAnswer : onNewcomerAnswer)(turn, leg, message)
  const pending = turn.state.pending.find((one) => one.branch === branch && one.n === leg.n)
  if (pending?.kind === 'probe') {
    if (message.status < 200) return
    forgetPending(turn, pending)
    return onProbeAnswer(turn, leg, message)
  }
  if (pending) return onPendingAnswer(turn, leg, pending, message)
  // a 2xx to a re-INVITE again: our ACK was lost
  if (message.cseq.method === 'INVITE' && leg.acked?.cseq === message.cseq.number) turn.send(leg, leg.acked.text)
}

function onTimer(turn: Turn, name: string): void {
  const [kind, which = ''] = name.split(':')
  switch (kind) {
    case 'ring': // Q.850 19: alerted, no answer
      if (turn.caller.state === 'early' && !waveOver(turn))
        endAll(turn, 'server', 480, 'No Answer', { headers: ['Reason: Q.850;cause=19;text="No answer"'] })
      return
    case 'fork': // Timer B: a device that said nothing at all
      for (const leg of turn.rung.filter((leg) => leg.state === 'early' && !leg.hasRung)) silent(turn, leg)
      return settleFork(turn)
    case 'cancel': {
      const leg = turn.leg(Number(which))
      if (leg?.state === 'cancelled') leg.state = 'ended'
      return
    }
    case 'ack': {
      const leg = turn.leg(Number(which))
      if (leg?.ok) endAll(turn, 'server', 408, 'Request Timeout')
      return
    }
    case 'tx': {
      const pending = turn.state.pending.find((one) => one.branch === which)
      if (!pending) return
      forgetPending(turn, pending)
      if (pending.kind === 'probe' || pending.kind === 'refresh') return
      if (pending.kind === 'session') {
        const leg = turn.leg(pending.n)
        return leg && expire(turn, leg)
      }
      if (pending.kind === 'hold') return void (turn.state.holdWanted = !pending.held)
      if (pending.kind === 'offer') {
        const waiting = turn.leg(pending.to)
        if (waiting?.insteadOf !== undefined) return giveUp(turn, waiting, 408, 'Request Timeout')
      }
      if (pending.kind !== 'relay') return failMove(turn, 408, 'Request Timeout')
      const from = turn.leg(pending.from)
      if (from?.state !== 'up') return
      turn.respond(from, pending.echo, 408, 'Request Timeout')
      if (pending.method === 'INVITE') from.asked = null
      return
    }
    case 'hold':
      return offerHold(turn)
    case 'move': // a newcomer rang out
      return failMove(turn, 480, 'No Answer')
    case 'join':
      return startJoin(turn)
    case 'refresh': {
      const leg = turn.leg(Number(which))
      return leg && refreshTarget(turn, leg)
    }
    case 'session': {
      const leg = turn.leg(Number(which))
      return leg && sessionDue(turn, leg)
    }
    case 'max':
      return endAll(turn, 'server', 480, 'Maximum Length')
    default:
      return
  }
}

/** What it never answered must not ring when it comes back. */
function silent(turn: Turn, leg: Leg): void {
  leg.state = 'ended'
  leg.status = 408
  turn.request(leg, 'CANCEL', { ...leg.invite! })
}
