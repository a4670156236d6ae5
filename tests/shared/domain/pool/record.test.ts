import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { settle } from '#shared/domain/pool/lane'
import { bookMissing } from '#shared/domain/pool/missing'
import { record, type Recorded, type Report } from '#shared/domain/pool/record'
import { PRESETS } from '#shared/domain/pool/presets'
import { anEntry, grantTo, MINUTE, noon, report, rules } from '#tests/support/pool-cast'

const later = noon + 2 * MINUTE
function booked(
  entry: Parameters<typeof record>[0],
  grant: Parameters<typeof record>[1],
  said: Report,
  now = later,
): Recorded {
  const decided = record(entry, grant, null, said, rules, now)
  if (!decided.ok) throw new Error(decided.refusal)
  return decided.value
}
const refusal = (said: Report, dispositions = rules.dispositions) => {
  const { entry, grant } = grantTo('alice')
  const decided = record(entry, grant, null, said, { ...rules, dispositions }, later)
  return decided.ok ? null : decided.refusal
}

describe('what a disposition makes of an entry', () => {
  it.each([
    ['reached', 'completed', null],
    ['not-interested', 'completed', null],
    ['no-answer', 'pending', 60],
    ['busy', 'pending', 15],
    ['rejected', 'pending', 240],
    ['voicemail', 'pending', 120],
    ['wrong-number', 'unreachable', null],
    ['do-not-call', 'do-not-call', null],
  ])('[POOL-10] %s → %s', (disposition, state, minutes) => {
    const { entry, grant } = grantTo('alice')
    const { entry: moved, attempt, outcome } = booked(entry, grant, report('alice', disposition))
    const dueAt = minutes === null ? null : noon + MINUTE + minutes * MINUTE
    expect([outcome, moved.state, moved.dueAt, moved.attempts, moved.lease]).toEqual([
      'accepted',
      state,
      dueAt,
      1,
      null,
    ])
    expect(attempt).toMatchObject({ n: 1, byHandset: true, late: false, at: noon + MINUTE, bookedAt: later })
  })

  it('[POOL-11] the last attempt of the limit makes it unreachable', () => {
    const { entry, grant } = grantTo('alice', anEntry({ attempts: 2 }))
    expect(booked(entry, grant, report('alice', 'no-answer')).entry).toMatchObject({
      state: 'unreachable',
      attempts: 3,
    })
  })

  it('[POOL-15] a promised callback is exempt from the limit, mine unless said otherwise', () => {
    const { entry, grant } = grantTo('alice', anEntry({ attempts: 2 }))
    const said = report('alice', 'call-back', { callbackAt: noon + 90 * MINUTE, note: 'after work' })
    expect(booked(entry, grant, said).entry).toMatchObject({
      state: 'pending',
      attempts: 3,
      callback: { at: noon + 90 * MINUTE, for: 'alice', note: 'after work', by: 'alice' },
    })
    expect(booked(entry, grant, { ...said, callbackFor: 'anyone' }).entry.callback?.for).toBeNull()
  })

  it('[POOL-12] a known call is no handset; self-reported time is kept with the attempt', () => {
    const { entry, grant } = grantTo('alice')
    expect(booked(entry, grant, report('alice', 'reached', { callId: 'call-1' })).attempt).toMatchObject({
      byHandset: false,
      callId: 'call-1',
    })
    expect(booked(entry, grant, report('alice', 'reached', { talkMs: 9_000 })).attempt).toMatchObject({
      byHandset: true,
      talkMs: 9_000,
    })
  })

  it('a paused entry goes on being paused, a finished one is finished', () => {
    const { entry, grant } = grantTo('alice')
    const paused = { ...entry, state: 'paused' as const, lease: null }
    expect(booked(paused, grant, report('alice', 'no-answer')).entry.state).toBe('paused')
    expect(booked(paused, grant, report('alice', 'reached')).entry.state).toBe('completed')
  })
})

describe('what is refused, with nothing changed', () => {
  const needsNote = PRESETS.telecalling.dispositions.map((one) => ({ ...one, noteRequired: true }))
  it('[POOL-13] unknown disposition, missing note, long note, missing or past callback time', () => {
    expect(refusal(report('alice', 'sold'))).toBe('unknown-disposition')
    expect(refusal(report('alice', 'reached', { note: '  ' }), needsNote)).toBe('note-required')
    expect(refusal(report('alice', 'reached', { note: 'x'.repeat(2001) }))).toBe('note-too-long')
    expect(refusal(report('alice', 'call-back'))).toBe('callback-time-required')
    expect(refusal(report('alice', 'call-back', { callbackAt: noon }))).toBe('callback-in-the-past')
  })

  it('[POOL-15] a callback promised offline whose time has passed by now is taken: it is due at once', () => {
    const { entry, grant } = grantTo('alice')
    const said = report('alice', 'call-back', { callbackAt: noon + 5 * MINUTE })
    expect(record(entry, grant, null, said, rules, noon + 300 * MINUTE).ok).toBe(true)
  })

  it('[POOL-5] a second word by the same hold', () => {
    const { entry, grant } = grantTo('alice')
    const { entry: moved, attempt } = booked(entry, grant, report('alice', 'reached'))
    expect(record(moved, { ...grant, attemptId: attempt.id }, attempt, report('alice', 'busy'), rules, later)).toEqual({
      ok: false,
      refusal: 'already-recorded',
    })
  })
})

describe('late', () => {
  const overtake = (entry: ReturnType<typeof anEntry>) =>
    grantTo('bob', settle(entry, rules, noon + 11 * MINUTE), noon + 11 * MINUTE)

  it('[POOL-5] books and counts, and the entry does not move; a completion warns the holder', () => {
    const hers = grantTo('alice')
    const his = overtake(hers.entry)
    const { outcome, entry, attempt, warnsHolder } = booked(
      his.entry,
      hers.grant,
      report('alice', 'reached'),
      noon + 12 * MINUTE,
    )
    expect([outcome, warnsHolder]).toEqual(['late', true])
    expect(entry).toEqual({ ...his.entry, attempts: 1 })
    expect(attempt).toMatchObject({ late: true, n: 1 })
    expect(booked(his.entry, hers.grant, report('alice', 'busy'), noon + 12 * MINUTE).warnsHolder).toBe(false)
  })

  it('[POOL-5] a late do-not-call ends the hold at once', () => {
    const hers = grantTo('alice')
    const { entry } = booked(overtake(hers.entry).entry, hers.grant, report('alice', 'do-not-call'), noon + 12 * MINUTE)
    expect(entry).toMatchObject({ state: 'do-not-call', lease: null })
  })
})

describe('a call whose desk died', () => {
  it('[POOL-17] is booked once, rests an hour, and is resolved as the same attempt', () => {
    const { entry, grant } = grantTo('alice')
    const call = { id: 'missing-1', agentName: 'alice', callId: 'call-1', at: noon + MINUTE, talkMs: 42_000 }
    const first = bookMissing(entry, grant, call, later)!
    expect(first.entry).toMatchObject({
      state: 'pending',
      attempts: 1,
      missingAttempt: 'missing-1',
      dueAt: later + 60 * MINUTE,
    })
    const known = { ...grant, attemptId: 'missing-1' }
    expect(bookMissing(first.entry, known, call, later)).toBeNull()
    const resolved = record(
      first.entry,
      known,
      first.attempt,
      report('alice', 'busy', { callId: 'call-1' }),
      rules,
      later,
    )
    expect(resolved).toMatchObject({
      value: {
        outcome: 'accepted',
        entry: { attempts: 1, missingAttempt: null, state: 'pending' },
        attempt: { id: 'missing-1', disposition: 'busy', talkMs: 42_000, byHandset: false },
      },
    })
  })

  it('[POOL-17] with the limit spent it is unreachable only when its rest is over', () => {
    const { entry, grant } = grantTo('alice', anEntry({ attempts: 2 }))
    const call = { id: 'missing-1', agentName: 'alice', callId: null, at: noon, talkMs: 0 }
    const { entry: waits } = bookMissing(entry, grant, call, later)!
    expect(settle(waits, rules, later + 59 * MINUTE).state).toBe('pending')
    expect(settle(waits, rules, later + 60 * MINUTE).state).toBe('unreachable')
  })
})

it('the time of an act is kept between the grant and now, whatever the device’s clock says', () => {
  fc.assert(
    fc.property(fc.integer({ min: -5 * 3_600_000, max: 5 * 3_600_000 }), (off) => {
      const { entry, grant } = grantTo('alice')
      const { attempt } = booked(entry, grant, report('alice', 'no-answer', { at: noon + off }))
      expect(attempt.at).toBeGreaterThanOrEqual(noon)
      expect(attempt.at).toBeLessThanOrEqual(later)
    }),
  )
})
