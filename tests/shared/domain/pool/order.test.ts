import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kindNow } from '#shared/domain/pool/dialling'
import { CALLBACK_ANYONE, callbackMine, GENERAL, ownedBy, placeOf } from '#shared/domain/pool/lane'
import { compare, first, lanesFor, type Candidate } from '#shared/domain/pool/order'
import { anEntry, MINUTE, noon, rules } from '#tests/support/pool-cast'

const candidate = (over: Partial<Candidate>): Candidate => ({ lane: GENERAL, priority: 0, attempts: 0, id: 1, ...over })
const anyCandidate = fc.record({
  lane: fc.constantFrom(...lanesFor('alice').flat()),
  priority: fc.integer({ min: -100, max: 100 }),
  attempts: fc.integer({ min: 0, max: 3 }),
  id: fc.integer({ min: 1, max: 50 }),
})

describe('the one order', () => {
  it('[POOL-2] callbacks mine, callbacks anyone, owned by me, priority, retries, arrival', () => {
    const inOrder = [
      candidate({ id: 9, lane: callbackMine('alice'), priority: -5 }),
      candidate({ id: 8, lane: CALLBACK_ANYONE, priority: -5 }),
      candidate({ id: 7, lane: ownedBy('alice'), priority: -5 }),
      candidate({ id: 6, priority: 5 }),
      candidate({ id: 5, attempts: 1 }),
      candidate({ id: 1 }),
      candidate({ id: 2 }),
    ]
    expect([...inOrder].reverse().sort(compare)).toEqual(inOrder)
    expect(first([...inOrder].reverse())).toEqual(inOrder[0])
    expect(first([])).toBeNull()
  })

  it('[POOL-2] is a total order: the head of what may be pulled does not hang on how it is looked for', () => {
    fc.assert(
      fc.property(fc.array(anyCandidate, { minLength: 1, maxLength: 20 }), (all) => {
        const best = first(all)!
        expect(all.every((other) => compare(best, other) <= 0)).toBe(true)
        // the store looks at the head of each lane only
        const heads = lanesFor('alice')
          .flat()
          .flatMap((lane) => first(all.filter((one) => one.lane === lane)) ?? [])
        expect(compare(first(heads)!, best)).toBe(0)
      }),
    )
  })
})

describe('the mix of a pool', () => {
  it('[POOL-2] orders retries and fresh ones of the same priority, and nothing else', () => {
    const [retry, fresh] = [candidate({ id: 2, attempts: 1 }), candidate({ id: 3 })]
    expect(first([retry, fresh], 'retry')).toBe(retry)
    expect(first([retry, fresh], 'fresh')).toBe(fresh)
    const urgent = candidate({ id: 9, attempts: 1, priority: 1 })
    expect(first([retry, fresh, urgent], 'fresh')).toBe(urgent)
  })

  it('[POOL-2] one in n gives out a fresh one each nth time', () => {
    expect([0, 1, 2, 3, 4, 5].map((given) => kindNow({ oneIn: 3 }, given))).toEqual([
      'retry',
      'retry',
      'fresh',
      'retry',
      'retry',
      'fresh',
    ])
    expect([kindNow('retries-first', 2), kindNow('fresh-first', 0)]).toEqual(['retry', 'fresh'])
  })

  it('[POOL-2] stays a total order, whichever kind has its turn', () => {
    fc.assert(
      fc.property(anyCandidate, anyCandidate, anyCandidate, fc.constantFrom('retry', 'fresh'), (a, b, c, kind) => {
        expect(Math.sign(compare(a, b, kind))).toBe(-Math.sign(compare(b, a, kind)))
        if (compare(a, b, kind) <= 0 && compare(b, c, kind) <= 0) expect(compare(a, c, kind)).toBeLessThanOrEqual(0)
      }),
    )
  })
})

describe('where an entry stands', () => {
  it('[POOL-2] a due time decides whether it may be pulled, never its rank', () => {
    const waiting = anEntry({ attempts: 1, dueAt: noon + MINUTE })
    expect(placeOf(waiting, rules, noon)).toEqual({ lane: 'not-due', wakeAt: noon + MINUTE })
    expect(placeOf(waiting, rules, noon + MINUTE)).toEqual({ lane: GENERAL, wakeAt: null })
  })

  it('[POOL-2] an owned entry goes to nobody but its owner, callbacks included', () => {
    const callback = { at: noon, for: null, note: null }
    for (const owned of [anEntry({ ownerId: 'bob' }), anEntry({ ownerId: 'bob', callback })]) {
      const { lane } = placeOf(owned, rules, noon)
      expect(lanesFor('alice').flat()).not.toContain(lane)
      expect(lanesFor('bob').flat()).toContain(lane)
    }
  })

  it('[POOL-15] a callback waits for its time, is its agent’s for the grace, then anyone’s', () => {
    const promised = anEntry({ callback: { at: noon, for: 'alice', note: null } })
    expect(placeOf(promised, rules, noon - 1)).toEqual({ lane: 'callback-later', wakeAt: noon })
    expect(placeOf(promised, rules, noon)).toEqual({ lane: callbackMine('alice'), wakeAt: noon + 15 * MINUTE })
    expect(placeOf(promised, rules, noon + 15 * MINUTE)).toEqual({ lane: CALLBACK_ANYONE, wakeAt: null })
  })
})
