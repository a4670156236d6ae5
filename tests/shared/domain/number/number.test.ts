import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  callBegan,
  callEnded,
  freed,
  heldBy,
  nextStep,
  owned,
  registered,
  told,
  UNKNOWN,
  type NumberStand,
} from '#shared/domain/number/number'

const inA = registered(UNKNOWN, 'A')
const inBoth = registered(inA, 'B')

describe('a number and its places', () => {
  it('[POOL-1] the first pool that registers it has it to itself', () => {
    expect(inA.sole).toBe('A')
    expect(nextStep(inA, 'A')).toEqual({ do: 'own' })
    expect(registered(inA, 'A')).toBe(inA)
  })

  it('[POOL-1] a second pool must ask the first one before it leases, and the first goes on alone until then', () => {
    expect(inBoth.sole).toBe('A')
    expect(nextStep(inBoth, 'B')).toEqual({ do: 'ask-pool', pool: 'A' })
    expect(nextStep(inBoth, 'A')).toEqual({ do: 'own' })
  })

  it('[POOL-1] asked, the first pool names its lease, and the second waits for its end', () => {
    const shared = told(inBoth, 'A', 'lease-1', false)
    expect(shared).toMatchObject({ sole: null, hold: { pool: 'A', key: 'lease-1' } })
    expect(nextStep(shared, 'B')).toEqual({ do: 'ask-pool', pool: 'A' })
    const free = freed(shared, { pool: 'A', key: 'lease-1' })
    expect(nextStep(free, 'B')).toEqual({ do: 'hold' })
    expect(nextStep(free, 'A')).toEqual({ do: 'hold' })
  })

  it('[POOL-1] the end of an old lease does not end a newer one', () => {
    const held = heldBy(told(inBoth, 'A', null, false), { pool: 'A', key: 'lease-2' })
    expect(freed(held, { pool: 'A', key: 'lease-1' })).toBe(held)
    expect(freed(held, { pool: 'B', key: 'lease-2' })).toBe(held)
  })

  it('[POOL-1] a claim that comes late does not take the place of a later one of its pool', () => {
    const shared = told(inBoth, 'A', null, false)
    const late = heldBy(heldBy(shared, { pool: 'A', key: 'k2' }), { pool: 'A', key: 'k1' })
    expect(late.hold).toEqual({ pool: 'A', key: 'k2' })
    expect(freed(late, { pool: 'A', key: 'k1' }).hold).toEqual({ pool: 'A', key: 'k2' })
  })

  it('[POOL-1] a live call keeps every pool away, and is never refused itself', () => {
    const talking = callBegan(told(inBoth, 'A', 'lease-1', false), 'call-1')
    expect(nextStep(freed(talking, { pool: 'A', key: 'lease-1' }), 'B')).toEqual({ do: 'ask-call', callId: 'call-1' })
    expect(nextStep(callBegan(inA, 'call-1'), 'A')).toEqual({ do: 'ask-call', callId: 'call-1' })
  })

  it('[POOL-1] when only one pool is left, it leases without asking again', () => {
    const called = callEnded(told(callBegan(inA, 'call-1'), 'A', null, false), 'call-1')
    expect(called.sole).toBeNull()
    expect(nextStep(called, 'A')).toEqual({ do: 'own' })
    expect(owned(called, 'A').sole).toBe('A')
    expect(nextStep(told(inBoth, 'A', null, true), 'B')).toEqual({ do: 'own' })
  })
})

/**
 * Two pools and calls, with every message lost, late or repeated as chance will. `truth` is what the pools themselves know;
 * the room must never give a pool a right while another's lease lives.
 */
describe('whatever order things come in', () => {
  const pool = fc.constantFrom('A', 'B', 'C')
  const act = fc.oneof(
    fc.record({ kind: fc.constant('register' as const), pool }),
    fc.record({ kind: fc.constant('claim' as const), pool, isHeard: fc.boolean() }),
    fc.record({ kind: fc.constant('end' as const), pool, isHeard: fc.boolean() }),
    fc.record({ kind: fc.constant('stale-end' as const), pool, key: fc.nat(20) }),
    fc.record({ kind: fc.constant('call' as const), id: fc.constantFrom('c1', 'c2'), isOver: fc.boolean() }),
  )

  it('[POOL-1] no two pools ever lease one number, and a call never meets a new lease', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        let stand: NumberStand = UNKNOWN
        const leases = new Map<string, string>()
        const mayLeaseAlone = new Set<string>()
        const calls = new Set<string>()
        let keys = 0
        /** What a pool answers when it is asked: the truth, and it asks from now on. */
        const ask = (asked: string) => {
          mayLeaseAlone.delete(asked)
          stand = told(stand, asked, leases.get(asked) ?? null, false)
          return leases.has(asked)
        }
        const claim = (by: string, isHeard: boolean) => {
          for (let n = 0; n < 8; n += 1) {
            const step = nextStep(stand, by)
            if (step.do === 'ask-pool' && ask(step.pool)) return
            if (step.do === 'ask-call') {
              if (calls.has(step.callId)) return
              stand = callEnded(stand, step.callId)
            }
            if (step.do !== 'own' && step.do !== 'hold') continue
            const key = `k${String((keys += 1)).padStart(4, '0')}`
            stand = step.do === 'own' ? owned(stand, by) : heldBy(stand, { pool: by, key })
            if (!isHeard) return
            if (step.do === 'own') mayLeaseAlone.add(by)
            expect([...leases.keys()]).toEqual([])
            expect([...calls]).toEqual([])
            leases.set(by, key)
            return
          }
        }
        for (const one of acts) {
          if (one.kind === 'register') stand = registered(stand, one.pool)
          else if (one.kind === 'stale-end') {
            const key = `k${String(one.key).padStart(4, '0')}`
            if (leases.get(one.pool) !== key) stand = freed(stand, { pool: one.pool, key })
          } else if (one.kind === 'end') {
            const key = leases.get(one.pool)
            leases.delete(one.pool)
            if (key && one.isHeard) stand = freed(stand, { pool: one.pool, key })
          } else if (one.kind === 'call') {
            if (one.isOver) calls.delete(one.id)
            else {
              calls.add(one.id)
              stand = callBegan(stand, one.id)
              if (stand.sole !== null) ask(stand.sole)
            }
            if (one.isOver) stand = callEnded(stand, one.id)
          } else if (!leases.has(one.pool)) {
            if (mayLeaseAlone.has(one.pool)) {
              expect(leases.size).toBe(0)
              leases.set(one.pool, `k${String((keys += 1)).padStart(4, '0')}`)
            } else claim(one.pool, one.isHeard)
          }
        }
      }),
      { numRuns: 3000 },
    )
  })
})
