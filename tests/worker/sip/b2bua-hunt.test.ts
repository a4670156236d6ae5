import { describe, expect, it } from 'vitest'
import { SDP, type Heard } from '#tests/support/sip-agent'
import { parseMessage } from '#worker/sip/message'
import { Bench, request, response } from './bench'

const agent = (aor: string, ...devices: string[]) => ({
  aor,
  name: `The ${aor}`,
  devices: devices.map((instance) => ({ instance, contact: `sip:${instance}@p` })),
})
/** alice's leg stands for the caller of the trunk. */
const wave = (bench: Bench, ...agents: ReturnType<typeof agent>[]) =>
  bench.decide({ kind: 'routed', route: { to: 'agents', agents, callerName: 'Erin', ringMs: 20_000 } })
const from = (bench: Bench, aor: string, text: string) => {
  const parsed = parseMessage(text)
  if (!parsed.ok) throw new Error(text)
  return bench.decide({ kind: 'message', aor, instance: 'x', message: parsed.message })
}
const invite = (bench: Bench, who: string): Heard => bench.heard(who).find(({ method }) => method === 'INVITE')!
const leftOf = (bench: Bench, aor: string) => bench.state.hunt!.rung.find((one) => one.aor === aor)!.left

describe('[SIP-9] a call for a pool', () => {
  it('rings the agents of a wave together, shows the customer who calls, and is whose answers first', () => {
    const bench = wave(new Bench(), agent('bob', 'bobs'), agent('carl', 'carls'))
    const [toBob, toCarl] = [invite(bench, 'bobs'), invite(bench, 'carls')]
    expect(toBob.header('From')).toMatch(/^"Erin" /)
    from(bench, 'bob', response(toBob, 200, { body: SDP('bob') }))
    expect(bench.starts('carls')).toEqual(['CANCEL'])
    expect(bench.heard('alice').at(-1)).toMatchObject({ status: 200 })
    expect(bench.state.hunt).toMatchObject({ by: 'bob' })
    expect(leftOf(bench, 'carl')).toMatchObject({ state: 'failed', hangupCause: 'cancelled', answeredAt: null })
    expect(leftOf(bench, 'bob')).toBeUndefined()
    // one that answers as it is cancelled is let go
    from(bench, 'carl', response(toCarl, 200, { body: SDP('carl') }))
    expect(bench.starts('carls')).toEqual(['ACK', 'BYE'])
    expect(bench.state.call).toMatchObject({ state: 'in-progress' })
  })

  it('who declines speaks for themselves: the others ring on, then the next wave is asked for', () => {
    const bench = wave(new Bench(), agent('bob', 'bobs', 'bobs-phone'), agent('carl', 'carls'))
    const [toBob, toCarl] = [invite(bench, 'bobs'), invite(bench, 'carls')]
    from(bench, 'bob', response(toBob, 603))
    expect(bench.starts('bobs-phone')).toEqual(['CANCEL'])
    expect(bench.starts('carls')).toEqual([])
    expect(leftOf(bench, 'bob')).toMatchObject({ hangupCause: 'rejected' })
    from(bench, 'carl', response(toCarl, 486))
    expect(bench.state).toMatchObject({ isRouted: false, call: { endedAt: null } })
    expect(bench.heard('alice')).toEqual([])
    expect(leftOf(bench, 'carl')).toMatchObject({ hangupCause: 'busy' })
  })

  it('after the ring time the wave is let go, the caller hears that it rings on, and nobody is called twice', () => {
    const bench = wave(new Bench(), agent('bob', 'bobs'))
    from(bench, 'bob', response(invite(bench, 'bobs'), 180))
    expect(bench.heard('alice').at(-1)?.status).toBe(180)
    bench.decide({ kind: 'timer', name: 'ring' })
    expect(bench.starts('bobs')).toEqual(['CANCEL'])
    expect(leftOf(bench, 'bob')).toMatchObject({ hangupCause: 'no-answer' })
    expect(bench.state.isRouted).toBe(false)
    const { rev } = bench.state.call
    wave(bench, agent('carl', 'carls'))
    expect(bench.heard('alice').at(-1)?.status).toBe(180)
    expect(bench.state.call.rev).toBeGreaterThan(rev)
    expect(bench.state.hunt!.rung.map(({ aor }) => aor)).toEqual(['bob', 'carl'])
  })

  it('nobody left: the caller hears what the number says', () => {
    const bench = wave(new Bench(), agent('bob', 'bobs'))
    from(bench, 'bob', response(invite(bench, 'bobs'), 486))
    bench.decide({ kind: 'routed', route: { to: 'nowhere', status: 480, reason: 'Nobody Available', headers: [] } })
    expect(bench.heard('alice').at(-1)?.status).toBe(480)
    expect(bench.state.call).toMatchObject({ state: 'failed' })
  })

  it('a caller who gives up ends it for all whom it rings', () => {
    const bench = wave(new Bench(), agent('bob', 'bobs'), agent('carl', 'carls'))
    bench.from('alice', request('CANCEL', { callId: 'c1', cseq: 1, to: '<sip:bob@x>' }))
    expect([bench.starts('bobs'), bench.starts('carls')]).toEqual([['CANCEL'], ['CANCEL']])
    for (const who of ['bob', 'carl']) expect(leftOf(bench, who)).toMatchObject({ hangupCause: 'cancelled' })
    expect(bench.state.call).toMatchObject({ state: 'failed', hangupCause: 'cancelled' })
    // what comes late starts no further wave
    wave(bench, agent('dan', 'dans'))
    expect(bench.sends).toEqual([])
  })
})
