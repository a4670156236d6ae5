import { describe, expect, it } from 'vitest'
import { zoneOf } from '#shared/domain/pool/country-zone'
import { PRESETS } from '#shared/domain/pool/presets'
import { disposition } from '#shared/protocol/pools'

const telecalling = PRESETS.telecalling.dispositions

describe('built-in dispositions', () => {
  it('[POOL-10] codes, Turkish labels, flags and delays are the ones people know', () => {
    const told = Object.fromEntries(
      telecalling.map((one) => [one.code, [one.labels.tr, one.flags.join(' '), one.retryDelayMinutes]]),
    )
    expect(told).toEqual({
      reached: ['Ulaşıldı', 'reached human-answered completed', null],
      interested: ['İlgileniyor', 'reached human-answered completed positive', null],
      'not-interested': ['İlgilenmiyor', 'reached human-answered completed', null],
      'call-back': ['Geri Arama', 'reached human-answered callback', null],
      'no-answer': ['Telefonu Açmadı', 'retry', 60],
      busy: ['Meşgul', 'retry', 15],
      rejected: ['Meşgule Attı', 'retry', 240],
      voicemail: ['Telesekreter', 'retry', 120],
      'wrong-number': ['Yanlış Numara', 'wrong-number', null],
      'do-not-call': ['Aramayın', 'reached do-not-call', null],
    })
  })

  it('[POOL-10] keys 1 to 9 and 0, one each, do-not-call on 0', () => {
    expect(new Set(telecalling.map((one) => one.hotkey)).size).toBe(10)
    expect(telecalling.find((one) => one.code === 'do-not-call')?.hotkey).toBe('Digit0')
  })

  it('[POOL-10] the simple panel has four, no delay, three attempts', () => {
    const { maxAttempts, dispositions } = PRESETS['simple-panel']
    expect(maxAttempts).toBe(3)
    expect(dispositions.map((one) => [one.code, one.retryDelayMinutes])).toEqual([
      ['reached', null],
      ['no-answer', 0],
      ['rejected', 0],
      ['busy', 0],
    ])
  })

  it.each(Object.entries(PRESETS))('%s is what the protocol calls dispositions, in four languages', (_name, preset) => {
    for (const one of preset.dispositions) expect(disposition.safeParse(one).success, one.code).toBe(true)
  })
})

it('a new pool works in the zone of its country', () => {
  expect(['TR', 'CR', 'IN', 'ES', 'US', 'EG'].map(zoneOf)).toEqual([
    'Europe/Istanbul',
    'America/Costa_Rica',
    expect.stringMatching(/^Asia\/(Calcutta|Kolkata)$/),
    'Europe/Madrid',
    'America/New_York',
    'Africa/Cairo',
  ])
})
