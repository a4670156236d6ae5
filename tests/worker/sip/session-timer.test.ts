import { describe, expect, it } from 'vitest'
import { SDP, type Heard } from '#tests/support/sip-agent'
import { parseSessionExpires } from '#worker/sip/b2bua/session-timer'
import { fromTrunk } from '#worker/sip/b2bua/trunk-leg'
import { parseMessage, type SipRequest } from '#worker/sip/message'
import { judgeTrunk } from '#worker/sip/trunk/incoming'
import { Bench, request, response } from './bench'

const NUMBER = '+442079460000'
const TRUNK = 'trunk-one'
const route = {
  to: 'trunk' as const,
  aor: TRUNK,
  uri: `sip:${NUMBER}@sbc.test`,
  local: '<sip:+15558887777@sbc.test>',
  identity: [],
  ringMs: 45_000,
}
const parsed = (text: string) => {
  const read = parseMessage(text)
  if (!read.ok) throw new Error(text)
  return read.message
}
const withLines = (text: string, lines: string[]) =>
  text.replace('\r\n', `\r\n${lines.map((line) => `${line}\r\n`).join('')}`)
/** What the SBC answers, with lines of its own. */
const says = (bench: Bench, asked: Heard, status: number, lines: string[] = [], body = '') =>
  bench.decide({
    kind: 'message',
    aor: TRUNK,
    instance: 'sbc',
    message: parsed(withLines(response(asked, status, { body }), lines)),
  })
const last = (bench: Bench) => bench.heard(TRUNK).at(-1)!
const dialled = () => new Bench().decide({ kind: 'routed', route })
/** A call out that was answered so. */
function talking(...lines: string[]): Bench {
  const bench = dialled()
  says(bench, last(bench), 200, lines, SDP('phone'))
  return bench
}
const acked = (bench: Bench) => bench.aliceAsks('ACK', 1)
const due = (bench: Bench, name = 'session:1') => {
  const at = bench.timers.findLast((timer) => timer.name === name)?.at
  if (at === undefined || at === null) throw new Error(`no timer ${name}`)
  bench.now = at
  return bench.decide({ kind: 'timer', name })
}
const at = (bench: Bench) => bench.timers.findLast(({ name }) => name === 'session:1')?.at
/** A request of the SBC in the dialog that we made. */
function sbcAsks(bench: Bench, method: string, cseq: number, lines: string[] = [], body = ''): Bench {
  const { callId, localTag } = bench.state.legs[1]!
  const to = `<sip:+15558887777@sbc.test>;tag=${localTag}`
  const text = request(method, { callId, cseq, from: `<sip:${NUMBER}@sbc.test>;tag=b`, to, body })
  return bench.decide({ kind: 'message', aor: TRUNK, instance: 'sbc', message: parsed(withLines(text, lines)) })
}
const OURS = 'Session-Expires: 600;refresher=uac'
const THEIRS = 'Session-Expires: 600;refresher=uas'
const UPDATES = 'Allow: INVITE, ACK, BYE, UPDATE'

describe('[SIP-3] session timers of trunk legs (RFC 4028)', () => {
  it('are asked for of an SBC alone, with half an hour to begin with', () => {
    const invite = last(dialled())
    expect(invite.header('Supported')).toBe('timer')
    expect(invite.header('Session-Expires')).toBe('1800;refresher=uac')
    expect(invite.header('Min-SE')).toBe('90')
    expect(invite.header('Allow')).toContain('UPDATE')
    const [toPhone] = new Bench().fork('phone').heard('bob')
    expect(toPhone!.text).not.toMatch(/Session-Expires|Min-SE|UPDATE/)
  })

  it('are longer where the SBC says so (422), once', () => {
    const bench = dialled()
    says(bench, last(bench), 422, ['Min-SE: 3600'])
    expect(bench.starts(TRUNK)).toEqual(['ACK', 'INVITE'])
    expect([last(bench).header('Session-Expires'), last(bench).header('Min-SE')]).toEqual([
      '3600;refresher=uac',
      '3600',
    ])
    says(bench, last(bench), 422, ['Min-SE: 3600'])
    expect(bench.state.call.state).toBe('failed')
  })

  it('are refreshed by us at half of the time, by UPDATE, again and again', () => {
    const bench = talking(OURS, UPDATES)
    expect(at(bench)).toBe(bench.now + 300_000)
    due(bench)
    expect(bench.starts(TRUNK)).toEqual(['UPDATE'])
    expect(last(bench).header('Session-Expires')).toBe('600;refresher=uac')
    expect(last(bench).body).toBe('')
    says(bench, last(bench), 200, [OURS])
    expect(at(bench)).toBe(bench.now + 300_000)
    expect(bench.state.pending).toEqual([])
  })

  it('are refreshed by re-INVITE where UPDATE is unknown, with what was described before', () => {
    const bench = talking(OURS, UPDATES)
    acked(bench)
    bench.decide({ kind: 'timer', name: 'session:1' })
    says(bench, last(bench), 501)
    expect(bench.starts(TRUNK)).toEqual(['INVITE'])
    expect(last(bench).body).toContain('o=- alice')
    says(bench, last(bench), 200, [OURS], SDP('phone'))
    expect(bench.starts(TRUNK)).toEqual(['ACK'])
    expect(bench.state.call.state).toBe('in-progress')
    expect(bench.heard('alice')).toEqual([])
  })

  it.each([
    ['481', (bench: Bench) => says(bench, last(bench), 481)],
    ['silence', (bench: Bench) => bench.decide({ kind: 'timer', name: `tx:${bench.state.pending[0]!.branch}` })],
  ])('end the call where a refresh is met with %s (§10)', (_, met) => {
    const bench = acked(talking(OURS, UPDATES))
    bench.decide({ kind: 'timer', name: 'session:1' })
    met(bench)
    expect(bench.starts(TRUNK)).toEqual(['BYE'])
    expect(bench.starts('alice')).toEqual(['BYE'])
    expect(bench.state.call).toMatchObject({ state: 'completed', endedBy: 'server' })
  })

  it('are tried again after a glare or a refusal, but not beyond their end', () => {
    const bench = talking(OURS, UPDATES)
    acked(bench)
    bench.decide({ kind: 'timer', name: 'session:1' })
    says(bench, last(bench), 491)
    expect(at(bench)).toBe(bench.now + 3_050)
    bench.decide({ kind: 'timer', name: 'session:1' })
    says(bench, last(bench), 403)
    expect(at(bench)).toBe(bench.now + 30_000)
    bench.now += 600_000
    bench.decide({ kind: 'timer', name: 'session:1' })
    expect(bench.starts(TRUNK)).toEqual(['BYE'])
  })

  it('that are theirs end the call when nothing has come 32 s before their end', () => {
    const bench = talking(THEIRS)
    expect(at(bench)).toBe(bench.now + 568_000)
    acked(bench)
    sbcAsks(bench, 'UPDATE', 1, ['Supported: timer', 'Session-Expires: 600;refresher=uac'])
    expect(last(bench).status).toBe(200)
    expect(last(bench).header('Session-Expires')).toBe('600;refresher=uac')
    expect(last(bench).header('Require')).toBe('timer')
    due(bench)
    expect(bench.starts(TRUNK)).toEqual(['BYE'])
    expect(bench.state.call).toMatchObject({ state: 'completed', endedBy: 'server' })
  })

  it('an UPDATE may repeat the description, not change it, and asks for a minute and a half at least', () => {
    const bench = acked(talking(OURS, UPDATES))
    sbcAsks(bench, 'UPDATE', 1, ['Supported: timer', 'Session-Expires: 89'])
    expect([last(bench).status, last(bench).header('Min-SE')]).toEqual([422, '90'])
    sbcAsks(bench, 'UPDATE', 2, [], SDP('phone'))
    expect([last(bench).status, last(bench).body]).toEqual([200, SDP('alice')])
    sbcAsks(bench, 'UPDATE', 3, [], SDP('phone', 'sendonly', 2))
    expect(last(bench).status).toBe(488)
  })

  it('an SBC that says nothing of it has none', () => {
    const bench = talking()
    expect(bench.state.legs[1]!.timer).toBeUndefined()
    expect(bench.timers.filter(({ name, at }) => name === 'session:1' && at !== null)).toEqual([])
  })

  it('a call that comes in is answered with them, ours unless they will; too brief is refused before it rings', () => {
    const incoming = (...lines: string[]) => {
      const text = request('INVITE', { callId: 'c1', cseq: 1, to: `<sip:${NUMBER}@x>`, body: SDP('phone') })
      return parsed(withLines(text, lines)) as SipRequest
    }
    const answered = (...lines: string[]) => {
      const bench = new Bench(SDP('phone'))
      bench.state.legs[0]!.aor = TRUNK
      bench.state = fromTrunk(bench.state, incoming(...lines), { number: NUMBER, domain: 'sbc.test' })
      bench.fork('laptop')
      const [invite] = bench.heard('bob')
      bench.from('bob', response(invite!, 200, { body: SDP('bob') }))
      return { ok: last(bench), timer: bench.timers.findLast(({ name }) => name === 'session:0')?.at, now: bench.now }
    }
    const ours = answered('Supported: timer', 'Session-Expires: 900')
    expect([ours.ok.status, ours.ok.header('Session-Expires')]).toEqual([200, '900;refresher=uas'])
    expect(ours.timer).toBe(ours.now + 450_000)
    const theirs = answered('Supported: timer', 'Session-Expires: 900;refresher=uac')
    expect([theirs.ok.header('Session-Expires'), theirs.ok.header('Require')]).toEqual(['900;refresher=uac', 'timer'])
    expect(answered().ok.header('Session-Expires')).toBe('')
    expect(judgeTrunk(incoming('x: 60'))).toMatchObject({ go: 'answer', status: 422, headers: ['Min-SE: 90'] })
    expect(judgeTrunk(incoming('Require: timer'))).toEqual({ go: 'open' })
  })

  it('are read as they are written', () => {
    expect(parseSessionExpires('1800 ; refresher=UAS;x')).toEqual({ seconds: 1800, refresher: 'uas' })
    expect(parseSessionExpires('1800')).toEqual({ seconds: 1800, refresher: null })
    expect([parseSessionExpires(null), parseSessionExpires('soon')]).toEqual([null, undefined])
  })
})

describe('[SIP-9] challenges within a dialog (RFC 3261 §22.2)', () => {
  const challenge = 'Proxy-Authenticate: Digest realm="sbc.test", nonce="n"'
  it('a BYE is asked once more with credentials, under the next CSeq', () => {
    const bench = acked(talking())
    bench.aliceAsks('BYE', 2)
    const bye = last(bench)
    says(bench, bye, 407, [challenge])
    expect(bench.starts(TRUNK)).toEqual(['BYE'])
    const again = last(bench)
    expect(Number(again.header('CSeq').split(' ')[0])).toBe(Number(bye.header('CSeq').split(' ')[0]) + 1)
    expect(again.header('X-Switchroom-Challenge')).toBe('407 Digest realm="sbc.test", nonce="n"')
    says(bench, again, 407, [challenge])
    expect(bench.starts(TRUNK)).toEqual([])
  })

  it('so is a re-INVITE, and whoever waits gets the answer to that one', () => {
    const bench = acked(talking()).aliceAsks('INVITE', 2, SDP('alice', 'sendonly', 2))
    const first = last(bench)
    says(bench, first, 401, ['WWW-Authenticate: Digest realm="sbc.test", nonce="n"'])
    expect(bench.starts(TRUNK)).toEqual(['ACK', 'INVITE'])
    expect(last(bench).body).toBe(first.body)
    expect(last(bench).header('X-Switchroom-Challenge')).toMatch(/^401 /)
    says(bench, last(bench), 200, [], SDP('phone', 'recvonly', 2))
    expect(bench.heard('alice').map(({ status }) => status)).toEqual([200])
    expect(bench.state.call.state).toBe('on-hold')
  })

  it('a second challenge is the refusal', () => {
    const bench = acked(talking()).aliceAsks('INVITE', 2, SDP('alice', 'sendonly', 2))
    says(bench, last(bench), 407, [challenge])
    says(bench, last(bench), 407, [challenge])
    expect(bench.heard('alice').map(({ status }) => status)).toEqual([403])
  })
})
