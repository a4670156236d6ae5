import { describe, expect, it } from 'vitest'
import { arrived, follow } from '#shared/domain/pool/lead'
import { anEntry, grantTo, MINUTE, noon } from '#tests/support/pool-cast'

describe('a customer put in by a program', () => {
  it('[POOL-25] comes in with priority, due at once or at its time; a time past is at once', () => {
    expect(arrived({ reopens: false }, noon)).toMatchObject({ state: 'pending', priority: 0, dueAt: null })
    expect(arrived({ priority: 90, dueAt: noon + MINUTE, reopens: false }, noon)).toMatchObject({
      priority: 90,
      dueAt: noon + MINUTE,
    })
    expect(arrived({ dueAt: noon - MINUTE, reopens: false }, noon).dueAt).toBeNull()
  })

  it('[POOL-25] changes what it says and leaves the rest', () => {
    const waiting = anEntry({ priority: 3, dueAt: noon + MINUTE, attempts: 1 })
    expect(follow(waiting, { reopens: false }, noon)).toEqual({ ok: true, value: waiting })
    expect(follow(waiting, { priority: 50, dueAt: null, reopens: false }, noon)).toMatchObject({
      value: { priority: 50, dueAt: null, attempts: 1 },
    })
  })

  it('[POOL-25] leaves a held customer with who holds them', () => {
    const { entry } = grantTo('alice')
    expect(follow(entry, { priority: 9, dueAt: noon + MINUTE, reopens: true }, noon)).toMatchObject({
      value: { state: 'leased', lease: { agentId: 'alice' }, dueAt: null, priority: 9 },
    })
  })

  it('[POOL-3] who is done is called again only when asked, with fresh attempts; do-not-call never', () => {
    const done = anEntry({ state: 'completed', attempts: 2, lastToken: 4 })
    expect(follow(done, { reopens: false }, noon)).toMatchObject({ value: { state: 'completed' } })
    expect(follow(done, { reopens: true }, noon)).toMatchObject({
      value: { state: 'pending', attempts: 0, lastToken: 5 },
    })
    expect(follow(anEntry({ state: 'do-not-call' }), { reopens: true }, noon)).toEqual({
      ok: false,
      refusal: 'do-not-call',
    })
  })
})
