import { causeOfEnding, type EndedBy, type HangupCause } from './hangup-cause'

/**
 * One call, whoever carries its media.
 *
 *   initiated ──ring──▶ ringing ──answer──▶ in-progress ◀──hold/resume──▶ on-hold
 *       │                  │                     │                           │
 *       └──────end─────────┴──▶ failed           └────────────end────────────┴──▶ completed
 *
 * Every change raises `rev`, so that of two pictures of a call the newer one is known. A step that does not fit the
 * state changes nothing: what the network repeats or delivers late must not move a call backwards.
 */
export type CallState = 'initiated' | 'ringing' | 'in-progress' | 'on-hold' | 'completed' | 'failed'
export type Call = {
  state: CallState
  startedAt: number
  answeredAt: number | null
  endedAt: number | null
  endedBy: EndedBy | null
  sipStatus: number | null
  hangupCause: HangupCause | null
  rev: number
}

export const startCall = (now: number): Call => ({
  state: 'initiated',
  startedAt: now,
  answeredAt: null,
  endedAt: null,
  endedBy: null,
  sipStatus: null,
  hangupCause: null,
  rev: 1,
})

export const isOver = (call: Call): boolean => call.state === 'completed' || call.state === 'failed'
export const isTalking = (call: Call): boolean => call.state === 'in-progress' || call.state === 'on-hold'

const step = (call: Call, change: Partial<Call>): Call => ({ ...call, ...change, rev: call.rev + 1 })

export const ring = (call: Call): Call => (call.state === 'initiated' ? step(call, { state: 'ringing' }) : call)

export function answer(call: Call, now: number): Call {
  if (call.state !== 'initiated' && call.state !== 'ringing') return call
  return step(call, { state: 'in-progress', answeredAt: now, sipStatus: 200 })
}

/** Something beside the state changed: somebody else takes part. */
export const touch = (call: Call): Call => step(call, {})

export const hold = (call: Call): Call => (call.state === 'in-progress' ? step(call, { state: 'on-hold' }) : call)
export const resume = (call: Call): Call => (call.state === 'on-hold' ? step(call, { state: 'in-progress' }) : call)

/** `sipStatus` counts only for a call that was not answered. */
export function end(call: Call, by: EndedBy, sipStatus: number | null, now: number): Call {
  if (isOver(call)) return call
  const answered = call.answeredAt !== null
  const status = answered ? 200 : sipStatus
  return step(call, {
    state: answered ? 'completed' : 'failed',
    endedAt: now,
    endedBy: by,
    sipStatus: status,
    hangupCause: causeOfEnding({ sipStatus: status, endedBy: by, answered, rang: call.state === 'ringing' }),
  })
}

/** Milliseconds from answer to end (or to now); null: never answered. */
export function talkMs(call: Call, now: number): number | null {
  return call.answeredAt === null ? null : Math.max(0, (call.endedAt ?? now) - call.answeredAt)
}
