import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  callTimeOf,
  close,
  isPaused,
  pause,
  resume,
  RUNNING,
  type Gap,
  type PauseReason,
} from '#shared/domain/recording/pausing'

describe('[PHONE-11] a recording that stands still', () => {
  it('goes on when the last reason is gone, and keeps one gap with the name of the first', () => {
    let state = pause(RUNNING, 'hold', 1_000, 700)
    state = pause(state, 'card', 2_000, 700)
    expect(resume(state, 'hand', 2_500)).toEqual({ state, gap: null })
    const held = resume(state, 'hold', 3_000)
    expect(held.gap).toBeNull()
    expect(isPaused(held.state)).toBe(true)
    const on = resume(held.state, 'card', 5_000)
    expect(on).toEqual({ state: RUNNING, gap: { atMs: 700, ms: 4_000, why: 'hold' } })
  })

  it('a call that ends while it stands still leaves its gap too', () => {
    expect(close(pause(RUNNING, 'hand', 1_000, 400), 1_500)).toEqual({ atMs: 400, ms: 500, why: 'hand' })
    expect(close(RUNNING, 1_500)).toBeNull()
  })

  it('sound and gaps together are the whole call, whatever was pressed when', () => {
    const step = fc.record({
      on: fc.boolean(),
      why: fc.constantFrom<PauseReason>('hold', 'hand', 'card'),
      after: fc.nat(9_000),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let [now, recorded] = [1_000_000, 0]
        let state = RUNNING
        const gaps: Gap[] = []
        for (const { on, why, after } of steps) {
          now += after
          if (!isPaused(state)) recorded += after
          if (on) state = pause(state, why, now, recorded)
          else {
            const next = resume(state, why, now)
            state = next.state
            if (next.gap) gaps.push(next.gap)
          }
        }
        const last = close(state, now)
        if (last) gaps.push(last)
        const paused = gaps.reduce((sum, { ms }) => sum + ms, 0)
        expect(recorded + paused).toBe(now - 1_000_000)
        expect(callTimeOf(gaps, recorded + 1)).toBe(now - 1_000_000 + 1)
      }),
    )
  })
})
