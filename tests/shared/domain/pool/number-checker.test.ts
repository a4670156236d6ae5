import { describe, expect, it } from 'vitest'
import type { HistoryEvent } from '#tests/support/history-checker'
import { judgeNumbers } from '#tests/support/number-checker'

const MINUTE = 60_000
const grant = (agentId: string, sent: number, answered: number, since = 0): HistoryEvent => ({
  kind: 'granted',
  agentId,
  entryId: '1',
  token: 1,
  since,
  expiresAt: since + 10 * MINUTE,
  sent,
  answered,
})
const ended = (sent: number): HistoryEvent => ({ kind: 'ended', entryId: '1', token: 1, sent, answered: sent + 1 })
const rules = (a: HistoryEvent[], b: HistoryEvent[], calls: Parameters<typeof judgeNumbers>[1] = []) =>
  judgeNumbers(
    [
      { pool: 'A', numberOf: () => '+1', events: a },
      { pool: 'B', numberOf: () => '+1', events: b },
    ],
    calls,
  ).map(({ rule }) => rule)

describe('[POOL-30] the judge of numbers', () => {
  it('tells two live leases on one number, one after the other or at once', () => {
    expect(rules([grant('alice', 1, 2)], [grant('bob', 3, 4, MINUTE)])).toEqual(['number-held-twice'])
    expect(rules([grant('alice', 1, 4)], [grant('bob', 2, 3)])).toEqual(['number-held-twice'])
    expect(rules([grant('alice', 1, 2), ended(5)], [grant('bob', 3, 4)])).toEqual(['number-held-twice'])
  })

  it('accepts what an order explains: given back, lapsed, or given back while the other was on its way', () => {
    expect(rules([grant('alice', 1, 2), ended(3)], [grant('bob', 5, 6)])).toEqual([])
    expect(rules([grant('alice', 1, 2)], [grant('bob', 3, 4, 10 * MINUTE)])).toEqual([])
    expect(rules([grant('alice', 1, 2), ended(4)], [grant('bob', 3, 5)])).toEqual([])
    expect(rules([grant('alice', 3, 6)], [grant('bob', 1, 2), ended(4)])).toEqual([])
  })

  it('tells a lease that was given during a call, not one whose answer may be older or newer', () => {
    const call = { number: '+1', sent: 1, answered: 2, endSent: 9 }
    expect(rules([grant('alice', 3, 4)], [], [call])).toEqual(['granted-during-call'])
    expect(rules([grant('alice', 2, 4)], [], [{ ...call, answered: 3 }])).toEqual([])
    expect(rules([grant('alice', 3, 10)], [], [call])).toEqual([])
  })
})
