import { describe, expect, it } from 'vitest'
import { correct } from '#shared/domain/pool/correct'
import { record } from '#shared/domain/pool/record'
import { anEntry, grantTo, MINUTE, noon, report, rules } from '#tests/support/pool-cast'

const alice = { userId: 'alice', role: 'agent' as const }
const bob = { userId: 'bob', role: 'agent' as const }
const carol = { userId: 'carol', role: 'supervisor' as const }
const dora = { userId: 'dora', role: 'administrator' as const }
const said = (disposition: string) => ({ disposition, note: null, callbackAt: null, callbackFor: 'me' as const })

/** alice’s disposition as it was booked at noon. */
function slip(disposition: string, attempts = 0) {
  const held = grantTo('alice', anEntry({ attempts }))
  const decided = record(held.entry, held.grant, null, report('alice', disposition, { at: noon }), rules, noon)
  if (!decided.ok) throw new Error(decided.refusal)
  return decided.value
}

describe('correcting a disposition', () => {
  it('[POOL-14] the entry follows as if it had been said at once; attempts stay one', () => {
    const { entry, attempt } = slip('reached')
    const corrected = correct(entry, attempt, said('no-answer'), alice, rules, noon + MINUTE)
    expect(corrected).toMatchObject({
      value: {
        entry: { state: 'pending', attempts: 1, dueAt: noon + 60 * MINUTE },
        attempt: { id: attempt.id, disposition: 'no-answer', flags: ['retry'], correctedAt: noon + MINUTE },
      },
    })
  })

  it('[POOL-14] limits follow: the third no-answer taken back is not unreachable any more', () => {
    const { entry, attempt } = slip('no-answer', 2)
    expect(entry.state).toBe('unreachable')
    expect(correct(entry, attempt, said('reached'), alice, rules, noon)).toMatchObject({
      value: { entry: { state: 'completed', attempts: 3 } },
    })
  })

  it('[POOL-14] its agent has five minutes, and only while it was not granted again; then a supervisor', () => {
    const { entry, attempt } = slip('no-answer')
    expect(correct(entry, attempt, said('busy'), alice, rules, noon + 5 * MINUTE).ok).toBe(true)
    expect(correct(entry, attempt, said('busy'), alice, rules, noon + 5 * MINUTE + 1)).toMatchObject({
      refusal: 'correction-window-over',
    })
    expect(correct(entry, attempt, said('busy'), bob, rules, noon)).toMatchObject({ refusal: 'not-permitted' })
    const again = grantTo('bob', { ...entry, dueAt: null }).entry
    expect(correct(again, attempt, said('busy'), alice, rules, noon)).toMatchObject({ refusal: 'granted-again' })
    const bySupervisor = correct(again, attempt, said('busy'), carol, rules, noon + 90 * MINUTE)
    expect(bySupervisor).toMatchObject({ value: { entry: again, attempt: { disposition: 'busy' } } })
  })

  it('[POOL-14] out of do-not-call only an administrator, and the number leaves the list', () => {
    const { entry, attempt } = slip('do-not-call')
    for (const by of [alice, carol])
      expect(correct(entry, attempt, said('reached'), by, rules, noon)).toMatchObject({ refusal: 'not-permitted' })
    expect(correct(entry, attempt, said('reached'), dora, rules, noon)).toMatchObject({
      value: { entry: { state: 'completed' }, liftsDoNotCall: true },
    })
  })

  it('[POOL-14] to do-not-call it applies at once, even when someone else holds the customer', () => {
    const { entry, attempt } = slip('no-answer')
    const again = grantTo('bob', { ...entry, dueAt: null }).entry
    expect(correct(again, attempt, said('do-not-call'), carol, rules, noon)).toMatchObject({
      value: { entry: { state: 'do-not-call', lease: null } },
    })
  })

  it('what happened by other hands since stays: a pause, a do-not-call from elsewhere', () => {
    const { entry, attempt } = slip('no-answer')
    for (const state of ['paused', 'do-not-call'] as const) {
      expect(correct({ ...entry, state }, attempt, said('busy'), alice, rules, noon)).toMatchObject({
        value: { entry: { state } },
      })
    }
  })
})
