import { describe, expect, it } from 'vitest'
import { SDP } from '#tests/support/sip-agent'
import { REJOIN_MS } from '#worker/sip/b2bua/orphan'
import { Bench, response } from './bench'

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
  it('[SIP-3] is asked by OPTIONS in its dialog; 481 twice, 20 s apart, ends the call for the other, silence and 200 do not', () => {
    const bench = Bench.talking().decide({ kind: 'probe' })
    const [toAlice, toBob] = [bench.heard('alice')[0]!, bench.heard('bob')[0]!]
    expect([toAlice.method, toBob.method]).toEqual(['OPTIONS', 'OPTIONS'])
    const timer = bench.timers.find(({ name }) => name.startsWith('tx:'))!
    expect(bench.decide({ kind: 'probe' }).sends).toEqual([])
    bench.from('alice', response(toAlice, 200, { tag: 'a' }))
    expect(bench.sends).toEqual([])
    bench.from('bob', response(toBob, 481))
    expect(bench.sends).toEqual([])
    expect(bench.timers.map(({ name }) => name)).toContain('orphan:1')
    bench.now += REJOIN_MS
    const again = bench.decide({ kind: 'probe' }).heard('bob')[0]!
    bench.from('alice', response(bench.heard('alice')[0]!, 200, { tag: 'a' })).from('bob', response(again, 481))
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
    expect([orphan.starts('alice'), orphan.starts('bob')]).toEqual([['BYE'], ['BYE']])
  })

  it('is decided without touching what was given', () => {
    const bench = Bench.talking()
    const before = JSON.stringify(bench.state)
    const kept = bench.state
    bench.decide({ kind: 'end', reason: 'x' })
    expect(JSON.stringify(kept)).toBe(before)
  })
})
