import { describe, expect, it } from 'vitest'
import { SDP } from '#tests/support/sip-agent'
import { REJOIN_MS } from '#worker/sip/b2bua/orphan'
import { Bench, request, response } from './bench'

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
    expect(ack!.header('To')).toBe(`${invite!.header('To')};tag=b`) // a proxy knows the ACK by it
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

describe('whom the caller reaches', () => {
  const callee = { name: 'Bob "B"', user: '102' }
  const devices = [{ instance: 'phone', contact: 'sip:p@p' }]
  const names = (bench: Bench) => bench.heard('alice').map((heard) => heard.header('P-Asserted-Identity'))

  it('[SIP-3] is told to its phone by name in every answer (RFC 3325), and to no customer', () => {
    const bench = new Bench().decide({ kind: 'routed', route: { to: 'devices', aor: 'bob', devices, callee } })
    const [invite] = bench.heard('bob')
    expect(names(bench.from('bob', response(invite!, 180)))).toEqual(['"Bob \\"B\\"" <sip:102@x>'])
    expect(names(bench.from('bob', response(invite!, 200, { body: SDP('bob') })))).toEqual([
      '"Bob \\"B\\"" <sip:102@x>',
    ])

    const customer = new Bench()
    customer.state.legs[0]!.aor = 'trunk-1'
    customer.decide({ kind: 'routed', route: { to: 'devices', aor: 'bob', devices, callee } })
    customer.from('bob', response(customer.heard('bob')[0]!, 180))
    expect(customer.heard('trunk-1').map((heard) => heard.header('P-Asserted-Identity'))).toEqual([''])
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

  it('[SIP-3] a BYE that crosses a re-INVITE leaves nothing unanswered (RFC 3261 §15.1.2)', () => {
    const bench = Bench.talking().aliceAsks('INVITE', 2, SDP('a'))
    const [reinvite] = bench.heard('bob')
    expect(bench.bobAsks('BYE', 1).starts('alice')).toEqual(['SIP/2.0 487 Request Terminated', 'BYE'])
    bench.from('bob', response(reinvite!, 200, { body: SDP('bob') }))
    expect([bench.starts('alice'), bench.starts('bob')]).toEqual([[], ['ACK']])
  })

  it('[SIP-3] an answer that never comes is 408 after 32 s, and the next re-INVITE may go', () => {
    const bench = Bench.talking().aliceAsks('INVITE', 2, SDP('a'))
    const timer = bench.timers.find(({ name }) => name.startsWith('tx:'))!
    bench.decide({ kind: 'timer', name: timer.name })
    expect(bench.starts('alice')).toEqual(['SIP/2.0 408 Request Timeout'])
    expect(bench.aliceAsks('INVITE', 3, SDP('a')).starts('bob')).toEqual(['INVITE'])
  })

  it('[PHONE-9] 481 from the other phone: its page has 20 s to rejoin, then the call ends for this one', () => {
    const bench = Bench.talking().aliceAsks('INFO', 2)
    bench.from('bob', response(bench.heard('bob')[0]!, 481))
    expect(bench.starts('alice')).toEqual(['SIP/2.0 480 x'])
    bench.now += REJOIN_MS
    bench.aliceAsks('INFO', 3)
    bench.from('bob', response(bench.heard('bob')[0]!, 481))
    expect(bench.starts('alice')).toEqual(['SIP/2.0 480 x', 'BYE'])
    expect(bench.state.call).toMatchObject({ state: 'completed', endedBy: 'server' })
  })

  it('[PHONE-9] an orphan that says anything in its dialog is none any more', () => {
    const bench = Bench.talking().decide({ kind: 'orphaned', n: 1 })
    expect(bench.state.legs[1]!.orphanedAt).toBe(bench.now)
    bench.bobAsks('INFO', 1)
    expect(bench.state.legs[1]!.orphanedAt).toBeUndefined()
    expect(bench.timers).toContainEqual({ name: 'orphan:1', at: null })
  })

  describe('[PHONE-8] what comes again over a new socket', () => {
    it('was answered: the same answer, and nobody is asked twice', () => {
      const bench = Bench.talking().aliceAsks('INFO', 2)
      bench.from('bob', response(bench.heard('bob')[0]!, 200))
      const [answer] = bench.heard('alice')
      bench.aliceAsks('INFO', 2)
      expect(bench.heard('alice').map(({ text }) => text)).toEqual([answer!.text])
      expect(bench.heard('bob')).toEqual([])
    })
    it('is under way: it goes on, and its answer comes once', () => {
      const bench = Bench.talking().aliceAsks('INFO', 2)
      const [asked] = bench.heard('bob')
      expect(bench.aliceAsks('INFO', 2).sends).toEqual([])
      expect(bench.from('bob', response(asked!, 200)).starts('alice')).toEqual(['SIP/2.0 200 x'])
    })
    it('a BYE: 200 again', () => {
      const bench = Bench.talking().aliceAsks('BYE', 2)
      expect(bench.aliceAsks('BYE', 2).starts('alice')).toEqual(['SIP/2.0 200 OK'])
    })
    it('a re-INVITE whose 200 waits for its ACK: the 200; one that was refused: the refusal', () => {
      const bench = Bench.talking().aliceAsks('INVITE', 2, SDP('alice', 'sendrecv', 2))
      bench.from('bob', response(bench.heard('bob')[0]!, 200, { body: SDP('bob', 'sendrecv', 2) }))
      const ok = bench.heard('alice')[0]!.text
      expect(bench.aliceAsks('INVITE', 2, SDP('alice', 'sendrecv', 2)).heard('alice')[0]!.text).toBe(ok)
      bench.aliceAsks('ACK', 2).aliceAsks('INVITE', 3, SDP('alice', 'sendrecv', 3))
      bench.from('bob', response(bench.heard('bob')[0]!, 488))
      expect(bench.aliceAsks('INVITE', 3, SDP('alice', 'sendrecv', 3)).starts('alice')).toEqual(['SIP/2.0 488 x'])
    })
    it('an INVITE that was refused: the refusal, not silence', () => {
      const bench = new Bench().fork('phone')
      bench.from('bob', response(bench.heard('bob')[0]!, 486))
      const invite = request('INVITE', { callId: 'c1', cseq: 1, to: '<sip:bob@x>', body: SDP('alice') })
      expect(bench.from('alice', invite).starts('alice')).toEqual(['SIP/2.0 486 Busy Here'])
    })
    it('out of order and never seen: 500', () => {
      const bench = Bench.talking().aliceAsks('INFO', 5)
      expect(bench.aliceAsks('INFO', 4).starts('alice')).toEqual(['SIP/2.0 500 Out of Order'])
    })
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
