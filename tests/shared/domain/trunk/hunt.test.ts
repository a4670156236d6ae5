import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shownBy, shownFor, TRUNKS_OWN } from '#shared/domain/trunk/caller-id'
import { HUNT_MS, huntable, MOST_AT_ONCE, waveMs, waveSize } from '#shared/domain/trunk/hunt'

describe('[SIP-9] whom of a pool a call rings', () => {
  it('members who are available, idle longest first, each once', () => {
    expect(huntable(['ann', 'ben', 'carl'], ['carl', 'ann', 'dan'], [])).toEqual(['ann', 'carl'])
    expect(huntable(['ann', 'ben', 'carl'], 'everyone', ['ann'])).toEqual(['ben', 'carl'])
    expect(huntable(['ann'], [], [])).toEqual([])
  })
  it('wave after wave, whoever comes and goes, nobody is rung twice, and it ends', () => {
    const agents = fc.uniqueArray(fc.constantFrom(...'abcdefghij'), { maxLength: 10 })
    fc.assert(
      fc.property(fc.array(agents, { maxLength: 30 }), fc.nat({ max: 4 }), (floors, n) => {
        const rung: string[] = []
        for (const available of floors) {
          const wave = huntable(available, 'everyone', rung).slice(0, waveSize({ atOnce: n || null }))
          expect(wave.some((agent) => rung.includes(agent))).toBe(false)
          rung.push(...wave)
        }
        expect(new Set(rung).size).toBe(rung.length)
      }),
    )
  })
  it('a wave is as large and as long as the number says, the whole no longer than 3 minutes', () => {
    expect([waveSize({ atOnce: 3 }), waveSize({ atOnce: null })]).toEqual([3, MOST_AT_ONCE])
    const ring = (rangMs: number) => waveMs({ ringSeconds: 20 }, rangMs)
    expect([ring(0), ring(HUNT_MS - 5_000), ring(HUNT_MS - 500), ring(HUNT_MS + 1)]).toEqual([20_000, 5_000, 0, 0])
  })
})

describe('[SIP-9] which number is shown', () => {
  const rules = {
    agents: [
      { userId: 'ann', shows: '+1' },
      { userId: 'ben', shows: 'withheld' },
      { userId: 'old', shows: '+9' },
    ],
    pools: [{ poolId: 'sales', shows: '+2' }],
  }
  const owned = ['+1', '+2', '+3']
  it.each([
    ['ann', 'sales', { number: '+1', isWithheld: false }],
    ['ben', 'sales', { number: null, isWithheld: true }],
    ['carl', 'sales', { number: '+2', isWithheld: false }],
    ['carl', null, TRUNKS_OWN],
    // the number went with its trunk
    ['old', null, TRUNKS_OWN],
    ['old', 'sales', { number: '+2', isWithheld: false }],
  ])('%s for %s', (userId, poolId, shown) => expect(shownFor(rules, { userId, poolId }, owned)).toEqual(shown))

  it('a trunk shows its own numbers; those of others only where it may', () => {
    const trunk = { callerNumber: '+3', numbers: [{ number: '+1' }], showsOthers: false }
    const wish = (number: string | null) => ({ number, isWithheld: false })
    expect([wish('+1'), wish('+2'), wish(null)].map((one) => shownBy(trunk, one))).toEqual(['+1', '+3', '+3'])
    expect(shownBy({ ...trunk, showsOthers: true }, wish('+2'))).toBe('+2')
  })
})
