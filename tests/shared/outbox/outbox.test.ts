import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffMs, LONGEST_WAIT_MS } from '#shared/outbox/backoff'
import { discarded, newItem, retried, seen, tickOf, type OutboxItem } from '#shared/outbox/item'
import { due, nextDueAt } from '#shared/outbox/order'
import { settled } from '#shared/outbox/settle'
import type { AgentCommand } from '#shared/protocol/commands'

const NOON = Date.UTC(2026, 10, 20, 12)

function item(seq: number, subject: string, changes: Partial<OutboxItem> = {}): OutboxItem {
  const command: AgentCommand = {
    kind: 'record-disposition',
    id: `00000000-0000-7000-8000-${String(seq).padStart(12, '0')}`,
    at: NOON,
    poolId: 'renewals',
    entryId: subject,
    token: 1,
    disposition: 'no-answer',
  }
  return {
    ...newItem(
      {
        seq,
        subject,
        isUrgent: false,
        command,
        about: { customerName: 'Erin', phone: '+12025550123', disposition: null },
      },
      NOON,
    ),
    ...changes,
  }
}

describe('order', () => {
  it('[SYNC-2] keeps the order of writing inside a customer, whatever order they were read in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('erin', 'frank', 'gina'), fc.boolean(), fc.boolean()), { maxLength: 30 }),
        fc.integer(),
        (deeds, shuffle) => {
          const items = deeds.map(([subject, isUrgent, waits], seq) =>
            item(seq, subject, { isUrgent, notBefore: waits ? NOON + 1 : 0 }),
          )
          const read = [...items].sort(
            (one, other) => ((one.seq * 7919 + shuffle) % 31) - ((other.seq * 7919 + shuffle) % 31),
          )
          const order = due(read, NOON)
          for (const subject of ['erin', 'frank', 'gina']) {
            const mine = items.filter((one) => one.subject === subject)
            const blocked = mine.findIndex((one) => one.notBefore > NOON)
            const expected = blocked < 0 ? mine : mine.slice(0, blocked)
            expect(order.filter((one) => one.subject === subject).map((one) => one.seq)).toEqual(
              expected.map((one) => one.seq),
            )
          }
        },
      ),
    )
  })

  it('[SYNC-2] do-not-call goes first, with what its customer has before it', () => {
    const items = [item(1, 'erin'), item(2, 'frank'), item(3, 'gina'), item(4, 'frank', { isUrgent: true })]
    expect(due(items, NOON).map((one) => one.seq)).toEqual([2, 4, 1, 3])
  })

  it('[SYNC-2] a refused one never blocks the others, not even of its own customer', () => {
    const items = [item(1, 'erin', { state: 'refused' }), item(2, 'erin'), item(3, 'frank')]
    expect(due(items, NOON).map((one) => one.seq)).toEqual([2, 3])
  })

  it('[SYNC-2] one that must wait holds back its own customer alone, and says until when', () => {
    const items = [item(1, 'erin', { notBefore: NOON + 5_000 }), item(2, 'erin'), item(3, 'frank')]
    expect(due(items, NOON).map((one) => one.seq)).toEqual([3])
    expect(nextDueAt(items, NOON)).toBe(NOON + 5_000)
    expect(due(items, NOON + 5_000).map((one) => one.seq)).toEqual([1, 2, 3])
  })
})

describe('outcomes', () => {
  const result = (
    outcome: 'accepted' | 'duplicate' | 'late' | 'refused',
    code?: 'foreign-token' | 'unavailable' | 'clock-ahead',
  ) => ({ id: item(1, 'erin').id, outcome, ...(code ? { code } : {}) })

  it('[SYNC-4] accepted and duplicate end it; late and refused ask for a person', () => {
    const after = (...answer: Parameters<typeof result>) => settled(item(1, 'erin'), result(...answer), NOON, 0)
    expect([after('accepted'), after('duplicate'), after('accepted', 'clock-ahead')].map(tickOf)).toEqual([
      'accepted',
      'accepted',
      'accepted',
    ])
    expect(after('late')).toMatchObject({ state: 'late' })
    expect(after('refused', 'foreign-token')).toMatchObject({ state: 'refused', refusal: 'foreign-token' })
    expect(after('duplicate', 'foreign-token')).toMatchObject({ state: 'refused', refusal: 'foreign-token' })
  })

  it('[SYNC-2] "not now" is not a refusal: it waits longer and stays on the device', () => {
    const first = settled(item(1, 'erin'), result('refused', 'unavailable'), NOON, 0)
    expect(first).toMatchObject({ state: 'waiting', tries: 1, notBefore: NOON + 1_000, refusal: null })
    expect(settled(first, result('refused', 'unavailable'), NOON, 0).notBefore).toBe(NOON + 2_000)
  })

  it('[SYNC-5] a refused one can be tried again under its own id, or put away with a reason; nothing else can', () => {
    const refused = item(1, 'erin', { state: 'refused', refusal: 'note-required' })
    expect(retried(refused)).toMatchObject({ state: 'waiting', id: refused.id, refusal: null })
    expect(discarded(refused, '  ', NOON)).toBe(refused)
    expect(discarded(refused, 'Called the wrong person', NOON)).toMatchObject({
      state: 'discarded',
      discardReason: 'Called the wrong person',
    })
    for (const state of ['waiting', 'sending', 'accepted', 'late'] as const) {
      const other = item(1, 'erin', { state })
      expect(discarded(other, 'because', NOON)).toBe(other)
      expect(retried(other)).toBe(other)
    }
    expect(seen(item(1, 'erin', { state: 'late' })).state).toBe('accepted')
  })
})

it('[SYNC-3] the wait doubles to a minute and jitter takes up to half of it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0, max: 0.999_999, noNaN: true }),
      (tries, chance) => {
        const wait = backoffMs(tries, chance)
        const full = Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** Math.min(tries - 1, 16))
        expect(wait).toBeGreaterThanOrEqual(full / 2)
        expect(wait).toBeLessThanOrEqual(full)
      },
    ),
  )
})
