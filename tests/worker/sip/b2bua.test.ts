import { describe, expect, it } from 'vitest'
import { Heard, SDP } from '#tests/support/sip-agent'
import { decide, type Input } from '#worker/sip/b2bua/decide'
import { openCall } from '#worker/sip/b2bua/set-up'
import type { B2bua, Mint, Send, TimerChange } from '#worker/sip/b2bua/state'
import { parseMessage, type SipRequest } from '#worker/sip/message'

/** The user agent alone, with phones that are names: what is decided is looked at, nothing is sent. */
class Bench {
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
function request(
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
function response(asked: Heard, status: number, { body = '', tag = 'b' } = {}): string {
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

describe('a fork', () => {
  it('[SIP-3] never rings the device that calls, and refuses when nobody else is there', () => {
    const bench = new Bench().decide({
      kind: 'routed',
      route: { to: 'devices', aor: 'alice', devices: [{ instance: 'laptop', contact: 'sip:l@p' }] },
    })
    expect(bench.starts('alice')).toEqual(['SIP/2.0 480 No Phone Connected'])
  })

  it('[SIP-3] a route that comes after the caller gave up rings nobody', () => {
    const bench = new Bench().from('alice', request('CANCEL', { callId: 'c1', cseq: 1, to: '<sip:bob@x>' }))
    expect(bench.starts('alice')).toEqual(['SIP/2.0 200 OK', 'SIP/2.0 487 Request Terminated'])
    expect(bench.fork('phone').sends).toEqual([])
    expect(bench.state.call).toMatchObject({ state: 'failed', endedBy: 'caller', hangupCause: 'cancelled' })
  })

  it('[SIP-3] takes the best of the refusals: 6xx, then 486, never a redirection or a challenge', () => {
    const outcome = (...statuses: number[]) => {
      const bench = new Bench().fork(...statuses.map((_, n) => `d${n}`))
      const invites = bench.heard('bob')
      statuses.forEach((status, n) => bench.from('bob', response(invites[n]!, status)))
      return bench.heard('alice').at(-1)?.status
    }
    expect(outcome(480, 486, 404)).toBe(486)
    expect(outcome(500, 404)).toBe(404)
    expect(outcome(486, 603)).toBe(603)
    expect(outcome(302)).toBe(480)
    expect(outcome(401, 500)).toBe(500)
  })

  it('[SIP-3] acknowledges a refusal within its INVITE’s transaction (RFC 3261 §17.1.1.3)', () => {
    const bench = new Bench().fork('phone')
    const [invite] = bench.heard('bob')
    bench.from('bob', response(invite!, 486))
    const [ack] = bench.heard('bob')
    expect([ack!.method, ack!.header('Via'), ack!.header('CSeq')]).toEqual(['ACK', invite!.header('Via'), '1 ACK'])
  })

  it('[SIP-3] repeats the ACK when the 200 comes again', () => {
    const bench = new Bench().fork('phone')
    const [invite] = bench.heard('bob')
    bench.from('bob', response(invite!, 200, { body: SDP('bob') }))
    const acks = bench.heard('bob').map((heard) => heard.text)
    bench.from('bob', response(invite!, 200, { body: SDP('bob') }))
    expect(bench.heard('bob').map((heard) => heard.text)).toEqual(acks)
    expect(bench.heard('alice')).toEqual([])
  })
})

describe('within a dialog', () => {
  it('[SIP-3] a re-INVITE while another is open on either side gets 491 (RFC 3261 §14.2)', () => {
    const bench = Bench.talking().aliceAsks('INVITE', 2, SDP('alice', 'sendonly', 2))
    const [forwarded] = bench.heard('bob')
    expect(
      bench
        .bobAsks('INVITE', 1, SDP('bob', 'sendonly', 2))
        .heard('bob')
        .map((heard) => heard.status),
    ).toEqual([491])
    expect(
      bench
        .aliceAsks('INVITE', 3, SDP('x'))
        .heard('alice')
        .map((heard) => heard.status),
    ).toEqual([500])
    bench.from('bob', response(forwarded!, 200, { body: SDP('bob', 'recvonly', 2) }))
    expect(bench.starts('alice')).toEqual(['SIP/2.0 200 OK'])
    expect(bench.state.call.state).toBe('on-hold')
    expect(
      bench
        .bobAsks('INVITE', 2, SDP('b'))
        .heard('bob')
        .map((heard) => heard.status),
    ).toEqual([491]) // not acknowledged yet
    bench.aliceAsks('ACK', 2)
    expect(bench.bobAsks('INVITE', 3, SDP('b')).starts('alice')).toEqual(['INVITE'])
  })

  it('[SIP-3] requests out of order get 500, of another dialog 481, in a dialog that ended 481', () => {
    const bench = Bench.talking().aliceAsks('INFO', 5)
    expect(bench.aliceAsks('INFO', 4).heard('alice')[0]!.status).toBe(500)
    const stranger = request('BYE', { callId: 'c1', cseq: 9, to: '<sip:bob@x>;tag=wrong' })
    expect(bench.from('alice', stranger).heard('alice')[0]!.status).toBe(481)
    bench.aliceAsks('BYE', 6)
    expect(bench.starts('bob')).toEqual(['BYE'])
    expect(bench.aliceAsks('INFO', 7).heard('alice')[0]!.status).toBe(481)
  })

  it('[SIP-3] an answer that never comes is 408 after 32 s, and the next re-INVITE may go', () => {
    const bench = Bench.talking().aliceAsks('INVITE', 2, SDP('a'))
    const timer = bench.timers.find(({ name }) => name.startsWith('tx:'))!
    bench.decide({ kind: 'timer', name: timer.name })
    expect(bench.starts('alice')).toEqual(['SIP/2.0 408 Request Timeout'])
    expect(bench.aliceAsks('INVITE', 3, SDP('a')).starts('bob')).toEqual(['INVITE'])
  })

  it('[SIP-3] 481 from the other phone ends the call for this one (RFC 3261 §12.2.1.2)', () => {
    const bench = Bench.talking().aliceAsks('INFO', 2)
    bench.from('bob', response(bench.heard('bob')[0]!, 481))
    expect(bench.starts('alice')).toEqual(['SIP/2.0 481 x', 'BYE'])
    expect(bench.state.call).toMatchObject({ state: 'completed', endedBy: 'server' })
  })

  it('[SIP-3] a 200 that is never acknowledged ends the call after 32 s', () => {
    const bench = new Bench().fork('phone')
    bench.from('bob', response(bench.heard('bob')[0]!, 200, { body: SDP('bob') }))
    expect(bench.timers).toContainEqual({ name: 'ack:0', at: bench.now + 32_000 })
    bench.decide({ kind: 'timer', name: 'ack:0' })
    expect([bench.starts('alice'), bench.starts('bob')]).toEqual([['BYE'], ['BYE']])
  })

  it('[SIP-4] follows a device to a new instance of itself', () => {
    const bench = Bench.talking().from(
      'alice',
      request('INFO', { callId: 'c1', cseq: 2, to: '<sip:bob@x>;tag=edge-a' }),
      'reloaded',
    )
    bench.from('bob', response(bench.heard('bob')[0]!, 200))
    expect(bench.sends).toMatchObject([{ aor: 'alice', instance: 'reloaded' }])
  })
})

describe('hold by the server', () => {
  const answerAll = (bench: Bench, direction: string, version: number, ...statuses: number[]) => {
    const asked = [bench.heard('alice')[0]!, bench.heard('bob')[0]!]
    asked.forEach((heard, n) =>
      bench.from(
        n ? 'bob' : 'alice',
        response(heard, statuses[n] ?? 200, { body: SDP(n ? 'bob' : 'alice', direction, version), tag: n ? 'b' : 'a' }),
      ),
    )
  }
  it('[SIP-4] offers each side the other’s description, inactive, with a raised version; resumes so too', () => {
    const bench = Bench.talking().decide({ kind: 'hold', on: true })
    expect(bench.heard('alice')[0]!.body).toBe(SDP('bob', 'inactive', 2))
    expect(bench.heard('bob')[0]!.body).toBe(SDP('alice', 'inactive', 2))
    answerAll(bench, 'inactive', 2)
    expect(bench.state.call.state).toBe('on-hold')
    bench.decide({ kind: 'hold', on: false })
    expect(bench.heard('alice')[0]!.body).toBe(SDP('bob', 'sendrecv', 4))
    answerAll(bench, 'sendrecv', 3)
    expect(bench.state.call.state).toBe('in-progress')
  })

  it('[SIP-4] on glare tries again after 2.1 to 4 s; what a phone will not have is dropped', () => {
    const bench = Bench.talking().decide({ kind: 'hold', on: true })
    const [toAlice] = bench.heard('alice')
    bench.from('alice', response(toAlice!, 491, { tag: 'a' }))
    expect(bench.timers).toContainEqual({ name: 'hold', at: bench.now + 3_050 })
    bench.decide({ kind: 'timer', name: 'hold' })
    const [again] = bench.heard('alice')
    expect(again!.method).toBe('INVITE')
    bench.from('alice', response(again!, 488, { tag: 'a' }))
    expect(bench.decide({ kind: 'timer', name: 'hold' }).heard('alice')).toEqual([])
  })

  it('[SIP-4] waits while a phone negotiates', () => {
    const bench = Bench.talking().aliceAsks('INVITE', 2, SDP('alice', 'sendrecv', 2))
    bench.decide({ kind: 'hold', on: true })
    expect(bench.sends).toEqual([])
    expect(bench.timers.map(({ name }) => name)).toEqual(['hold'])
  })
})

describe('a phone that may have gone', () => {
  it('[SIP-3] is asked by OPTIONS in its dialog; 481 ends the call for the other, silence and 200 do not', () => {
    const bench = Bench.talking().decide({ kind: 'probe' })
    const [toAlice, toBob] = [bench.heard('alice')[0]!, bench.heard('bob')[0]!]
    expect([toAlice.method, toBob.method]).toEqual(['OPTIONS', 'OPTIONS'])
    const timer = bench.timers.find(({ name }) => name.startsWith('tx:'))!
    expect(bench.decide({ kind: 'probe' }).sends).toEqual([])
    bench.from('alice', response(toAlice, 200, { tag: 'a' }))
    expect(bench.sends).toEqual([])
    bench.from('bob', response(toBob, 481))
    expect([bench.starts('alice'), bench.starts('bob')]).toEqual([['BYE'], []])
    expect(bench.state.pending).toEqual([])
    const silent = Bench.talking().decide({ kind: 'probe' }).decide({ kind: 'timer', name: timer.name })
    expect([silent.sends, silent.state.call.state]).toEqual([[], 'in-progress'])
  })
})

describe('the end', () => {
  it('[SIP-4] by the server: CANCEL to who rings, an answer to who waits', () => {
    const bench = new Bench().fork('phone').decide({ kind: 'end', reason: 'shift over' })
    expect([bench.starts('alice'), bench.starts('bob')]).toEqual([['SIP/2.0 480 Ended'], ['CANCEL']])
    expect(bench.state.call).toMatchObject({ state: 'failed', endedBy: 'server' })
  })

  it('[SIP-3] at its maximum length, and of an orphan', () => {
    const long = Bench.talking().decide({ kind: 'timer', name: 'max' })
    expect([long.starts('alice'), long.starts('bob')]).toEqual([['BYE'], ['BYE']])
    const orphan = Bench.talking().decide({ kind: 'lost', n: 1 })
    expect([orphan.starts('alice'), orphan.starts('bob')]).toEqual([['BYE'], []])
  })

  it('is decided without touching what was given', () => {
    const bench = Bench.talking()
    const before = JSON.stringify(bench.state)
    const kept = bench.state
    bench.decide({ kind: 'end', reason: 'x' })
    expect(JSON.stringify(kept)).toBe(before)
  })
})
