import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PRESETS } from '#shared/domain/pool/presets'
import type { Disposition } from '#shared/protocol/pools'
import { emptyDraft, isTouched, missingIn, saidIn, type Draft } from '../../../web/src/lib/desk/draft'
import { mainKeyOf, type DeskMoment } from '../../../web/src/lib/desk/main-key'
import { isUnlikely, keyWord, sides, suggestionFor } from '../../../web/src/lib/desk/suggestion'

const NOON = Date.UTC(2026, 10, 20, 12)
const telecalling = PRESETS['telecalling'].dispositions as Disposition[]
const simple = PRESETS['simple-panel'].dispositions as Disposition[]
const named = (code: string, among = telecalling) => among.find((one) => one.code === code)!
const draft = (changes: Partial<Draft>): Draft => ({ ...emptyDraft('renewals:1:1'), ...changes })

describe('what must be said first', () => {
  it('[POOL-13] a callback needs its time, and one that is still to come', () => {
    const callBack = named('call-back')
    expect(missingIn(draft({ disposition: 'call-back' }), callBack, NOON)).toBe('callback-time')
    expect(missingIn(draft({ disposition: 'call-back', callbackAt: NOON }), callBack, NOON)).toBe(
      'callback-in-the-past',
    )
    expect(missingIn(draft({ disposition: 'call-back', callbackAt: NOON + 1 }), callBack, NOON)).toBeNull()
  })
  it('[POOL-13] a required note is not a blank one', () => {
    const strict = { ...named('interested'), noteRequired: true }
    expect(missingIn(draft({ disposition: 'interested', note: ' \n ' }), strict, NOON)).toBe('note')
    expect(missingIn(draft({ disposition: 'interested', note: 'likes it' }), strict, NOON)).toBeNull()
    expect(missingIn(draft({}), null, NOON)).toBe('disposition')
  })
  it('[POOL-13] only what the disposition asks for is said: a time left over from another choice stays home', () => {
    const left = draft({ disposition: 'busy', note: ' soon ', callbackAt: NOON + 1, callbackFor: 'anyone' })
    expect(saidIn(left, named('busy'))).toEqual({ disposition: 'busy', note: 'soon' })
    expect(saidIn(left, named('call-back'))).toEqual({
      disposition: 'call-back',
      note: 'soon',
      callbackAt: NOON + 1,
      callbackFor: 'anyone',
    })
  })
  it('[POOL-13] a suggestion alone is not a begun draft; a choice or a word is', () => {
    expect(isTouched(draft({ disposition: 'busy', isSuggested: true }))).toBe(false)
    expect(isTouched(draft({ disposition: 'busy' }))).toBe(true)
    expect(isTouched(draft({ note: 'x' }))).toBe(true)
  })
})

describe('what the call suggests', () => {
  it.each([
    ['busy', 'busy'],
    ['no-answer', 'no-answer'],
    ['rejected', 'rejected'],
    ['cancelled', 'no-answer'],
    ['invalid-number', 'wrong-number'],
  ] as const)('[POOL-13] %s → %s', (cause, code) => {
    expect(suggestionFor(cause, false, telecalling)?.code).toBe(code)
  })
  it('[POOL-13] people who talked, and our own failures, suggest nothing', () => {
    expect(suggestionFor('normal', true, telecalling)).toBeNull()
    expect(suggestionFor('busy', true, telecalling)).toBeNull()
    for (const cause of ['failed', 'media-failed', 'not-allowed', 'unreachable'] as const)
      expect(suggestionFor(cause, false, telecalling)).toBeNull()
  })
  it('[POOL-10] a pool of its own words is read by flags', () => {
    const own: Disposition[] = [
      { ...named('interested'), code: 'sold' },
      { ...named('no-answer'), code: 'try-later' },
    ]
    expect(suggestionFor('busy', false, own)?.code).toBe('try-later')
    expect(suggestionFor('invalid-number', false, own)).toBeNull()
    expect(suggestionFor('rejected', false, simple)?.code).toBe('rejected')
  })
  it('every disposition stands on exactly one side, and unlikely ones are never lost', () => {
    const { reached, notReached } = sides(telecalling)
    expect([...reached, ...notReached].map((one) => one.code).sort()).toEqual(telecalling.map((one) => one.code).sort())
    expect(isUnlikely(named('no-answer'), true)).toBe(true)
    expect(isUnlikely(named('interested'), false)).toBe(true)
    expect(isUnlikely(named('do-not-call'), false)).toBe(false)
    expect(isUnlikely(named('interested'), null)).toBe(false)
    expect(
      telecalling
        .map((one) => keyWord(one.hotkey))
        .sort()
        .join(''),
    ).toBe('0123456789')
  })
})

describe('the main key', () => {
  const idle: DeskMoment = {
    isPulling: false,
    presence: 'available',
    isInCall: false,
    hasHand: false,
    chosen: null,
    missing: null,
    callbackAt: null,
    isOffline: false,
  }
  it('says what it will do', () => {
    expect(mainKeyOf(idle)).toEqual({ does: 'next' })
    expect(mainKeyOf({ ...idle, presence: 'not-ready' })).toEqual({ does: 'go-available' })
    expect(mainKeyOf({ ...idle, isPulling: true })).toEqual({ does: 'nothing', why: 'pulling' })
    const hand: DeskMoment = { ...idle, presence: 'with-customer', hasHand: true, missing: 'disposition' }
    expect(mainKeyOf(hand)).toEqual({ does: 'nothing', why: 'choose' })
    expect(mainKeyOf({ ...hand, chosen: named('busy'), missing: null })).toMatchObject({ does: 'save', goesOn: true })
    expect(mainKeyOf({ ...hand, chosen: named('busy'), missing: null, presence: 'not-ready' })).toMatchObject({
      does: 'save',
      goesOn: false,
    })
    expect(mainKeyOf({ ...hand, chosen: named('busy'), missing: null, isInCall: true })).toEqual({
      does: 'nothing',
      why: 'in-call',
    })
  })
  it('[POOL-13] never saves while something is missing, a call is on, or nobody is in hand', () => {
    const moments = fc.record({
      isPulling: fc.boolean(),
      presence: fc.constantFrom(
        'offline',
        'available',
        'with-customer',
        'ringing',
        'on-call',
        'wrap-up',
        'not-ready',
        'unreachable',
      ),
      isInCall: fc.boolean(),
      hasHand: fc.boolean(),
      chosen: fc.constantFrom(null, named('busy')),
      missing: fc.constantFrom(null, 'disposition', 'note', 'callback-time', 'callback-in-the-past'),
      callbackAt: fc.constant(null),
      isOffline: fc.boolean(),
    }) as fc.Arbitrary<DeskMoment>
    fc.assert(
      fc.property(moments, (moment) => {
        if (mainKeyOf(moment).does === 'save')
          expect(moment.hasHand && !moment.isInCall && moment.missing === null && moment.chosen !== null).toBe(true)
      }),
    )
  })
})
