import { describe, expect, it } from 'vitest'
import {
  afterFailure,
  FIRST_LOCK_MS,
  FORGET_MS,
  FREE_FAILURES,
  isLocked,
  LONGEST_LOCK_MS,
  type Tries,
} from '#shared/domain/access/lockout'

const noon = 1_000_000
const fail = (times: number, at = noon): Tries => {
  let tries: Tries | null = null
  for (let n = 0; n < times; n++) tries = afterFailure(tries, at)
  return tries!
}

describe('[AUTH-2] lock-out', () => {
  it('a few failures are free', () => {
    expect(isLocked(null, noon)).toBe(false)
    expect(isLocked(fail(FREE_FAILURES - 1), noon)).toBe(false)
  })

  it('then it locks, twice as long each time, to a limit', () => {
    expect(fail(FREE_FAILURES).lockedUntil).toBe(noon + FIRST_LOCK_MS)
    expect(fail(FREE_FAILURES + 1).lockedUntil).toBe(noon + 2 * FIRST_LOCK_MS)
    expect(fail(FREE_FAILURES + 50).lockedUntil).toBe(noon + LONGEST_LOCK_MS)
  })

  it('it opens by itself, and is forgotten after quiet', () => {
    const tries = fail(FREE_FAILURES)
    expect(isLocked(tries, noon + FIRST_LOCK_MS - 1)).toBe(true)
    expect(isLocked(tries, noon + FIRST_LOCK_MS)).toBe(false)
    expect(afterFailure(tries, noon + FORGET_MS).failures).toBe(1)
  })
})
