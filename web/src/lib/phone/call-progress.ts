import type { RefusalCode } from '#shared/protocol/problem'
import { causeOfEnding } from '#shared/domain/call/hangup-cause'
import type { HangupCause, PhoneCall } from './phone'

/** What can happen to a call as this device sees it. */
export type CallEvent =
  /** `name`: whom an extension that was dialled belongs to. */
  | { kind: 'named'; id: string; name?: string | null }
  /** Somebody else is there now, after a transfer. */
  | { kind: 'met'; id: string; number: string; name: string | null }
  | { kind: 'rang' }
  | { kind: 'answered' }
  | { kind: 'held'; on: boolean }
  | { kind: 'held-by-other'; on: boolean }
  | { kind: 'muted'; on: boolean }
  | { kind: 'heard' }
  | { kind: 'interrupted'; on: boolean }
  | { kind: 'microphone'; isMissing: boolean }
  | { kind: 'keys'; by: PhoneCall['keysBy'] }
  | {
      kind: 'ended'
      cause: HangupCause
      endedBy: NonNullable<PhoneCall['endedBy']>
      sipStatus?: number | null
      refusal?: RefusalCode | null
      movedBy?: PhoneCall['movedBy']
    }

export type Beginning = Pick<PhoneCall, 'direction' | 'number' | 'name' | 'leaseId'> & {
  id?: string | null
  dialled?: string | null
  /** Of a call that is taken up again: since when it was answered. */
  answeredAt?: number | null
  from?: string | null
  line?: number
}

/** A call begins: it rings out, it rings in, or it is taken up again. */
export function begin(beginning: Beginning, now: number): PhoneCall {
  const rings = beginning.direction === 'outgoing' ? 'ringing-out' : 'ringing-in'
  const answeredAt = beginning.answeredAt ?? null
  return {
    id: beginning.id ?? null,
    line: beginning.line ?? 1,
    direction: beginning.direction,
    state: answeredAt === null ? rings : 'talking',
    number: beginning.number,
    name: beginning.name,
    dialled: beginning.dialled ?? null,
    from: beginning.from ?? null,
    since: now,
    answeredAt,
    endedAt: null,
    cause: null,
    sipStatus: null,
    refusal: null,
    endedBy: null,
    movedBy: null,
    isMuted: false,
    hasRung: beginning.direction === 'incoming',
    isHeldByOther: false,
    leaseId: beginning.leaseId,
    isWithoutMicrophone: false,
    hasMedia: false,
    keysBy: 'rfc4733',
    isInterrupted: false,
  }
}

/** PHONE-4. What an event makes of a call; an ended call stays as it is, whatever comes late. */
export function progress(call: PhoneCall, event: CallEvent, now: number): PhoneCall {
  if (call.state === 'ended') return event.kind === 'named' && call.id === null ? { ...call, id: event.id } : call
  switch (event.kind) {
    case 'named':
      if (call.id === event.id && (!event.name || call.name !== null)) return call
      return { ...call, id: event.id, name: call.name ?? event.name ?? null }
    case 'met':
      return { ...call, id: event.id, number: event.number, name: event.name, isHeldByOther: false }
    case 'rang':
      return call.hasRung ? call : { ...call, hasRung: true }
    case 'answered':
      return call.answeredAt === null ? { ...call, state: 'talking', since: now, answeredAt: now } : call
    case 'held':
      if (call.answeredAt === null || (call.state === 'held') === event.on) return call
      return { ...call, state: event.on ? 'held' : 'talking', since: now }
    case 'held-by-other':
      return { ...call, isHeldByOther: event.on }
    case 'muted':
      return { ...call, isMuted: event.on }
    case 'heard':
      return call.hasMedia ? call : { ...call, hasMedia: true }
    case 'interrupted':
      return call.isInterrupted === event.on ? call : { ...call, isInterrupted: event.on }
    case 'microphone':
      return { ...call, isWithoutMicrophone: event.isMissing }
    case 'keys':
      return call.keysBy === event.by ? call : { ...call, keysBy: event.by }
    case 'ended':
      return {
        ...call,
        state: 'ended',
        since: now,
        endedAt: now,
        cause: event.cause,
        endedBy: event.endedBy,
        movedBy: event.movedBy ?? null,
        sipStatus: event.sipStatus ?? null,
        refusal: event.refusal ?? null,
      }
  }
}

export const isLive = (call: PhoneCall | null): call is PhoneCall => call !== null && call.state !== 'ended'

/**
 * The final response of a refused INVITE as a cause (RFC 3261 §21), by the same table as the edge; finer where a person
 * is told more. `hasRung`: 480 and 408 mean that nobody answered, not that nobody is there.
 */
export function causeOf(status: number, hasRung: boolean): HangupCause {
  if (status === 404 || status === 484 || status === 604) return 'invalid-number'
  if (status === 401 || status === 403 || status === 407) return 'not-allowed'
  if (status === 415 || status === 488 || status === 606) return 'media-failed'
  if (status === 487) return 'cancelled'
  const cause = causeOfEnding({ sipStatus: status, endedBy: 'callee', answered: false, rang: hasRung })
  return cause === 'answered' ? 'normal' : cause
}

/** RFC 3326: the cause of a Reason header, e.g. `SIP;cause=200;text="Call completed elsewhere"`; null if it has none. */
export function reasonStatus(header: string | undefined): number | null {
  const found = /^\s*SIP\s*;(?:[^,]*;)?\s*cause\s*=\s*(\d{3})/i.exec(header ?? '')
  return found ? Number(found[1]) : null
}

/** E.164, an extension or a username, as it is typed: spaces, dots, dashes and brackets are ornament. Null: cannot be dialled. */
export function dialable(typed: string): string | null {
  const bare = typed
    .trim()
    .replace(/^(?:tel|sip|callto):/i, '')
    .replace(/@.*$/, '')
  const number = bare.replace(/[\s().\-/\u2010-\u2015\u200e\u200f]/g, '')
  if (/^(?:\+[1-9]\d{4,14}|[0-9*#]{2,15})$/.test(number)) return number
  return /^[a-z][a-z0-9._-]{1,39}$/i.test(bare) ? bare : null
}
