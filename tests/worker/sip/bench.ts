import { Heard, SDP } from '#tests/support/sip-agent'
import { decide, type Input } from '#worker/sip/b2bua/decide'
import { openCall } from '#worker/sip/b2bua/set-up'
import type { B2bua, Mint, Send, TimerChange } from '#worker/sip/b2bua/state'
import { parseMessage, type SipRequest } from '#worker/sip/message'

/** The user agent alone, with phones that are names: what is decided is looked at, nothing is sent. */
export class Bench {
  state: B2bua
  now = 1_000_000
  sends: Send[] = []
  timers: TimerChange[] = []
  private n = 0
  private readonly mint: Mint = { token: () => `t${++this.n}`, fraction: () => 0.5 }

  constructor(body = SDP('alice')) {
    const invite = parse(request('INVITE', { callId: 'c1', cseq: 1, to: '<sip:bob@x>', body })) as SipRequest
    this.state = openCall(
      invite,
      { id: 'room1234', aor: 'alice', instance: 'laptop', callerName: 'Alice', callerUser: '101', localTag: 'edge-a' },
      this.now,
    )
  }
  decide(input: Input): this {
    const { state, sends, timers } = decide(this.state, input, this.now, this.mint)
    Object.assign(this, { state, sends, timers })
    return this
  }
  fork(...devices: string[]): this {
    return this.decide({
      kind: 'routed',
      route: {
        to: 'devices',
        aor: 'bob',
        devices: devices.map((instance) => ({ instance, contact: `sip:${instance}@p` })),
      },
    })
  }
  from(who: 'alice' | 'bob', text: string, instance = 'x'): this {
    return this.decide({ kind: 'message', aor: who, instance, message: parse(text) })
  }
  /** What this phone was told in the last turn. */
  heard(who: string): Heard[] {
    return this.sends.filter(({ aor, instance }) => aor === who || instance === who).map(({ text }) => new Heard(text))
  }
  starts(who: string): string[] {
    return this.heard(who).map((heard) => heard.start.replace(/ sip:.*/, ''))
  }
  /** alice and bob talk, everything acknowledged. */
  static talking(): Bench {
    const bench = new Bench().fork('phone')
    const [invite] = bench.heard('bob')
    bench.from('bob', response(invite!, 200, { body: SDP('bob') }))
    bench.from('alice', request('ACK', { callId: 'c1', cseq: 1, to: '<sip:bob@x>;tag=edge-a' }))
    return bench
  }
  /** A request of bob's in his dialog. */
  bobAsks(method: string, cseq: number, body = ''): this {
    const leg = this.state.legs[1]!
    return this.from(
      'bob',
      request(method, {
        callId: leg.callId,
        cseq,
        from: '<sip:bob@x>;tag=b',
        to: `<sip:101@x>;tag=${leg.localTag}`,
        body,
      }),
    )
  }
  aliceAsks(method: string, cseq: number, body = ''): this {
    return this.from('alice', request(method, { callId: 'c1', cseq, to: '<sip:bob@x>;tag=edge-a', body }))
  }
}

function parse(text: string) {
  const parsed = parseMessage(text)
  if (!parsed.ok) throw new Error(parsed.malformed.reason + text)
  return parsed.message
}
export function request(
  method: string,
  {
    callId,
    cseq,
    from = '<sip:alice@x>;tag=a',
    to,
    body = '',
  }: { callId: string; cseq: number; from?: string; to: string; body?: string },
): string {
  return [
    `${method} sip:x@x SIP/2.0`,
    `Via: SIP/2.0/WSS p;branch=z9hG4bK${method}${cseq}`,
    `From: ${from}`,
    `To: ${to}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} ${method}`,
    'Contact: <sip:me@p>',
    ...(body ? ['Content-Type: application/sdp'] : []),
    '',
    body,
  ].join('\r\n')
}
export function response(asked: Heard, status: number, { body = '', tag = 'b' } = {}): string {
  const to = asked.header('To')
  return [
    `SIP/2.0 ${status} x`,
    `Via: ${asked.header('Via')}`,
    `From: ${asked.header('From')}`,
    `To: ${to.includes(';tag=') ? to : `${to};tag=${tag}`}`,
    `Call-ID: ${asked.header('Call-ID')}`,
    `CSeq: ${asked.header('CSeq')}`,
    'Contact: <sip:b@p>',
    ...(body ? ['Content-Type: application/sdp'] : []),
    '',
    body,
  ].join('\r\n')
}
