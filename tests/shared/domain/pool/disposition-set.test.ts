import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Disposition } from '#shared/domain/pool/disposition'
import {
  codeFrom,
  DECIDING,
  HOTKEYS,
  moved,
  problemsOf,
  startFrom,
  without,
  type DispositionProblem,
} from '#shared/domain/pool/disposition-set'
import { PRESETS } from '#shared/domain/pool/presets'

const nothingUsed = new Set<string>()
const telecalling = PRESETS.telecalling.dispositions
const change = (code: string, over: Partial<Disposition>): Disposition[] =>
  telecalling.map((one) => (one.code === code ? { ...one, ...over } : one))
const found = (set: readonly Disposition[], used = nothingUsed): [DispositionProblem, string | null][] =>
  problemsOf(set, used).map(({ problem, code }) => [problem, code])

describe('a pool’s own dispositions', () => {
  it.each(Object.keys(PRESETS) as (keyof typeof PRESETS)[])('[POOL-10] the preset %s can be worked with', (name) => {
    expect(problemsOf(PRESETS[name].dispositions, nothingUsed)).toEqual([])
  })

  it('[POOL-10] a customer must be able to leave the pool by one of those offered', () => {
    const retries = telecalling.filter(({ flags }) => flags.includes('retry'))
    expect(found(retries)).toEqual([['no-way-out', null]])
    const out = telecalling.find(({ code }) => code === 'reached')!
    expect(found([...retries, { ...out, retired: true }])).toEqual([['no-way-out', null]])
    expect(found([...retries, out])).toEqual([])
  })

  it.each<[string, Partial<Disposition>, DispositionProblem]>([
    ['no decision', { flags: ['reached', 'human-answered'] }, 'undecided'],
    ['done, and yet tried again', { flags: ['completed', 'retry'], retryDelayMinutes: 5 }, 'contradicting-flags'],
    ['never to be called, and yet promised', { flags: ['do-not-call', 'callback'] }, 'contradicting-flags'],
    ['won without being reached', { flags: ['completed', 'positive'] }, 'contradicting-flags'],
    ['reached and out of reach', { flags: ['reached', 'unreachable'] }, 'contradicting-flags'],
    ['a time promised without a call', { callbackTimeRequired: true }, 'contradicting-flags'],
    ['a retry without a delay', { flags: ['retry'], retryDelayMinutes: null }, 'delay-missing'],
    ['a blank name', { labels: { en: 'Reached', tr: ' ', es: 'Contactado', ar: 'تم' } }, 'label-missing'],
    ['a tag twice', { tags: ['gold', 'gold'] }, 'tags-invalid'],
    ['a key of the desk itself', { hotkey: 'KeyN' }, 'unknown-hotkey'],
    ['a key that another has', { hotkey: 'Digit1' }, 'duplicate-hotkey'],
  ])('[POOL-10] refuses %s', (_, over, problem) => {
    expect(found(change('reached', over))).toContainEqual([problem, 'reached'])
  })

  it('[POOL-10] a code stands once, a key once among those offered', () => {
    expect(found([...telecalling, telecalling[0]!])).toContainEqual(['duplicate-code', 'interested'])
    const shared = change('reached', { hotkey: 'Digit1' })
    expect(problemsOf(shared, nothingUsed).find(({ code }) => code === 'reached')?.with).toBe('interested')
    expect(
      found(
        change('interested', { retired: true }).map((one) =>
          one.code === 'reached' ? { ...one, hotkey: 'Digit1' } : one,
        ),
      ),
    ).toEqual([])
  })

  it('[POOL-10] a code that attempts name cannot be deleted, only retired', () => {
    const used = new Set(['busy', 'reached'])
    expect(
      found(
        telecalling.filter(({ code }) => code !== 'busy'),
        used,
      ),
    ).toEqual([['code-in-use', 'busy']])
    const set = without(telecalling, 'busy', used)
    expect(set.find(({ code }) => code === 'busy')).toMatchObject({ retired: true, hotkey: null })
    expect(found(set, used)).toEqual([])
    expect(without(telecalling, 'voicemail', used).map(({ code }) => code)).not.toContain('voicemail')
  })

  it('[POOL-10] beginning again from a preset keeps what attempts name, retired', () => {
    const set = startFrom(PRESETS['simple-panel'].dispositions, telecalling, new Set(['voicemail', 'busy']))
    expect(set.map(({ code, retired }) => [code, retired ?? false])).toEqual([
      ['reached', false],
      ['no-answer', false],
      ['rejected', false],
      ['busy', false],
      ['voicemail', true],
    ])
    expect(problemsOf(set, new Set(['voicemail', 'busy']))).toEqual([])
  })

  it('[POOL-10] whatever is taken off or begun again, what attempts name stays and the keys stay one each', () => {
    const codes = telecalling.map(({ code }) => code)
    fc.assert(
      fc.property(fc.subarray(codes), fc.array(fc.constantFrom(...codes)), (names, taken) => {
        const used = new Set(names)
        const left = taken.reduce<Disposition[]>((set, code) => without(set, code, used), [...telecalling])
        const again = startFrom(PRESETS['contact-ageing'].dispositions, left, used)
        for (const set of [left, again]) {
          const known = set.map(({ code }) => code)
          expect(names.every((code) => known.includes(code))).toBe(true)
          const problems = problemsOf(set, used).map(({ problem }) => problem)
          expect(problems.filter((problem) => problem !== 'no-way-out')).toEqual([])
        }
      }),
    )
  })

  it('[POOL-10] moves one and keeps all', () => {
    expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a'])
    expect(moved(['a', 'b', 'c'], 2, -5)).toEqual(['c', 'a', 'b'])
    expect(moved(['a', 'b'], 7, 0)).toEqual(['a', 'b'])
  })

  it('[POOL-10] makes a code of a name, free of those there are', () => {
    expect(codeFrom('Wants a quote!', new Set())).toBe('wants-a-quote')
    expect(codeFrom('İlgileniyor', new Set(['ilgileniyor']))).toBe('ilgileniyor-2')
    expect(codeFrom('مهتم', new Set())).toBe('disposition')
    expect(codeFrom('2nd call', new Set())).toBe('d-2nd-call')
    for (const label of ['Número equivocado', '— ', 'x'.repeat(80)])
      expect(codeFrom(label, new Set())).toMatch(/^[a-z][a-z0-9-]{0,39}$/)
  })

  it('[POOL-10] decides by one flag; ten digits come first among the keys', () => {
    for (const { flags } of telecalling) expect(DECIDING.filter((flag) => flags.includes(flag))).toHaveLength(1)
    expect(HOTKEYS.slice(0, 10).every((key) => key.startsWith('Digit'))).toBe(true)
  })
})
