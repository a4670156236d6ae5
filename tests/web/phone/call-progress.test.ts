import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  begin,
  causeOf,
  dialable,
  isLive,
  progress,
  reasonStatus,
  type CallEvent,
} from '../../../web/src/lib/phone/call-progress'

const noon = 1_790_000_000_000
const calling = begin({ direction: 'outgoing', number: '+50651234567', name: 'Erin', leaseId: 'p1:7:3' }, noon)
const after = (...events: CallEvent[]) =>
  events.reduce((call, event, i) => progress(call, event, noon + (i + 1) * 1000), calling)

describe('a call as the screen sees it', () => {
  it('[PHONE-2] begins by ringing out, with the lease it was placed for', () => {
    expect(calling).toMatchObject({ state: 'ringing-out', since: noon, answeredAt: null, leaseId: 'p1:7:3' })
  })
  it('[PHONE-4] talks from the answer on, and keeps that time through hold', () => {
    const held = after({ kind: 'named', id: 'c1' }, { kind: 'answered' }, { kind: 'held', on: true })
    expect(held).toMatchObject({ id: 'c1', state: 'held', answeredAt: noon + 2000, since: noon + 3000 })
    expect(progress(held, { kind: 'held', on: false }, noon + 9000)).toMatchObject({
      state: 'talking',
      since: noon + 9000,
      answeredAt: noon + 2000,
    })
  })
  it('[PHONE-2] has the name that belongs to an extension, once the edge tells it; a customer keeps theirs', () => {
    const colleague = begin({ direction: 'outgoing', number: '102', name: null, leaseId: null }, noon)
    const named = progress(colleague, { kind: 'named', id: 'c1', name: 'Bob' }, noon + 100)
    expect(named).toMatchObject({ id: 'c1', number: '102', name: 'Bob' })
    expect(progress(named, { kind: 'named', id: 'c1' }, noon + 200)).toBe(named)
    expect(after({ kind: 'named', id: 'c1', name: 'Somebody' }).name).toBe('Erin')
  })
  it('[PHONE-4] cannot be held before it is answered', () => {
    expect(after({ kind: 'held', on: true }).state).toBe('ringing-out')
  })
  it('keeps its end, whatever comes late, save the id the edge gave it', () => {
    const ended = after({ kind: 'ended', cause: 'busy', endedBy: 'there', sipStatus: 486 })
    expect(ended).toMatchObject({
      state: 'ended',
      cause: 'busy',
      sipStatus: 486,
      endedBy: 'there',
      endedAt: noon + 1000,
    })
    fc.assert(
      fc.property(anyEvent, (event) => {
        expect({ ...progress(ended, event, noon + 5000), id: null }).toEqual(ended)
      }),
    )
  })
  it('is live exactly until it has ended, in any order of events', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 20 }), (events) => {
        const call = after(...events)
        expect(isLive(call)).toBe(!events.some((event) => event.kind === 'ended'))
        expect(call.endedAt === null).toBe(isLive(call))
        if (call.state === 'held' || call.state === 'talking') expect(call.answeredAt).not.toBeNull()
      }),
    )
  })
})

const anyEvent: fc.Arbitrary<CallEvent> = fc.oneof(
  fc.constantFrom<CallEvent>(
    { kind: 'named', id: 'c9' },
    { kind: 'rang' },
    { kind: 'answered' },
    { kind: 'heard' },
    { kind: 'held', on: true },
    { kind: 'held', on: false },
    { kind: 'held-by-other', on: true },
    { kind: 'muted', on: true },
    { kind: 'microphone', isMissing: true },
    { kind: 'ended', cause: 'normal', endedBy: 'there', sipStatus: 200 },
  ),
)

describe('causes', () => {
  it.each([
    [486, true, 'busy'],
    [600, true, 'busy'],
    [603, true, 'rejected'],
    [480, true, 'no-answer'],
    [408, true, 'no-answer'],
    [480, false, 'unreachable'],
    [404, false, 'invalid-number'],
    [403, false, 'not-allowed'],
    [488, true, 'media-failed'],
    [487, true, 'cancelled'],
    [503, false, 'failed'],
  ] as const)('[POOL-13] %i, rung: %s, is %s', (status, hasRung, cause) => expect(causeOf(status, hasRung)).toBe(cause))

  it('[PHONE-3] reads that another device answered from the Reason header (RFC 3326)', () => {
    expect(reasonStatus('SIP;cause=200;text="Call completed elsewhere"')).toBe(200)
    expect(reasonStatus('SIP ;text="x"; cause=486')).toBe(486)
    expect(reasonStatus('Q.850;cause=16')).toBeNull()
    expect(reasonStatus(undefined)).toBeNull()
  })
})

describe('what can be dialled', () => {
  it.each([
    ['+506 5123-4567', '+50651234567'],
    ['tel:+90 (555) 010 01 23', '+905550100123'],
    ['sip:bob@call.example', 'bob'],
    ['101', '101'],
    ['\u200e+971-50-555-0142', '+971505550142'],
  ])('[PHONE-2] %s is %s', (typed, number) => expect(dialable(typed)).toBe(number))
  it.each(['', '+', '+0123456', 'hello world', '+12', 'a;b', '<sip:x>'])('[PHONE-2] “%s” is not', (typed) =>
    expect(dialable(typed)).toBeNull(),
  )
  it('never lets a header or a second URI through', () => {
    fc.assert(
      fc.property(fc.string(), (typed) => {
        expect(dialable(typed) ?? '1').toMatch(/^\+?[A-Za-z0-9*#._-]+$/)
      }),
    )
  })
})
