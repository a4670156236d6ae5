import { describe, expect, it } from 'vitest'
import { parseMessage, type SipRequest } from '#worker/sip/message'
import { readSubscribe } from '#worker/sip/subscribe'
import {
  answered,
  changed,
  nextAt,
  notify,
  open,
  refresh,
  resumed,
  tick,
  type Step,
  type Subscription,
} from '#worker/sip/subscription'
import type { DialogStatus, Status } from '#worker/sip/subscription-body'

const NOON = 1_000_000_000
let minted = 0
const mint = { token: () => `m${++minted}` }

function subscribe(headers: string[] = ['Event: dialog'], { to = '<sip:102@x>', cseq = 1 } = {}): SipRequest {
  const lines = [
    'SUBSCRIBE sip:102@x SIP/2.0',
    'Via: SIP/2.0/WSS p;branch=z9hG4bK1',
    'From: <sip:alice@x>;tag=a',
    `To: ${to}`,
    'Call-ID: s1',
    `CSeq: ${cseq} SUBSCRIBE`,
    'Contact: <sip:c@p.invalid>',
    ...headers,
    '',
    '',
  ]
  const parsed = parseMessage(lines.join('\r\n'))
  if (!parsed.ok || parsed.message.kind !== 'request') throw new Error('test message')
  return parsed.message
}
const askedOf = (request: SipRequest) => {
  const asked = readSubscribe(request)
  if ('status' in asked) throw new Error(asked.reason)
  return asked
}
const statusOf = (rev: number, dialogs: DialogStatus[] = [], more: Partial<Status> = {}): Status => ({
  rev,
  isGone: false,
  isOpen: true,
  state: 'available',
  dialogs,
  ...more,
})
const ringing: DialogStatus = {
  id: 'call-1',
  state: 'early',
  direction: 'recipient',
  other: { user: '+441632960001', name: 'Erin & <Co>', isCustomer: true },
}
const talking: DialogStatus = { ...ringing, state: 'confirmed' }

function opened({ headers = ['Event: dialog'], status = statusOf(1), maySeeCustomers = false } = {}): Subscription {
  const request = subscribe(headers)
  const opening = { id: 'sub1', localTag: 'edge', watched: 'bob', instance: 'phone', status, maySeeCustomers }
  return open(request, askedOf(request), opening, NOON)
}
const living = (step: Step): Subscription => {
  if (!step.next) throw new Error('the subscription has ended')
  return step.next
}
const first = (subscription: Subscription) => living(notify(subscription, NOON, mint))
const ok = (subscription: Subscription, now: number) =>
  answered(subscription, subscription.waiting!.branch, 200, now, mint)
const said = ({ sends }: Step): SipRequest => {
  const parsed = parseMessage(sends[0]!)
  if (!parsed.ok || parsed.message.kind !== 'request') throw new Error('no NOTIFY')
  return parsed.message
}

describe('what a SUBSCRIBE asks for', () => {
  it('[SIP-5] an unknown package is 489 with those that are known, also when there is none', () => {
    for (const headers of [['Event: message-summary'], [], ['Event: dialog', 'Event: presence']])
      expect(readSubscribe(subscribe(headers))).toMatchObject({
        status: 489,
        headers: ['Allow-Events: presence, dialog'],
      })
  })

  it('[SIP-5] an hour at most and if not asked, a minute at least, 0 is none', () => {
    const asked = (expires: string) => readSubscribe(subscribe(['Event: presence', `Expires: ${expires}`]))
    expect(readSubscribe(subscribe(['o: presence;id=7']))).toEqual({ pack: 'presence', eventId: '7', seconds: 3600 })
    expect(asked('99999')).toMatchObject({ seconds: 3600 })
    expect(asked('0')).toMatchObject({ seconds: 0 })
    expect(asked('59')).toMatchObject({ status: 423, headers: ['Min-Expires: 60'] })
    expect(asked('soon')).toMatchObject({ status: 400 })
  })

  it('[SIP-5] a phone that takes no document of ours is told 406', () => {
    const taking = (accept: string) => readSubscribe(subscribe(['Event: dialog', `Accept: ${accept}`]))
    expect(taking('application/pidf+xml')).toMatchObject({ status: 406 })
    expect(taking('text/plain, application/dialog-info+xml;q=0.5')).toMatchObject({ pack: 'dialog' })
    expect(taking('*/*')).toMatchObject({ pack: 'dialog' })
  })
})

describe('a subscription', () => {
  it('[SIP-5] is told the whole state at once, in its own dialog', () => {
    const notice = said(notify(opened({ headers: ['Event: dialog;id=3', 'Expires: 600'] }), NOON, mint))
    expect(notice.method).toBe('NOTIFY')
    expect(notice.uri).toBe('sip:c@p.invalid')
    expect([notice.fromTag, notice.toTag, notice.callId]).toEqual(['edge', 'a', 's1'])
    expect(notice.header('event')).toBe('dialog;id=3')
    expect(notice.header('subscription-state')).toBe('active;expires=600')
    expect(notice.contentType).toBe('application/dialog-info+xml')
    expect(notice.body).toContain('version="0" state="full" entity="sip:102@x"')
  })

  it('[SIP-5] tells a change at once, what comes within a second together, and nothing twice', () => {
    const idle = living(ok(first(opened()), NOON + 10))
    const early = changed(idle, statusOf(2, [ringing]), NOON + 2_000, mint)
    expect(said(early).body).toContain('<state>early</state>')
    // its answer is still out when two more changes come: the newest is told when the second is over
    const soon = changed(
      living(changed(living(early), statusOf(3, []), NOON + 2_100, mint)),
      statusOf(4, [talking]),
      NOON + 2_200,
      mint,
    )
    expect(soon.sends).toEqual([])
    const waiting = living(ok(living(soon), NOON + 2_300))
    expect(nextAt(waiting)).toBe(NOON + 3_000)
    const told = tick(waiting, NOON + 3_000, mint)
    expect(said(told).body).toContain('<state>confirmed</state>')
    expect(said(told).body).toContain('version="2"')
    const again = changed(living(ok(living(told), NOON + 3_100)), statusOf(5, [talking]), NOON + 9_000, mint)
    expect(again.sends).toEqual([])
    // older news that comes late changes nothing
    expect(changed(living(again), statusOf(4), NOON + 9_100, mint).sends).toEqual([])
  })

  it('[SIP-5] says once of a call that it has ended', () => {
    const busy = living(ok(first(opened({ status: statusOf(1, [talking]) })), NOON + 10))
    const over = changed(busy, statusOf(2), NOON + 5_000, mint)
    expect(said(over).body).toMatch(/direction="recipient"><state>terminated/)
    const later = changed(living(ok(living(over), NOON + 5_010)), statusOf(3, [ringing]), NOON + 9_000, mint)
    expect(said(later).body).not.toContain('terminated')
  })

  it('[SIP-5] shows whose call it is only to who may see customers, escaped', () => {
    const hidden = said(notify(opened({ status: statusOf(1, [ringing]) }), NOON, mint)).body
    expect(hidden).toContain('<state>early</state>')
    expect(hidden).not.toMatch(/44163|Erin|remote/)
    const shown = said(notify(opened({ status: statusOf(1, [ringing]), maySeeCustomers: true }), NOON, mint)).body
    expect(shown).toContain('<identity display="Erin &amp; &lt;Co&gt;">sip:+441632960001@x</identity>')
  })

  it('[SIP-5] presence is PIDF with the activity, every five seconds at most', () => {
    const status = statusOf(1, [], { state: 'on-call' })
    const step = notify(opened({ headers: ['Event: presence'], status }), NOON, mint)
    expect(said(step).contentType).toBe('application/pidf+xml')
    expect(said(step).body).toMatch(/<basic>open<\/basic>[^]*<rpid:on-the-phone\/>/)
    const told = living(ok(living(step), NOON + 10))
    // a call that is no news to presence
    const away = living(changed(told, statusOf(2, [ringing], { isOpen: false, state: 'offline' }), NOON + 1_000, mint))
    expect(nextAt(away)).toBe(NOON + 5_000)
    expect(said(tick(away, NOON + 5_000, mint)).body).toMatch(/closed[^]*Offline/)
  })

  it('[SIP-5] is refreshed by a higher CSeq of its own dialog, and ended by Expires: 0', () => {
    const living = first(opened({ headers: ['Event: dialog', 'Expires: 60'] }))
    const seen = { instance: 'phone 2', status: statusOf(1), maySeeCustomers: false }
    const again = (request: SipRequest, now = NOON + 30_000) => refresh(living, request, askedOf(request), seen, now)
    const to = '<sip:102@x>;tag=edge'
    expect(again(subscribe(undefined, { to, cseq: 1 }))).toMatchObject({ status: 500 })
    expect(again(subscribe(undefined, { to: '<sip:102@x>;tag=other', cseq: 2 }))).toMatchObject({ status: 481 })
    expect(again(subscribe(['Event: presence'], { to, cseq: 2 }))).toMatchObject({ status: 481 })
    const refreshed = again(subscribe(['Event: dialog', 'Expires: 90'], { to, cseq: 2 })) as Subscription
    expect([refreshed.expiresAt, refreshed.instance]).toEqual([NOON + 120_000, 'phone 2'])
    const over = again(subscribe(['Event: dialog', 'Expires: 0'], { to, cseq: 2 })) as Subscription
    const step = notify(over, NOON + 30_000, mint)
    expect(step.next).toBeNull()
    expect(said(step).header('subscription-state')).toBe('terminated;reason=timeout')
  })

  it('[SIP-5] whose room was born again before the answer came is told again, instead of ended', () => {
    const waits = first(opened())
    expect(resumed(waits, NOON)).toBe(waits)
    const again = tick(resumed(waits, NOON + 1), NOON + 32_000, mint)
    expect(said(again).header('subscription-state')).toMatch(/^active/)
    expect(tick(resumed(living(again), NOON + 1), NOON + 64_000, mint)).toEqual({ next: null, sends: [] })
  })

  it('[SIP-5] ends by itself: time, an account that is closed, 481, silence', () => {
    const quiet = living(ok(first(opened({ headers: ['Event: dialog', 'Expires: 60'] })), NOON + 10))
    expect(nextAt(quiet)).toBe(NOON + 60_000)
    const over = tick(quiet, NOON + 60_000, mint)
    expect(over.next).toBeNull()
    expect(said(over).header('subscription-state')).toBe('terminated;reason=timeout')
    const closed = changed(quiet, statusOf(9, [], { isGone: true }), NOON + 20_000, mint)
    expect([closed.next, said(closed).header('subscription-state')]).toEqual([null, 'terminated;reason=noresource'])

    const waits = first(opened())
    expect(answered(waits, waits.waiting!.branch, 481, NOON, mint)).toEqual({ next: null, sends: [] })
    expect(answered(waits, waits.waiting!.branch, 503, NOON, mint).next).not.toBeNull()
    expect(nextAt(waits)).toBe(NOON + 32_000)
    expect(tick(waits, NOON + 32_000, mint)).toEqual({ next: null, sends: [] })
  })
})
