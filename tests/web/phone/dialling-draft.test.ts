import { expect, it } from 'vitest'
import { DEFAULT_RULES, type DiallingRules } from '#shared/domain/dialling/rules'
import { draftOf, rulesOf, wrongPrefix, wrongPrice } from '../../../web/src/lib/phone/dialling-draft'

const RULES: DiallingRules = {
  ...DEFAULT_RULES,
  version: 7,
  countries: ['TR'],
  exceptions: [
    { prefix: '+90800', allow: true },
    { prefix: '+90555', allow: false },
  ],
  spend: { currency: 'TRY', perDay: 500, prices: [{ prefix: '+90', perMinute: 0.4 }], otherwise: 3 },
}

it('[SIP-7] what a form shows and keeps again is what it was given', () => {
  expect(rulesOf(draftOf(RULES), 7)).toEqual(RULES)
  expect(rulesOf(draftOf(DEFAULT_RULES), 0)).toEqual(DEFAULT_RULES)
})

it('[SIP-7] prefixes are taken as people write them; a line that is none is named', () => {
  expect(wrongPrefix('+90 (800)\n\n +1-900 ')).toBeNull()
  expect(wrongPrefix('+90\n0532')).toBe('0532')
  expect(wrongPrice('+90 532 0,05\n+1 2')).toBeNull()
  expect(wrongPrice('+90')).toBe('+90')
  const kept = rulesOf({ ...draftOf(RULES), prices: '+90 532 0,05\n+1 2', allowed: '+90 (800)', refused: '' }, 1)
  expect(kept?.spend.prices).toEqual([
    { prefix: '+90532', perMinute: 0.05 },
    { prefix: '+1', perMinute: 2 },
  ])
  expect(kept?.exceptions).toEqual([{ prefix: '+90800', allow: true }])
})

it('[SIP-7] nothing is kept of a form that does not fit', () => {
  for (const wrong of [
    { agentAtOnce: null },
    { maxMinutes: 241 },
    { allPerMinute: 0 },
    { currency: 'euro' },
    { prices: 'x' },
  ])
    expect(rulesOf({ ...draftOf(RULES), ...wrong }, 1)).toBeNull()
})
