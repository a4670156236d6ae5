import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blockedFor, stateCounts } from '#shared/domain/pool/counts'
import { dayOf, figuresOf } from '#shared/domain/pool/figures'
import type { Entry } from '#shared/domain/pool/entry'
import { placeOf, settle } from '#shared/domain/pool/lane'
import { lanesFor } from '#shared/domain/pool/order'
import { anEntry, MINUTE, noon, rules } from '#tests/support/pool-cast'

const person = fc.constantFrom('alice', 'bob', 'erin')
const moment = fc.integer({ min: noon - 90 * MINUTE, max: noon + 90 * MINUTE })
const anyEntry: fc.Arbitrary<Entry> = fc.record({
  id: fc.integer({ min: 1 }),
  state: fc.constantFrom('pending', 'completed', 'unreachable', 'do-not-call', 'paused'),
  priority: fc.integer({ min: -9, max: 9 }),
  ownerId: fc.option(person),
  attempts: fc.integer({ min: 0, max: 4 }),
  earlierAttempts: fc.constant(0),
  dueAt: fc.option(moment),
  callback: fc.option(fc.record({ at: moment, for: fc.option(person), note: fc.constant(null) })),
  lease: fc.constant(null),
  lastToken: fc.nat(),
  missingAttempt: fc.constant(null),
})
const leased = anEntry({
  state: 'leased',
  lease: { agentId: 'bob', token: 1, grantedAt: noon, expiresAt: noon + MINUTE },
})

function lanes(entries: Entry[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const entry of entries) {
    const { lane } = placeOf(settle(entry, rules, noon), rules, noon)
    counts.set(lane, (counts.get(lane) ?? 0) + 1)
  }
  return counts
}

describe('counts', () => {
  it('[POOL-3] states add up to the pool, and [POOL-8] what blocks plus what is ready does too, for every agent', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 60 }), person, (some, agentId) => {
        const all = [...some, leased]
        const counts = lanes(all)
        const { total, ...states } = stateCounts(counts)
        expect(total).toBe(all.length)
        expect(Object.values(states).reduce((sum, n) => sum + n)).toBe(total)
        const ready = lanesFor(agentId)
          .flat()
          .reduce((sum, lane) => sum + (counts.get(lane) ?? 0), 0)
        const blocked = Object.values(blockedFor(counts, agentId, 0, 'open')).reduce((sum, n) => sum + n, 0)
        expect(blocked + ready).toBe(total)
        const closed = Object.values(blockedFor(counts, agentId, 0, 'closed')).reduce((sum, n) => sum + n, 0)
        expect(closed).toBe(total)
      }),
    )
  })

  it('[POOL-8] says which rule blocks; what I skipped rests and is not due', () => {
    const counts = lanes([
      anEntry({ ownerId: 'bob' }),
      anEntry({ dueAt: noon + 1 }),
      anEntry(),
      leased,
      anEntry({ state: 'unreachable' }),
    ])
    expect(blockedFor(counts, 'alice', 1, 'open')).toEqual({ assignedToAnother: 1, notDue: 2, leased: 1, exhausted: 1 })
    expect(blockedFor(counts, 'alice', 0, 'paused')).toEqual({
      assignedToAnother: 1,
      notDue: 1,
      leased: 1,
      exhausted: 1,
      poolPaused: 1,
    })
  })
})

describe('figures of the day', () => {
  it('[POOL-26] count by flags, never by codes', () => {
    expect(figuresOf({ flags: ['reached', 'positive'], talkMs: 5 })).toEqual({
      attempts: 1,
      reached: 1,
      positive: 1,
      talkMs: 5,
    })
    expect(figuresOf({ flags: ['retry'], talkMs: null })).toEqual({ attempts: 1, reached: 0, positive: 0, talkMs: 0 })
  })

  it('[POOL-26] today is the pool’s day', () => {
    const lateEvening = Date.UTC(2026, 10, 20, 22, 30)
    expect(dayOf(lateEvening, 'Europe/Istanbul')).toBe('2026-11-21')
    expect(dayOf(lateEvening, 'America/Costa_Rica')).toBe('2026-11-20')
  })
})
