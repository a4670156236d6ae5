import { describe, expect, it, vi } from 'vitest'
import { remembered } from '#worker/sip/remembered'

describe('a reading that remembers', () => {
  it('reads a text once, also one that it cannot read', () => {
    const read = vi.fn((text: string) => (text === 'bad' ? null : { text }))
    const asked = remembered(read)
    expect(asked('a')).toBe(asked('a'))
    expect([asked('bad'), asked('bad')]).toEqual([null, null])
    expect(read).toHaveBeenCalledTimes(2)
  })

  it('[SIP-6] keeps neither long texts nor many', () => {
    const read = vi.fn((text: string) => text.length)
    const asked = remembered(read)
    const long = 'x'.repeat(321)
    asked(long)
    expect(asked(long)).toBe(321)
    expect(read).toHaveBeenCalledTimes(2)
    for (let n = 0; n < 10_000; n += 1) expect(asked(`${n}`)).toBe(`${n}`.length)
    expect(asked('0')).toBe(1)
    expect(read).toHaveBeenCalledTimes(2 + 10_000 + 1)
  })
})
