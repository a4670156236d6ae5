import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { missingOf, takeChunk, type Progress } from '#shared/domain/recording/chunks'
import { piecesOf, spanOf } from '#shared/domain/recording/pieces'

const FRESH: Progress = { count: 0, ms: 0, bytes: 0, expected: null, isFinished: false }
const chunkOf = (n: number) => ({ n, hash: `h${n}`, bytes: 100 + n, ms: 5_000 })

describe('[PHONE-11] the chunks of a recording', () => {
  it('count once, whatever their order and however often each is sent', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(200), { maxLength: 60 }), fc.infiniteStream(fc.boolean()), (numbers, twice) => {
        const known = new Map<number, { hash: string }>()
        let progress = FRESH
        for (const n of numbers) {
          for (let time = twice.next().value ? 2 : 1; time > 0; time--) {
            const taken = takeChunk(progress, known.get(n) ?? null, chunkOf(n))
            if (!taken.ok) throw new Error(taken.refusal)
            expect(taken.value.isNew).toBe(!known.has(n))
            known.set(n, chunkOf(n))
            progress = taken.value.progress
          }
        }
        expect(progress.count).toBe(numbers.length)
        expect(progress.ms).toBe(numbers.length * 5_000)
        expect(progress.bytes).toBe(numbers.reduce((sum, n) => sum + 100 + n, 0))
      }),
    )
  })

  it('another under the same number, behind the end, or after it was finished is refused', () => {
    const refusal = (progress: Progress, known: { hash: string } | null, n = 2) => {
      const taken = takeChunk(progress, known, chunkOf(n))
      return taken.ok ? null : taken.refusal
    }
    expect(refusal(FRESH, { hash: 'other' })).toBe('chunk-mismatch')
    expect(refusal({ ...FRESH, expected: 2 }, null)).toBe('recording-ended')
    expect(refusal({ ...FRESH, expected: 3 }, null)).toBeNull()
    expect(refusal({ ...FRESH, isFinished: true }, null)).toBe('recording-ended')
    // the answer to a chunk that was lost on the way comes again even when all is over
    expect(refusal({ ...FRESH, isFinished: true }, { hash: 'h2' })).toBeNull()
  })

  it('that never came are named', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(80)), fc.nat(80), (numbers, expected) => {
        const have = numbers.sort((a, b) => a - b)
        const missing = missingOf(have, expected, 1_000)
        expect([...missing, ...have.filter((n) => n < expected)].sort((a, b) => a - b)).toEqual(
          Array.from({ length: expected }, (_, n) => n),
        )
      }),
    )
    expect(missingOf([], 500)).toHaveLength(100)
  })
})

describe('[PHONE-11] reading a part of a recording', () => {
  it('any span of bytes is found in its pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 20 }), fc.nat(), fc.nat(), (parts, a, b) => {
        const whole = parts.flatMap((part) => [...part])
        const from = whole.length === 0 ? 0 : a % whole.length
        const to = from + (b % (whole.length - from + 1))
        const sizes = parts.map(({ length }) => length)
        const read = piecesOf(sizes, { from, to }).flatMap((piece) => [...parts[piece.n]!.slice(piece.from, piece.to)])
        expect(read).toEqual(whole.slice(from, to))
      }),
    )
  })

  it('a Range header is one span, all of it, or nothing (RFC 9110 section 14.2)', () => {
    expect(spanOf('bytes=0-99', 1_000)).toEqual({ from: 0, to: 100 })
    expect(spanOf('bytes=900-', 1_000)).toEqual({ from: 900, to: 1_000 })
    expect(spanOf('bytes=900-5000', 1_000)).toEqual({ from: 900, to: 1_000 })
    expect(spanOf('bytes=-100', 1_000)).toEqual({ from: 900, to: 1_000 })
    expect(spanOf('bytes=-5000', 1_000)).toEqual({ from: 0, to: 1_000 })
    for (const ignored of [null, '', 'bytes=-', 'bytes=1-2,5-6', 'lines=1-2', 'bytes=5-2'])
      expect(spanOf(ignored, 1_000)).toBe('whole')
    expect(spanOf('bytes=1000-', 1_000)).toBe('none')
    expect(spanOf('bytes=-0', 1_000)).toBe('none')
  })
})
