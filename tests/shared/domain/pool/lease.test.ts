import { describe, expect, it } from 'vitest'
import { settle } from '#shared/domain/pool/lane'
import { extend, grant, LONGEST_HOLD_MS, ownGrant, release, skip } from '#shared/domain/pool/lease'
import { anEntry, grantTo, MINUTE, noon, rules } from '#tests/support/pool-cast'

const free = { inCall: false, holdsAnother: false }

describe('granting', () => {
  it('[POOL-1] an entry that is held is not granted again', () => {
    expect(grant(grantTo('alice').entry, 'bob', rules, noon)).toEqual({ ok: false, refusal: 'entry-state' })
  })

  it('[POOL-5] every grant carries a higher token', () => {
    const hers = grantTo('alice')
    const his = grantTo('bob', settle(hers.entry, rules, noon + 10 * MINUTE), noon + 10 * MINUTE)
    expect(his.grant.token).toBe(hers.grant.token + 1)
  })

  it('[POOL-6] a lapsed lease frees itself: nothing fires, it stops counting', () => {
    const { entry } = grantTo('alice')
    expect(settle(entry, rules, noon + 10 * MINUTE - 1).state).toBe('leased')
    expect(settle(entry, rules, noon + 10 * MINUTE)).toMatchObject({ state: 'pending', lease: null, lastToken: 1 })
  })

  it('[POOL-5] a forged or foreign token is refused', () => {
    const { grant: hers } = grantTo('alice')
    expect(ownGrant(null, 'alice')).toEqual({ ok: false, refusal: 'foreign-token' })
    expect(ownGrant(hers, 'bob')).toEqual({ ok: false, refusal: 'foreign-token' })
  })
})

describe('extending', () => {
  it('[POOL-6] gives another lease time, without a call to an hour after the grant, in a call for as long as it lasts', () => {
    const { entry, grant: hers } = grantTo('alice')
    const later = extend(entry, hers, free, rules, noon + 9 * MINUTE)
    expect(later).toMatchObject({ value: { lease: { expiresAt: noon + 19 * MINUTE } } })
    const long = { ...entry, lease: { ...entry.lease!, expiresAt: noon + LONGEST_HOLD_MS } }
    expect(extend(long, hers, free, rules, noon + 55 * MINUTE)).toEqual({ ok: false, refusal: 'lease-limit' })
    const inCall = extend(long, hers, { ...free, inCall: true }, rules, noon + 55 * MINUTE)
    expect(inCall).toMatchObject({ value: { lease: { expiresAt: noon + 65 * MINUTE } } })
  })

  it('[POOL-6] brings a lapsed hold back while nobody was granted it, never one that was given back', () => {
    const { entry, grant: hers } = grantTo('alice')
    const lapsed = settle(entry, rules, noon + 11 * MINUTE)
    expect(extend(lapsed, { ...hers, ended: 'lapsed' }, free, rules, noon + 11 * MINUTE)).toMatchObject({
      value: { state: 'leased' },
    })
    const refused = { ok: false, refusal: 'lease-lapsed' }
    expect(extend(lapsed, { ...hers, ended: 'skipped' }, free, rules, noon + 11 * MINUTE)).toEqual(refused)
    expect(
      extend(lapsed, { ...hers, ended: 'lapsed' }, { ...free, holdsAnother: true }, rules, noon + 11 * MINUTE),
    ).toEqual(refused)
    const his = grantTo('bob', lapsed, noon + 11 * MINUTE)
    expect(extend(his.entry, hers, free, rules, noon + 12 * MINUTE)).toEqual({ ok: false, refusal: 'granted-again' })
  })
})

describe('giving back', () => {
  it('[POOL-7] puts the entry back at its place; an old holder has nothing to give back', () => {
    const { entry } = grantTo('alice', anEntry({ priority: 3, attempts: 1 }))
    expect(release(entry, 1)).toMatchObject({ value: { state: 'pending', priority: 3, attempts: 1, lease: null } })
    expect(release(entry, 99)).toEqual({ ok: false, refusal: 'lease-lapsed' })
  })

  it('[POOL-7] skips are refused past the budget, unlimited by default', () => {
    const { entry } = grantTo('alice')
    expect(skip(entry, 1, 500, rules).ok).toBe(true)
    expect(skip(entry, 1, 2, { ...rules, skipBudget: 2 })).toEqual({ ok: false, refusal: 'skip-budget-spent' })
  })
})
