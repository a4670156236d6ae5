import { describe, expect, it } from 'vitest'
import { barred, supervise } from '#shared/domain/pool/supervise'
import { anEntry, grantTo } from '#tests/support/pool-cast'

const act = (
  state: Parameters<typeof anEntry>[0],
  action: 'pause' | 'resume' | 'reopen',
  role: 'agent' | 'supervisor' | 'administrator' = 'supervisor',
  reason = 'because',
) => supervise(anEntry(state), { action, reason }, role, false)

describe('the ways out that no disposition opens', () => {
  it('[POOL-3] pause and resume, also out of a lease', () => {
    expect(supervise(grantTo('alice').entry, { action: 'pause', reason: '' }, 'supervisor', false)).toMatchObject({
      value: { state: 'paused', lease: null },
    })
    expect(act({ state: 'paused' }, 'resume')).toMatchObject({ value: { state: 'pending' } })
    expect(act({ state: 'completed' }, 'pause')).toMatchObject({ refusal: 'entry-state' })
    expect(act({ state: 'pending' }, 'resume')).toMatchObject({ refusal: 'entry-state' })
  })

  it('[POOL-3] [POOL-5] [POOL-11] reopening gives fresh attempts and makes every earlier holder late', () => {
    expect(act({ state: 'unreachable', attempts: 3, lastToken: 4 }, 'reopen')).toMatchObject({
      value: { state: 'pending', attempts: 0, earlierAttempts: 3, lastToken: 5 },
    })
    expect(act({ state: 'pending' }, 'reopen')).toMatchObject({ refusal: 'entry-state' })
  })

  it('[POOL-3] out of do-not-call only an administrator with a reason, and not while the number is listed', () => {
    expect(act({ state: 'do-not-call' }, 'reopen')).toMatchObject({ refusal: 'not-permitted' })
    expect(act({ state: 'do-not-call' }, 'reopen', 'administrator', ' ')).toMatchObject({ refusal: 'reason-required' })
    expect(
      supervise(anEntry({ state: 'do-not-call' }), { action: 'reopen', reason: 'slip' }, 'administrator', true),
    ).toMatchObject({ refusal: 'do-not-call' })
    expect(act({ state: 'do-not-call' }, 'reopen', 'administrator')).toMatchObject({ value: { state: 'pending' } })
  })

  it('[POOL-3] is no agent’s to do', () => {
    expect(act({ state: 'pending' }, 'pause', 'agent')).toMatchObject({ refusal: 'not-permitted' })
  })

  it('[POOL-16] a barred number ends hold, callback and delay', () => {
    const { entry } = grantTo('alice', anEntry({ callback: { at: 1, for: null, note: null } }))
    expect(barred(entry)).toMatchObject({ state: 'do-not-call', lease: null, callback: null, dueAt: null })
  })
})
