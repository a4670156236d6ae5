import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blockedFor } from '#shared/domain/pool/counts'
import { newEntry, type Entry } from '#shared/domain/pool/entry'
import { classOfLane, inClass } from '#shared/domain/pool/hours-class'
import { CALLBACK_ANYONE, callbackMine, callbackOwned, GENERAL, ownedBy } from '#shared/domain/pool/lane'
import { lanesFor } from '#shared/domain/pool/order'
import { PRESETS } from '#shared/domain/pool/presets'
import { DEFAULTS, rulesOf } from '#shared/domain/pool/rules'
import { ruleOf, whyCounts, whyEntry } from '#shared/domain/pool/why'

const MINUTE = 60_000
const noon = Date.UTC(2026, 10, 23, 12)
const rules = rulesOf({ ...DEFAULTS, timeZone: 'UTC', dispositions: PRESETS.telecalling.dispositions })
const open = { isOpen: true, changesAt: null, opensAfter: (at: number) => at }
const until = (opensAt: number) => ({
  isOpen: false,
  changesAt: opensAt,
  opensAfter: (at: number) => Math.max(at, opensAt),
})
const entry = (over: Partial<Entry> = {}): Entry => ({ ...newEntry(1, 0), ...over })

const base = fc.constantFrom(GENERAL, ownedBy('alice'), ownedBy('bob'))
const hoursClass = fc.integer({ min: 0, max: 4 })
const lane = fc.oneof(
  fc.tuple(base, hoursClass).map(([one, of]) => inClass(one, of)),
  fc.constantFrom(CALLBACK_ANYONE, callbackMine('alice'), callbackOwned('bob')),
  fc.constantFrom(
    'leased',
    'not-due',
    'callback-later',
    'cap',
    'held-elsewhere',
    'completed',
    'unreachable',
    'do-not-call',
    'paused',
  ),
)
const lanes = fc.array(fc.tuple(lane, fc.nat(1000))).map((pairs) => new Map(pairs))
const closed = fc.uniqueArray(hoursClass)
const state = fc.constantFrom('open' as const, 'paused' as const, 'closed' as const)

describe('why nothing is due', () => {
  it('[POOL-8] counts by rule add up to the pool, whatever is closed', () => {
    fc.assert(
      fc.property(lanes, closed, state, (counts, shut, now) => {
        const total = [...counts.values()].reduce((sum, n) => sum + n, 0)
        const isOpen = (of: number) => !shut.includes(of)
        const sum = (of: Iterable<number>) => [...of].reduce((all, n) => all + n, 0)
        expect(sum(whyCounts(counts, { state: now, isOpen }).values())).toBe(total)
        // an agent's account with what is ready for them adds up too
        const blocked = blockedFor(counts, 'alice', 0, now, isOpen)
        const classes = [0, 1, 2, 3, 4].filter(isOpen)
        const mine = [...new Set(lanesFor('alice', classes).flat())]
        const ready = now === 'open' ? sum(mine.map((one) => counts.get(one) ?? 0)) : 0
        expect(sum(Object.values(blocked)) + ready).toBe(total)
      }),
    )
  })

  it('[POOL-18] a lane keeps its class, and only what hours may close has one', () => {
    expect(inClass(GENERAL, 3)).toBe('general@3')
    expect(classOfLane('general@3')).toBe(3)
    expect(classOfLane(inClass(ownedBy('alice'), 12))).toBe(12)
    expect(inClass(CALLBACK_ANYONE, 3)).toBe(CALLBACK_ANYONE)
    expect(classOfLane(callbackMine('alice'))).toBeNull()
    expect(classOfLane('leased')).toBeNull()
  })

  it('[POOL-8] hours come before a pool that is paused, a due call of anyone is ready', () => {
    const now = { state: 'paused' as const, isOpen: (of: number) => of === 1 }
    expect(ruleOf('general@2', now)).toBe('outsideHours')
    expect(ruleOf('general@1', now)).toBe('poolPaused')
    expect(ruleOf(CALLBACK_ANYONE, { ...now, state: 'open' })).toBe('ready')
    expect(ruleOf(callbackMine('bob'), { ...now, state: 'open' })).toBe('reserved')
  })
})

describe('why one customer is not called', () => {
  it('[POOL-8] nothing holds: ready, now', () => {
    expect(whyEntry(entry(), rules, 'open', open, noon)).toEqual({
      rules: [{ rule: 'ready', until: null, agentId: null }],
      nextDueAt: null,
    })
  })

  it('[POOL-8] several rules at once: the last of them says when, and no earlier than hours open', () => {
    const waiting = entry({ dueAt: noon + 30 * MINUTE, parked: { why: 'cap', until: noon + 90 * MINUTE } })
    const why = whyEntry(waiting, rules, 'open', until(noon + 60 * MINUTE), noon)
    expect(why.rules.map(({ rule }) => rule)).toEqual(['notDue', 'cap', 'outsideHours'])
    expect(why.nextDueAt).toBe(noon + 90 * MINUTE)
    expect(whyEntry(entry(), rules, 'open', until(noon + 60 * MINUTE), noon).nextDueAt).toBe(noon + 60 * MINUTE)
  })

  it('[POOL-15] a promised call is not held by hours; mine first, then anyone’s', () => {
    const promised = entry({ callback: { at: noon, for: 'alice', note: null } })
    expect(whyEntry(promised, rules, 'open', until(noon + 60 * MINUTE), noon)).toEqual({
      rules: [{ rule: 'reserved', until: noon + 15 * MINUTE, agentId: 'alice' }],
      nextDueAt: null,
    })
    expect(whyEntry(promised, rules, 'open', open, noon - MINUTE)).toEqual({
      rules: [{ rule: 'callbackLater', until: noon, agentId: 'alice' }],
      nextDueAt: noon,
    })
  })

  it('[POOL-8] what time does not lift has no next time', () => {
    for (const over of [
      { state: 'completed' },
      { state: 'paused' },
      { parked: { why: 'held-elsewhere', until: null } },
    ] as const)
      expect(whyEntry(entry(over), rules, 'open', open, noon).nextDueAt).toBeNull()
    expect(whyEntry(entry({ dueAt: noon + MINUTE }), rules, 'closed', open, noon).nextDueAt).toBeNull()
  })
})
