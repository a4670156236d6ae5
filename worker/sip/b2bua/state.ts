import type { Call } from '#shared/domain/call/call'
import type { Header } from '../message'
import type { Replaces } from '../replaces'
import type { SessionTimer } from './session-timer'
import type { Unsigned } from './sign-again'

/**
 * A call as the back-to-back user agent holds it: plain data, so that it can be written down whole and read back after
 * an eviction. Leg 0 is the caller's; the others are the devices that were rung. Rules SIP-3, SIP-4.
 */
export type B2bua = {
  /** The room's name, and X-Switchroom-Call. */
  id: string
  call: Call
  /** Host part for the URIs we write: what the caller dialled at. */
  host: string
  /** User part that was dialled. */
  dialled: string
  /** The caller as callees see it. */
  callerName: string
  callerUser: string
  /** Whom an extension that was dialled belongs to. */
  callee?: Named
  /** The echo test (PHONE-5): both legs are one device's; nobody is told of it and nothing moves it. */
  isEcho?: boolean
  /** SIP-10: it carries a supervisor's sound to who talks in another call, by that call's order. */
  monitors?: { callId: string; id: string }
  /** The longest it may last from its answer; none: MAX_CALL_MS. */
  maxMs?: number
  /** False until the callee's devices were asked for: after an eviction it is asked again. */
  isRouted: boolean
  /** The trunks (AORs) it was sent to so far (SIP-9). */
  triedTrunks?: string[]
  /** A call for a pool (SIP-9). */
  hunt?: Hunt
  legs: Leg[]
  pending: Pending[]
  /** What the server last ordered; a leg's own `held` follows. */
  holdWanted: boolean
  /** The legs that talk, the caller's side first; none: the caller's and the device that answered. */
  pair?: [number, number]
  /** A transfer under way (SIP-5). */
  move?: Move | null
  /** Who came in by a transfer, one after another. */
  parts?: Part[]
  /** A side of the first two that left while the call went on: the call as it was for them. */
  left?: { caller?: Call; callee?: Call }
  /** Legs given to another call, which their messages are passed on to. */
  ceded?: Ceded[]
}

/**
 * A transfer: `gone` leaves, `kept` stays, and somebody comes. Until they talk, the one who leaves talks on.
 *
 *   asking ──devices──▶ ringing ──200──▶ joining ──both described──▶ (done: BYE to who leaves)
 *     └──a leg of another call────────────▶ │
 *     └──nowhere──▶ (failed: all as before) ◀── refused, rang out, stopped
 */
export type Move = {
  /** Number of its part. */
  n: number
  kept: number
  gone: number
  /** Whom: as it was dialled, or the dialog of another call of who asked (RFC 3891). */
  target: string
  replaces: Replaces | null
  step: 'asking' | 'ringing' | 'joining'
  /** The leg that hears how it goes (RFC 3515), and the CSeq of its REFER; null: the server's own order. */
  referrer: { n: number; cseq: number } | null
  /** Each side as the other is shown it; known once it is routed. */
  shown?: { kept: Named; newcomer: Named; by: Named }
  /** The kept side was held by who leaves, and is told that it no longer is. */
  isAwake?: boolean
  tries?: number
  /** Who left meanwhile is called back when it fails; this is that. */
  isRecall?: boolean
}

/** Whom of a pool it rang, in order; `left`: the call as it was for one who rings no more; `by`: who answered. */
export type Hunt = { rung: { aor: string; name: string; left?: Call }[]; by?: string }

/** What a transfer brought: somebody's stretch of the call, with a name of its own (`<call>.<n>`). */
export type Part = {
  n: number
  aor: string
  /** The user part dialled. */ user: string
  name: string
  /** Whom they were brought to. */ other: string
  by: string
  call: Call
}
export type Named = { name: string; user: string }
export type Ceded = { leg: Leg; to: string }

/**
 *   early ──2xx──▶ up ──BYE──▶ ended
 *     │ └─CANCEL─▶ cancelled ─▶ ended
 *     └──────≥300──────────────▶ ended
 * A leg belongs to (AOR, instance), never to a socket.
 */
export type Leg = {
  n: number
  aor: string
  instance: string
  state: 'early' | 'up' | 'cancelled' | 'ended'
  // dialog (RFC 3261 §12)
  callId: string
  localTag: string
  remoteTag: string | null
  /** Address headers without tag. */
  local: string
  remote: string
  remoteTarget: string
  /** A trunk's carrier that takes keys by INFO. */
  keys?: 'info'
  localSeq: number
  remoteSeq: number
  /** The INVITE that made this leg, if we sent it. */
  invite: { branch: string; cseq: number } | null
  hasRung: boolean
  /** The final refusal it gave. */
  status: number | null
  /** An INVITE of this phone that waits for its final answer. */
  asked: { echo: Header[]; cseq: number; offerless: boolean } | null
  /** Our 200 to its INVITE, repeated until the ACK comes (RFC 3261 §13.3.1.4). */
  ok: { cseq: number; text: string; since: number } | null
  /** Its ACK carries the answer to an offer of the other leg: that leg's ACK waits for it. */
  ackOwed: { n: number; cseq: number } | null
  /** The final answer to its last request, to repeat when it asks again over a new socket. */
  answered?: { cseq: number; method: string; text: string }
  /** Since when its page is gone (PHONE-9); what it says in its dialog ends that. */
  orphanedAt?: number
  /** Our ACK to its 200, to repeat when the 200 comes again. */
  acked: { cseq: number; text: string } | null
  /** The last session description this phone sent. */
  sdp: string | null
  /** How many versions we added to the `o=` line of what it is sent. */
  raised: number
  held: boolean
  /** Rung, or taken over, for a transfer: the number of its part. It talks to the kept side once both are described to each other. */
  part?: number
  /** Of an INVITE with Replaces (RFC 3891): the leg it takes the place of. */
  insteadOf?: number
  /** Of a trunk's leg: the route set of its dialog, in order; and whether its INVITE was challenged. */
  routes?: string[]
  isChallenged?: boolean
  /** Of a trunk's leg: its session timer (RFC 4028), the shortest its SBC takes, whether it takes UPDATE, and what may be challenged. */
  timer?: SessionTimer
  minSe?: number
  takesUpdate?: boolean
  unsigned?: Unsigned[]
  /** Who calls, as its SBC wants to hear it (RFC 3325, RFC 3323). */
  identity?: string[]
}

/** A request of ours in a dialog that waits for its answer, by branch. */
export type Pending = {
  branch: string
  /** The leg it was sent to. */
  n: number
  method: string
  cseq: number
} & (
  | { kind: 'relay'; from: number; echo: Header[]; offerless: boolean }
  | { kind: 'hold'; held: boolean }
  | { kind: 'probe' }
  /** A refresh of the session timer. */
  | { kind: 'session' }
  /** Our way to an SBC is another one now. */
  | { kind: 'refresh' }
  /** Asked without an offer: what it offers goes on to that leg. */
  | { kind: 'offer'; to: number }
  /** The kept side is taken off hold, before it is asked for an offer. */
  | { kind: 'wake' }
  /** The kept side's offer at the newcomer; the kept side's ACK waits for the answer. */
  | { kind: 'answer'; kept: number; keptCseq: number; offer: string }
)

export type Send = { aor: string; instance: string; text: string }
export type TimerChange = { name: string; at: number | null }
export type Decision = { state: B2bua; sends: Send[]; timers: TimerChange[] }

/** Randomness is given: tags, branches, and the jitter of RFC 3261 §14.1. */
export type Mint = { token(): string; fraction(): number }

/** Milliseconds. 64·T1 (RFC 3261 §17.1.1.2 Timer B, §13.3.1.4, §17.1.2.2 Timer F). */
export const TRANSACTION_MS = 32_000
export const RING_MS = 45_000
export const MAX_CALL_MS = 4 * 3600_000
/** How often the legs of a call are looked for; see the orphan rule in docs/rules/sip.md. */
export const WATCH_MS = 30_000
/** How long an ended call still answers late messages before its room is emptied. */
export const GRACE_MS = 64_000
/** Requests of one call that wait for their answer (SIP-6). */
export const MOST_PENDING = 32
