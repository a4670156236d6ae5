import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  burstRatioOf,
  codecOf,
  delayImpairment,
  lossImpairment,
  mosOf,
  mosOfRating,
  ratingOf,
  type Codec,
} from '#shared/domain/quality/e-model'

/** Within 0.01 of what is published. */
const near = (value: number, published: number) =>
  expect(Math.abs(value - published), `${value}`).toBeLessThanOrEqual(0.01)

describe('the E-model', () => {
  it('[PHONE-7] turns a rating into a score as G.107 Annex B has it', () => {
    for (const [r, mos] of [
      [93.2, 4.41],
      [90, 4.34],
      [80, 4.02],
      [70, 3.6],
      [60, 3.1],
      [50, 2.58],
      [0, 1],
      [100, 4.5],
    ] as const)
      // prettier-ignore
      near(mosOfRating(r), mos)
  })

  it('[PHONE-7] takes delay away from the rating, more from 177.3 ms on', () => {
    for (const [ms, id] of [
      [0, 0],
      [100, 2.4],
      [150, 3.6],
      [177.3, 4.2552],
      [200, 7.297],
      [300, 20.697],
      [400, 34.097],
    ] as const)
      // prettier-ignore
      near(delayImpairment(ms), id)
  })

  it('[PHONE-7] takes loss away by the codec’s robustness (G.113 Appendix I)', () => {
    const cases: [loss: number, codec: Codec, ie: number][] = [
      [0, 'pcmu', 0],
      [0.01, 'pcmu', 3.6398],
      [0.05, 'pcmu', 15.7807],
      [0.1, 'opus', 27.0655],
      [0.01, 'g711-bare', 17.9245],
      [0, 'g729a-vad', 11],
      [0.02, 'g729a-vad', 19],
    ]
    for (const [loss, codec, ie] of cases) near(lossImpairment(loss, codec), ie)
  })

  it('[PHONE-7] loss in bursts is worse than as much at random', () => {
    near(lossImpairment(0.05, 'pcmu', 2), (95 * 5) / (2.5 + 25.1))
    expect(burstRatioOf(10, 10, 0.1)).toBe(1)
    near(burstRatioOf(30, 10, 0.1), 2.7)
    expect([burstRatioOf(0, 0, 0), burstRatioOf(1_000, 1, 0.5)]).toEqual([1, 8])
  })

  it('[PHONE-7] a call across a continent, and one that loses a tenth', () => {
    near(ratingOf({ delayMs: 0, loss: 0 }), 93.2)
    near(mosOf({ delayMs: 100, loss: 0 }), 4.36)
    const scores = [0, 0.03, 0.1].map((loss) => mosOf({ delayMs: 60, loss }))
    expect(scores).toEqual([...scores].sort((a, b) => b - a))
    expect(scores[0]! - scores[2]!).toBeGreaterThan(1)
  })

  it('[PHONE-7] worse in, never better out; always between 1 and 4.5', () => {
    const impairments = fc.record({
      delayMs: fc.double({ min: 0, max: 3_000, noNaN: true }),
      loss: fc.double({ min: 0, max: 1, noNaN: true }),
      burstRatio: fc.double({ min: 1, max: 8, noNaN: true }),
    })
    fc.assert(
      fc.property(impairments, fc.double({ min: 0, max: 500, noNaN: true }), (one, more) => {
        const mos = mosOf(one)
        expect(mos).toBeGreaterThanOrEqual(1)
        expect(mos).toBeLessThanOrEqual(4.5)
        expect(ratingOf({ ...one, delayMs: one.delayMs + more })).toBeLessThanOrEqual(ratingOf(one) + 1e-9)
        expect(ratingOf({ ...one, loss: Math.min(1, one.loss + more / 500) })).toBeLessThanOrEqual(ratingOf(one) + 1e-9)
      }),
    )
  })

  it('reads the codec that getStats names', () => {
    expect([codecOf('audio/PCMU'), codecOf('audio/opus'), codecOf(null)]).toEqual(['pcmu', 'opus', 'opus'])
  })
})
