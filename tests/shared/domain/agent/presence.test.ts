import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ABSENT,
  callEnded,
  callGoesOn,
  callHappened,
  choose,
  disposed,
  mayPull,
  stateOf,
  wrapUpOver,
  type Presence,
} from '#shared/domain/agent/presence'

const noon = 1_000_000
const noPhone = { needed: false, registered: false }
const WRAP = { leaseId: 'pool:7:1', lengthMs: 30_000 }

function available(at = noon): Presence {
  const chosen = choose(ABSENT, { state: 'available', reason: null }, noPhone, at)
  if (!chosen.ok) throw new Error(chosen.refusal)
  return chosen.value
}
const withLease = (presence: Presence, since = noon): Presence => ({
  ...presence,
  lease: { since, expiresAt: since + 600_000 },
})

describe('choosing a state', () => {
  it('[AGENT-2] available, not ready with a reason, offline', () => {
    expect(stateOf(available(), noon)).toEqual({ state: 'available', reason: null, since: noon })
    const lunch = choose(available(), { state: 'not-ready', reason: 'lunch' }, noPhone, noon + 5)
    expect(lunch.ok && stateOf(lunch.value, noon + 9)).toEqual({ state: 'not-ready', reason: 'lunch', since: noon + 5 })
    expect(stateOf(ABSENT, noon).state).toBe('offline')
  })

  it('[POOL-12] needs a registered phone only where calls are made in the browser', () => {
    const wish = { state: 'available', reason: null } as const
    expect(choose(ABSENT, wish, { needed: true, registered: false }, noon)).toEqual({
      ok: false,
      refusal: 'phone-not-registered',
    })
    expect(choose(ABSENT, wish, { needed: true, registered: true }, noon).ok).toBe(true)
    expect(choose(ABSENT, { state: 'not-ready', reason: null }, { needed: true, registered: false }, noon).ok).toBe(
      true,
    )
  })

  it('choosing the same again keeps since when it holds', () => {
    const again = choose(available(), { state: 'available', reason: null }, noPhone, noon + 99)
    expect(again.ok && again.value.chosen.since).toBe(noon)
  })
})

describe('what happens to an agent', () => {
  it('[AGENT-2] a lease in hand is with-customer until it lapses; nobody has to take it back', () => {
    const presence = withLease(available())
    expect(stateOf(presence, noon + 1)).toMatchObject({ state: 'with-customer', since: noon })
    expect(stateOf(presence, noon + 600_000).state).toBe('available')
  })

  it('[POOL-17] ringing, on a call, wrap-up, one extension while the disposition is owed, then available again', () => {
    let presence = withLease(available())
    presence = callGoesOn(presence, 'c1', 'ringing', noon + 10)
    expect(stateOf(presence, noon + 11)).toMatchObject({ state: 'ringing', since: noon + 10 })
    presence = callGoesOn(presence, 'c1', 'talking', noon + 20)
    expect(stateOf(presence, noon + 21)).toMatchObject({ state: 'on-call', since: noon + 20 })
    presence = { ...callEnded(presence, 'c1', WRAP, noon + 1_000), lease: null }
    expect(stateOf(presence, noon + 1_001)).toMatchObject({ state: 'wrap-up', since: noon + 1_000 })
    presence = wrapUpOver(presence, true, noon + 31_000)
    expect(stateOf(presence, noon + 31_001).state).toBe('wrap-up')
    presence = wrapUpOver(presence, true, noon + 61_000)
    expect(stateOf(presence, noon + 61_001).state).toBe('available')
  })

  it('[POOL-17] is not extended when nothing is owed, and not over before its time', () => {
    const presence = callEnded(available(), 'c1', WRAP, noon)
    expect(wrapUpOver(presence, true, noon + 29_999)).toBe(presence)
    expect(wrapUpOver(presence, false, noon + 30_000).wrapUp).toBeNull()
  })

  it('[POOL-17] the disposition ends its own wrap-up at once, not another’s', () => {
    const presence = callEnded(available(), 'c1', WRAP, noon)
    expect(stateOf(disposed(presence, WRAP.leaseId), noon + 1).state).toBe('available')
    expect(stateOf(disposed(presence, 'pool:8:1'), noon + 1).state).toBe('wrap-up')
  })

  it('[POOL-17] a call of extensions has no wrap-up', () => {
    const presence = callEnded(callGoesOn(available(), 'c1', 'talking', noon), 'c1', null, noon + 5)
    expect(stateOf(presence, noon + 6).state).toBe('available')
  })

  it('a second call that rings does not hide the one that talks', () => {
    const presence = callGoesOn(callGoesOn(available(), 'c1', 'talking', noon), 'c2', 'ringing', noon + 1)
    expect(stateOf(presence, noon + 2).state).toBe('on-call')
  })

  it('away without a device is offline, but a call goes on', () => {
    const away = { ...available(), awaySince: noon + 60_000 }
    expect(stateOf(away, noon + 60_001)).toMatchObject({ state: 'offline', since: noon + 60_000 })
    expect(stateOf(callGoesOn(away, 'c1', 'talking', noon + 60_002), noon + 60_003).state).toBe('on-call')
  })

  it('[PHONE-8] available with a page that stands still is unreachable, customer in hand or not, and pulls nothing; choosing ends it', () => {
    const gone = { ...available(), unreachableSince: noon + 9 }
    expect(stateOf(gone, noon + 10)).toEqual({ state: 'unreachable', reason: null, since: noon + 9 })
    expect(stateOf(withLease(gone), noon + 10).state).toBe('unreachable')
    expect(mayPull(withLease(gone), noon + 10)).toBe(false)
    expect(stateOf(callGoesOn(gone, 'c1', 'talking', noon + 11), noon + 12).state).toBe('on-call')
    const paused = choose(gone, { state: 'not-ready', reason: 'lunch' }, noPhone, noon + 20)
    expect(paused.ok && paused.value.unreachableSince).toBe(null)
    expect(stateOf({ ...gone, chosen: { state: 'not-ready', reason: 'lunch', since: noon } }, noon + 20).state).toBe(
      'not-ready',
    )
  })

  it('[POOL-9] pulls only when available or with a customer', () => {
    expect(mayPull(available(), noon)).toBe(true)
    expect(mayPull(withLease(available()), noon)).toBe(true)
    expect(mayPull(ABSENT, noon)).toBe(false)
    expect(mayPull(callGoesOn(available(), 'c1', 'ringing', noon), noon)).toBe(false)
    expect(mayPull(callEnded(available(), 'c1', WRAP, noon), noon + 1)).toBe(false)
  })

  it('[POOL-17] a call that reached nobody’s line owes nothing', () => {
    const call = { rang: false, answered: false, sipStatus: null }
    expect(callHappened(call)).toBe(false)
    expect(callHappened({ ...call, sipStatus: 503 })).toBe(false)
    expect(callHappened({ ...call, sipStatus: 487 })).toBe(false)
    expect(callHappened({ ...call, sipStatus: 486 })).toBe(true)
    expect(callHappened({ ...call, sipStatus: 603 })).toBe(true)
    expect(callHappened({ ...call, rang: true, sipStatus: 487 })).toBe(true)
    expect(callHappened({ ...call, answered: true })).toBe(true)
  })

  it('whatever happens, once calls, wrap-up, lease and absence are over, what was chosen shows again', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('ring' as const), id: fc.constantFrom('a', 'b') }),
      fc.record({ do: fc.constant('talk' as const), id: fc.constantFrom('a', 'b') }),
      fc.record({ do: fc.constant('end' as const), id: fc.constantFrom('a', 'b') }),
      fc.record({ do: fc.constant('lease' as const), id: fc.constant('') }),
      fc.record({ do: fc.constant('tick' as const), id: fc.constant('') }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let presence = available()
        let now = noon
        for (const { do: what, id } of steps) {
          now += 7_000
          if (what === 'ring') presence = callGoesOn(presence, id, 'ringing', now)
          else if (what === 'talk') presence = callGoesOn(presence, id, 'talking', now)
          else if (what === 'end') presence = callEnded(presence, id, WRAP, now)
          else if (what === 'lease') presence = withLease(presence, now)
          else presence = wrapUpOver(presence, true, now)
          expect(presence.calls.length).toBeLessThanOrEqual(2)
        }
        for (const id of ['a', 'b']) presence = callEnded(presence, id, null, now)
        now += 3_600_000
        presence = wrapUpOver(wrapUpOver(presence, true, now), true, now)
        expect(stateOf(presence, now).state).toBe('available')
      }),
    )
  })
})
