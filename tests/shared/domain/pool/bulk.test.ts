import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arriving, bulkEntry, leaving, retagged, type BulkAction } from '#shared/domain/pool/bulk'
import type { Role } from '#shared/domain/roles'
import type { Entry, EntryState } from '#shared/domain/pool/entry'
import { anEntry, grantTo, noon } from '#tests/support/pool-cast'

const carol: { role: Role; reason: string; onDoNotCall: boolean } = {
  role: 'supervisor',
  reason: 'the October file',
  onDoNotCall: false,
}
const done = (entry: Entry, action: BulkAction, asked = carol) => {
  const result = bulkEntry(entry, action, asked)
  return result.ok ? result.value : result.refusal
}

describe('one entry of a bulk action', () => {
  it('[POOL-24] assigns, takes the owner away, re-prioritises; the same entry when there is nothing to change', () => {
    const entry = anEntry({ ownerId: 'alice', priority: 3 })
    expect(done(entry, { kind: 'assign', to: 'bob' })).toMatchObject({ ownerId: 'bob' })
    expect(done(entry, { kind: 'assign', to: null })).toMatchObject({ ownerId: null })
    expect(done(entry, { kind: 'assign', to: 'alice' })).toBe(entry)
    expect(done(entry, { kind: 'prioritise', priority: 9 })).toMatchObject({ priority: 9 })
    expect(done(entry, { kind: 'prioritise', priority: 3 })).toBe(entry)
  })

  it('[POOL-24] an agent’s owned entries and promised calls go to another or to anyone; others’ stay', () => {
    const callback = { at: noon, for: 'alice', note: null }
    const hers = anEntry({ ownerId: 'alice', callback })
    expect(done(hers, { kind: 'hand-over', from: 'alice', to: 'bob' })).toMatchObject({
      ownerId: 'bob',
      callback: { at: noon, for: 'bob' },
    })
    expect(done(hers, { kind: 'hand-over', from: 'alice', to: null })).toMatchObject({
      ownerId: null,
      callback: { for: null },
    })
    const his = anEntry({ ownerId: 'bob' })
    expect(done(his, { kind: 'hand-over', from: 'alice', to: null })).toBe(his)
  })

  it('[POOL-11] recycling gives the unreachable fresh attempts and a new token, and leaves all others alone', () => {
    const spent = anEntry({ state: 'unreachable', attempts: 3, earlierAttempts: 2, lastToken: 5 })
    expect(done(spent, { kind: 'recycle' })).toMatchObject({
      state: 'pending',
      attempts: 0,
      earlierAttempts: 5,
      lastToken: 6,
    })
    for (const state of ['pending', 'completed', 'do-not-call', 'paused'] as const)
      expect(done(anEntry({ state }), { kind: 'recycle' })).toBe('entry-state')
  })

  it('[POOL-3] do-not-call is reopened by an administrator alone, with a reason and off the list', () => {
    const barred = anEntry({ state: 'do-not-call' })
    const dora = { ...carol, role: 'administrator' as const }
    expect(done(barred, { kind: 'reopen' })).toBe('not-permitted')
    expect(done(barred, { kind: 'reopen' }, { ...dora, reason: ' ' })).toBe('reason-required')
    expect(done(barred, { kind: 'reopen' }, { ...dora, onDoNotCall: true })).toBe('do-not-call')
    expect(done(barred, { kind: 'reopen' }, dora)).toMatchObject({ state: 'pending' })
  })

  it('[POOL-24] doing it twice is doing it once', () => {
    const states = fc.constantFrom<EntryState>('pending', 'completed', 'unreachable', 'do-not-call', 'paused')
    const action = fc.oneof(
      fc.record({ kind: fc.constant('assign' as const), to: fc.constantFrom('alice', 'bob', null) }),
      fc.record({ kind: fc.constantFrom('pause' as const, 'resume' as const) }),
      fc.record({ kind: fc.constant('prioritise' as const), priority: fc.integer({ min: -100, max: 100 }) }),
      fc.record({
        kind: fc.constant('hand-over' as const),
        from: fc.constant('alice'),
        to: fc.constantFrom('bob', null),
      }),
    )
    fc.assert(
      fc.property(states, fc.constantFrom('alice', null), action, (state, ownerId, what) => {
        const once = bulkEntry(anEntry({ state, ownerId }), what, carol)
        if (once.ok) expect(bulkEntry(once.value, what, carol)).toEqual({ ok: true, value: once.value })
      }),
    )
  })
})

describe('tags', () => {
  it('[POOL-24] are joined and taken away; the same list when nothing changes', () => {
    const tags = ['vip', 'north']
    expect(retagged(tags, { kind: 'tag', tags: ['vip', 'new'] })).toEqual(['vip', 'north', 'new'])
    expect(retagged(tags, { kind: 'tag', tags: ['vip'] })).toBe(tags)
    expect(retagged(tags, { kind: 'untag', tags: ['vip', 'gone'] })).toEqual(['north'])
    expect(retagged(tags, { kind: 'untag', tags: ['gone'] })).toBe(tags)
  })
})

describe('a transfer', () => {
  it('[POOL-24] lets nobody go who is in hand, barred, or owed a disposition', () => {
    expect(leaving(grantTo('alice').entry)).toEqual({ ok: false, refusal: 'entry-held' })
    expect(leaving(anEntry({ state: 'do-not-call' }))).toEqual({ ok: false, refusal: 'do-not-call' })
    expect(leaving(anEntry({ missingAttempt: 'a' }))).toEqual({ ok: false, refusal: 'disposition-owed' })
    expect(leaving(anEntry({ lastToken: 4 }))).toMatchObject({ value: { lastToken: 5, state: 'pending' } })
  })

  it('[POOL-24] keeps attempts, waiting time and promise; an owner who is no member there is none', () => {
    const callback = { at: noon, for: 'alice', note: 'after six' }
    const entry = anEntry({ id: 7, attempts: 2, earlierAttempts: 1, ownerId: 'alice', callback, lastToken: 9 })
    expect(arriving(entry, (id) => id === 'alice')).toEqual({ ...entry, id: 0, lastToken: 0, parked: null })
    expect(arriving(entry, () => false)).toMatchObject({ ownerId: null, callback: { for: null, note: 'after six' } })
  })
})
