import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cancelCallback, moveCallback, zoneOfCustomer } from '#shared/domain/pool/callback'
import { CALLBACK_ANYONE, callbackMine, placeOf, settle } from '#shared/domain/pool/lane'
import { lanesFor } from '#shared/domain/pool/order'
import { record } from '#shared/domain/pool/record'
import { anEntry, grantTo, MINUTE, noon, report, rules } from '#tests/support/pool-cast'

const alice = { userId: 'alice', role: 'agent' } as const
const bob = { userId: 'bob', role: 'agent' } as const
const carol = { userId: 'carol', role: 'supervisor' } as const
const at = noon + 90 * MINUTE
const mine = anEntry({ attempts: 1, callback: { at, for: 'alice', note: 'after work', by: 'alice' } })
const anyones = anEntry({ attempts: 1, callback: { at, for: null, note: null, by: 'alice' } })

describe('a promised call', () => {
  it('[POOL-15] is moved by who promised it, and by a supervisor; by no one else', () => {
    const to = at + 60 * MINUTE
    expect(moveCallback(mine, { was: at, to }, alice, noon)).toMatchObject({
      value: { callback: { at: to, for: 'alice', note: 'after work', by: 'alice' } },
    })
    expect(moveCallback(anyones, { was: at, to }, alice, noon).ok).toBe(true)
    expect(moveCallback(mine, { was: at, to }, bob, noon)).toMatchObject({ refusal: 'not-permitted' })
    expect(moveCallback(mine, { was: at, to, for: null }, carol, noon)).toMatchObject({
      value: { callback: { for: null } },
    })
  })

  it('[POOL-15] is not moved into the past, nor from a time that no longer stands', () => {
    expect(moveCallback(mine, { was: at, to: noon }, alice, noon)).toMatchObject({ refusal: 'callback-in-the-past' })
    expect(moveCallback(mine, { was: at - 1, to: at + 1 }, alice, noon)).toMatchObject({ refusal: 'conflict' })
    expect(moveCallback(anEntry(), { was: at, to: at + 1 }, alice, noon)).toMatchObject({ refusal: 'unknown-callback' })
    expect(moveCallback({ ...mine, state: 'leased' }, { was: at, to: at + 1 }, alice, noon)).toMatchObject({
      refusal: 'entry-state',
    })
  })

  it('[POOL-15] cancelled, the customer waits like any other; with the attempts spent it is unreachable', () => {
    const cancelled = cancelCallback(mine, at, alice)
    if (!cancelled.ok) throw new Error(cancelled.refusal)
    expect(cancelled.value).toMatchObject({ state: 'pending', callback: null })
    expect(placeOf(cancelled.value, rules, noon).lane).toBe('general')
    const spent = cancelCallback({ ...mine, attempts: 3 }, at, alice)
    expect(spent.ok && settle(spent.value, rules, noon).state).toBe('unreachable')
    expect(cancelCallback(mine, at, bob)).toMatchObject({ refusal: 'not-permitted' })
  })

  it('[POOL-15] attempt 3 of 3 with a promise is not unreachable, and is pulled by its agent when it is due', () => {
    const { entry, grant } = grantTo('alice', anEntry({ attempts: 2 }))
    const booked = record(entry, grant, null, report('alice', 'call-back', { callbackAt: at }), rules, noon)
    if (!booked.ok) throw new Error(booked.refusal)
    const due = settle(booked.value.entry, rules, at)
    expect([due.state, due.attempts, placeOf(due, rules, at).lane]).toEqual(['pending', 3, callbackMine('alice')])
  })

  it('[POOL-15] promised to me is given to nobody else before its grace, whoever moves it, whenever it is looked at', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 600 }), fc.boolean()), { maxLength: 5 }),
        fc.integer({ min: 0, max: 900 }),
        (moves, minutes) => {
          let entry = mine
          for (const [later, bySupervisor] of moves) {
            const was = entry.callback!.at
            const moved = moveCallback(entry, { was, to: noon + later * MINUTE }, bySupervisor ? carol : alice, noon)
            if (!moved.ok) throw new Error(moved.refusal)
            entry = moved.value
          }
          const now = noon + minutes * MINUTE
          const { lane } = placeOf(settle(entry, rules, now), rules, now)
          const promisedAt = entry.callback!.at
          const isBobs = lanesFor('bob').flat().includes(lane)
          expect(isBobs).toBe(now >= promisedAt + rules.callbackGraceMs)
          if (isBobs) expect(lane).toBe(CALLBACK_ANYONE)
          else expect(lane).toBe(now < promisedAt ? 'callback-later' : callbackMine('alice'))
        },
      ),
    )
  })

  it('[POOL-15] is made by the customer’s clock: the list’s zone, else the number’s, else the pool’s', () => {
    expect(zoneOfCustomer('+50651234567', null, 'Europe/Istanbul')).toBe('America/Costa_Rica')
    expect(zoneOfCustomer('+50651234567', 'America/Bogota', 'Europe/Istanbul')).toBe('America/Bogota')
    expect(zoneOfCustomer('+18005550100', null, 'America/Chicago')).toBe('America/Chicago')
    expect(zoneOfCustomer('+99900000000', null, 'Europe/Istanbul')).toBe('Europe/Istanbul')
  })

  it('[POOL-10] a callback that may go without a time waits its delay like a retry', () => {
    const soft = rules.dispositions.map((one) =>
      one.code === 'call-back' ? { ...one, callbackTimeRequired: false, retryDelayMinutes: 30 } : one,
    )
    const { entry, grant } = grantTo('alice')
    const booked = record(
      entry,
      grant,
      null,
      report('alice', 'call-back'),
      { ...rules, dispositions: soft },
      noon + MINUTE,
    )
    expect(booked).toMatchObject({ value: { entry: { state: 'pending', callback: null, dueAt: noon + 31 * MINUTE } } })
    expect(record(entry, grant, null, report('alice', 'call-back'), rules, noon)).toMatchObject({
      refusal: 'callback-time-required',
    })
  })
})
