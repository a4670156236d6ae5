import { beforeEach } from 'vitest'

let test = 199
beforeEach(() => {
  test += 1
})

/** The nth customer's number. Every test has numbers of its own: the hold of a number reaches across pools. */
export const numberOf = (n: number): string => `+9053${test}${String(n).padStart(5, '0')}`
