import { describe, expect, it } from 'vitest'
import { stepIn } from '../../../web/src/routes/(app)/floor/card-steps'

/** Seven cards in rows of three, 100 wide and 80 tall. */
function grid(isRtl: boolean) {
  return Array.from({ length: 7 }, (_, n) => ({
    n,
    getBoundingClientRect: () => ({ left: 100 * (isRtl ? 2 - (n % 3) : n % 3), top: 80 * Math.floor(n / 3) }),
  }))
}
const from = (n: number, key: string, isRtl = false) => {
  const cards = grid(isRtl)
  return stepIn(cards, cards[n]!, key, isRtl)?.n ?? null
}

describe('arrows among the agents', () => {
  it.each([
    [0, 'ArrowRight', 1],
    [2, 'ArrowRight', 3],
    [3, 'ArrowLeft', 2],
    [1, 'ArrowDown', 4],
    [4, 'ArrowUp', 1],
    [5, 'ArrowDown', 6],
    [0, 'ArrowUp', null],
    [6, 'ArrowRight', null],
    [3, 'Home', 0],
    [3, 'End', 6],
    [3, 'Enter', null],
  ])('from card %i, %s leads to %s', (at, key, to) => {
    expect(from(at, key)).toBe(to)
  })

  it('follow the reading direction', () => {
    expect(from(0, 'ArrowLeft', true)).toBe(1)
    expect(from(1, 'ArrowRight', true)).toBe(0)
    expect(from(1, 'ArrowDown', true)).toBe(4)
  })
})
