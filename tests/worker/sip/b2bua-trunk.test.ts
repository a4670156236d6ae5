import { describe, expect, it } from 'vitest'
import { SDP, type Heard } from '#tests/support/sip-agent'
import { fromTrunk } from '#worker/sip/b2bua/trunk-leg'
import { parseMessage, type SipRequest } from '#worker/sip/message'
import { Bench, request, response } from './bench'

const ROUTES = ['<sip:a;lr>', '<sip:b;lr;x=1,2>', '<sip:c;lr>']
const NUMBER = '+442079460000'
/** What an SBC says, with lines of its own. */
const says = (asked: Heard, status: number, lines: string[], body = '') =>
  response(asked, status, { body }).replace('\r\n', `\r\n${lines.join('\r\n')}\r\n`)
const route = (id: string) => ({
  to: 'trunk' as const,
  aor: `trunk-${id}`,
  uri: `sip:${NUMBER}@sbc.test`,
  local: '<sip:+15558887777@sbc.test>',
  identity: [],
  ringMs: 45_000,
})
const dialled = (id = 'one') => new Bench().decide({ kind: 'routed', route: route(id) })
const from = (bench: Bench, id: string, text: string) => {
  const parsed = parseMessage(text)
  if (!parsed.ok) throw new Error(text)
  return bench.decide({ kind: 'message', aor: `trunk-${id}`, instance: 'sbc', message: parsed.message })
}
const last = (bench: Bench, id = 'one') => bench.heard(`trunk-${id}`).at(-1)!

describe('[SIP-9] a call into a trunk', () => {
  it('shows the trunk’s number, asks for the number dialled, and tells the SBC nothing else of ours', () => {
    const invite = last(dialled())
    expect(invite.start).toBe(`INVITE sip:${NUMBER}@sbc.test SIP/2.0`)
    expect(invite.header('From')).toMatch(/^<sip:\+15558887777@sbc\.test>;tag=/)
    expect(invite.header('To')).toBe(`<sip:${NUMBER}@sbc.test>`)
    expect(invite.body).toBe(SDP('alice'))
    expect(invite.text).not.toMatch(/alice@|101|X-Switchroom/)
  })

  it('[PHONE-4] a carrier that takes keys by INFO is told of to the phone that is answered', () => {
    const bench = new Bench().decide({ kind: 'routed', route: { ...route('one'), keys: 'info' } })
    const invite = last(bench)
    expect(invite.text).not.toContain('X-Switchroom')
    from(bench, 'one', response(invite, 200, { body: SDP('sbc') }))
    const answer = bench.heard('alice').at(-1)!
    expect([answer.start, answer.header('X-Switchroom-Keys')]).toEqual(['SIP/2.0 200 OK', 'info'])

    const plain = dialled()
    from(plain, 'one', response(last(plain), 200, { body: SDP('sbc') }))
    expect(plain.heard('alice').at(-1)!.header('X-Switchroom-Keys')).toBe('')
  })

  it('is asked for credentials once, under a higher CSeq; a second challenge is the refusal', () => {
    const bench = dialled()
    const first = last(bench)
    const challenge = 'Digest realm="sbc.test", nonce="n"'
    from(bench, 'one', says(first, 407, [`Proxy-Authenticate: ${challenge}`]))
    expect(bench.starts('trunk-one')).toEqual(['ACK', 'INVITE'])
    const second = last(bench)
    expect(second.header('CSeq')).toBe('2 INVITE')
    expect(second.header('X-Switchroom-Challenge')).toBe(`407 ${challenge}`)
    expect(second.header('Via')).not.toBe(first.header('Via'))
    from(bench, 'one', says(second, 407, [`Proxy-Authenticate: ${challenge}`]))
    expect(bench.starts('trunk-one')).toEqual(['ACK'])
    expect(bench.state.call).toMatchObject({ state: 'failed', hangupCause: 'unreachable' })
  })

  it('keeps to the route of its dialog, in reverse order (RFC 3261 §12.1.2)', () => {
    const bench = dialled()
    from(
      bench,
      'one',
      says(
        last(bench),
        200,
        ROUTES.map((one) => `Record-Route: ${one}`),
        SDP('phone'),
      ),
    )
    const routes = (text: string) => [...text.matchAll(/^Route: (.*)\r$/gm)].map((match) => match[1])
    expect(last(bench).method).toBe('ACK')
    expect(routes(last(bench).text)).toEqual([...ROUTES].reverse())
    bench.aliceAsks('ACK', 1).aliceAsks('BYE', 2)
    expect(last(bench).method).toBe('BYE')
    expect(routes(last(bench).text)).toEqual([...ROUTES].reverse())
  })

  it.each([503, 500, 408])('another way is asked for when the trunk fails with %i', (status) => {
    const bench = dialled()
    from(bench, 'one', response(last(bench), status))
    expect(bench.state).toMatchObject({ isRouted: false, triedTrunks: ['trunk-one'], call: { state: 'initiated' } })
    bench.decide({ kind: 'routed', route: route('two') })
    expect(last(bench, 'two').method).toBe('INVITE')
    from(bench, 'two', response(last(bench, 'two'), 486))
    expect(bench.heard('alice').at(-1)?.status).toBe(486)
    expect(bench.state.call).toMatchObject({ state: 'failed', hangupCause: 'busy' })
  })

  it('a trunk that says nothing for 4 s is passed over, and what it says later is ended', () => {
    const bench = dialled()
    const invite = last(bench)
    expect(bench.timers).toContainEqual({ name: 'fork', at: bench.now + 4_000 })
    bench.decide({ kind: 'timer', name: 'fork' })
    expect(bench.starts('trunk-one')).toEqual(['CANCEL'])
    expect(bench.state.isRouted).toBe(false)
    from(bench, 'one', response(invite, 200, { body: SDP('late') }))
    expect(bench.starts('trunk-one')).toEqual(['ACK', 'BYE'])
  })

  it('whoever is busy, declines or rings is not called by another trunk', () => {
    for (const status of [486, 603, 404]) {
      const bench = dialled()
      from(bench, 'one', response(last(bench), status))
      expect(bench.heard('alice').at(-1)?.status).toBe(status)
    }
    const ringing = dialled()
    const invite = last(ringing)
    from(ringing, 'one', response(invite, 180))
    from(ringing, 'one', response(invite, 503))
    expect(ringing.state.isRouted).toBe(true)
    expect(ringing.heard('alice').at(-1)?.status).toBe(503)
  })
})

describe('[SIP-9] a call from a trunk', () => {
  const incoming = () => {
    const invite = request('INVITE', { callId: 'c1', cseq: 1, to: `<sip:${NUMBER}@sbc.test>`, body: SDP('phone') })
    const routed = invite.replace('\r\n', `\r\n${ROUTES.map((one) => `Record-Route: ${one}`).join('\r\n')}\r\n`)
    const parsed = parseMessage(routed)
    if (!parsed.ok) throw new Error(routed)
    const bench = new Bench(SDP('phone'))
    bench.state = fromTrunk(bench.state, parsed.message as SipRequest, { number: NUMBER, domain: 'sbc.test' })
    return bench.fork('laptop')
  }

  it('rings with the number that was dialled', () => {
    const [invite] = incoming().heard('bob')
    expect(invite!.header('To')).toBe(`<sip:${NUMBER}@sbc.test>`)
  })

  it('its answers repeat the Record-Route, and our requests follow it in order (RFC 3261 §12.1.1)', () => {
    const bench = incoming()
    const [invite] = bench.heard('bob')
    bench.from('bob', response(invite!, 200, { body: SDP('bob') }))
    const ok = bench.heard('alice').at(-1)!
    expect([...ok.text.matchAll(/^Record-Route: (.*)\r$/gm)].map((match) => match[1])).toEqual(ROUTES)
    bench.aliceAsks('ACK', 1).bobAsks('BYE', 1)
    const bye = bench.heard('alice').at(-1)!
    expect(bye.method).toBe('BYE')
    expect([...bye.text.matchAll(/^Route: (.*)\r$/gm)].map((match) => match[1])).toEqual(ROUTES)
  })
})

describe('[SIP-9] the connection of a trunk was cut and is back', () => {
  const talking = () => {
    const bench = dialled()
    from(bench, 'one', response(last(bench), 200, { body: SDP('phone') }))
    return bench.aliceAsks('ACK', 1)
  }

  it('the dialog tells the SBC its new way by a re-INVITE that changes nothing', () => {
    const bench = talking().decide({ kind: 'reconnected', aor: 'trunk-one' })
    const invite = last(bench)
    expect(bench.starts('trunk-one')).toEqual(['INVITE'])
    expect(invite.body.replace(/^o=.*$/m, '')).toBe(SDP('alice').replace(/^o=.*$/m, ''))
    expect(invite.body).toMatch(/^o=- alice 2 /m)
    from(bench, 'one', response(invite, 200, { body: SDP('phone') }))
    expect([bench.starts('trunk-one'), bench.heard('alice')]).toEqual([['ACK'], []])
    expect(bench.state).toMatchObject({ pending: [], call: { state: 'in-progress' } })
  })

  it('a glare is tried again, a refusal and silence are not', () => {
    const glare = talking().decide({ kind: 'reconnected', aor: 'trunk-one' })
    from(glare, 'one', response(last(glare), 491))
    expect(glare.timers).toContainEqual({ name: 'refresh:1', at: glare.now + 3_050 })
    glare.decide({ kind: 'timer', name: 'refresh:1' })
    expect(glare.starts('trunk-one')).toEqual(['INVITE'])
    from(glare, 'one', response(last(glare), 488))
    expect([glare.starts('trunk-one'), glare.state.call.state]).toEqual([['ACK'], 'in-progress'])
    const silent = talking().decide({ kind: 'reconnected', aor: 'trunk-one' })
    silent.decide({ kind: 'timer', name: `tx:${silent.state.pending[0]!.branch}` })
    expect(silent.state).toMatchObject({ pending: [], call: { state: 'in-progress' } })
  })

  it('another trunk’s calls, and ours that do not talk yet, are left alone', () => {
    expect(talking().decide({ kind: 'reconnected', aor: 'trunk-two' }).sends).toEqual([])
    expect(dialled().decide({ kind: 'reconnected', aor: 'trunk-one' }).sends).toEqual([])
  })
})
