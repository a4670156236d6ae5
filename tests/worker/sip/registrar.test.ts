import { describe, expect, it } from 'vitest'
import { parseMessage, type SipRequest } from '#worker/sip/message'
import { MAX_EXPIRES_S, register, type Held } from '#worker/sip/registrar'

const NOON = 1_000_000_000
let cseq = 0
function message(
  contacts: string[],
  { expires, callId = 'r1', seq = ++cseq }: { expires?: string; callId?: string; seq?: number } = {},
): SipRequest {
  const lines = [
    'REGISTER sip:x SIP/2.0',
    'Via: SIP/2.0/WSS p;branch=z9hG4bK1',
    'From: <sip:alice@x>;tag=1',
    'To: <sip:alice@x>',
    `Call-ID: ${callId}`,
    `CSeq: ${seq} REGISTER`,
  ]
  const parsed = parseMessage(
    [
      ...lines,
      ...contacts.map((contact) => `Contact: ${contact}`),
      ...(expires ? [`Expires: ${expires}`] : []),
      '',
      '',
    ].join('\r\n'),
  )
  if (!parsed.ok || parsed.message.kind !== 'request') throw new Error('test message')
  return parsed.message
}
const phone = (n: number, rest = '') => `<sip:c${n}@p.invalid>;+sip.instance="<urn:uuid:${n}>";reg-id=1${rest}`
function bound(request: SipRequest, held: Held<string>[] = [], flow = 'A', now = NOON) {
  const decided = register(request, held, flow, `flow-${flow}`, now)
  if (!decided.ok) throw new Error(`${decided.refusal.status} ${decided.refusal.reason}`)
  return decided.bindings
}
function refused(request: SipRequest, held: Held<string>[] = []) {
  const decided = register(request, held, 'A', 'flow-A', NOON)
  return decided.ok ? null : decided.refusal.status
}

describe('the registrar', () => {
  it('[SIP-1] binds for the time asked, within bounds, and answers what is left', () => {
    const decided = register(message([phone(1, ';expires=120;q=0.5')]), [], 'A', 'f', NOON)
    expect(decided).toMatchObject({
      ok: true,
      bindings: [{ flow: 'A', registration: { instance: 'urn:uuid:1', q: 500, expiresAt: NOON + 120_000 } }],
    })
    expect(decided.ok && decided.headers).toEqual([
      'Contact: <sip:c1@p.invalid>;expires=120;q=0.5;+sip.instance="<urn:uuid:1>";reg-id=1',
    ])
    expect(bound(message([phone(1)], { expires: '99999999999999999999' }))[0]!.registration.expiresAt).toBe(
      NOON + MAX_EXPIRES_S * 1000,
    )
    expect(refused(message([phone(1, ';expires=29')]))).toBe(423)
    expect(refused(message([phone(1, ';expires=soon')]))).toBe(400)
    expect(refused(message([phone(1, ';q=1.5')]))).toBe(400)
  })

  it('[SIP-1] keys by instance and reg-id (RFC 5626 §6): a new flow replaces, another reg-id stands beside', () => {
    const one = bound(message([phone(1)]))
    expect(bound(message([phone(1)], { callId: 'r2' }), one, 'B')).toMatchObject([{ flow: 'B' }])
    expect(bound(message([phone(1).replace('reg-id=1', 'reg-id=2')]), one, 'B')).toHaveLength(2)
    expect(bound(message([phone(2)]), one, 'B')).toHaveLength(2)
  })

  it('[SIP-1] without an instance the contact is the key and the socket the device', () => {
    const one = bound(message(['sip:a@p.invalid;q=0.2']))
    expect(one[0]!.registration).toMatchObject({ instance: 'flow-A', regId: 0, contact: 'sip:a@p.invalid', q: 200 })
    expect(bound(message(['<sip:b@p.invalid>']), one)).toHaveLength(2)
    expect(bound(message(['<sip:a@p.invalid>']), one)).toHaveLength(1)
  })

  it('[SIP-1] removes one with expires=0, all with *, and nothing that is newer', () => {
    const both = bound(message([phone(2)]), bound(message([phone(1)])))
    expect(bound(message([phone(1, ';expires=0')]), both)).toHaveLength(1)
    expect(bound(message(['*'], { expires: '0' }), both)).toEqual([])
    expect(refused(message(['*']), both)).toBe(400)
    expect(refused(message(['*', phone(1)], { expires: '0' }), both)).toBe(400)
    expect(refused(message([phone(1)], { seq: 1 }), both)).toBe(500)
    expect(refused(message(['*'], { expires: '0', seq: 1 }), both)).toBe(500)
  })

  it('[SIP-1] fetches without changing; what has expired is gone', () => {
    const one = bound(message([phone(1, ';expires=60')]))
    expect(bound(message([]), one)).toEqual(one)
    expect(bound(message([]), one, 'A', NOON + 60_001)).toEqual([])
  })

  it('[SIP-6] bounds what one request and one socket may bind', () => {
    expect(refused(message([phone(1), phone(2), phone(3)]))).toBe(400)
    expect(refused(message([phone(3)]), bound(message([phone(1), phone(2)])))).toBe(403)
    expect(refused(message([`<sip:${'x'.repeat(400)}@p>`]))).toBe(400)
    expect(refused(message(['<tel:+123>']))).toBe(400)
  })
})
