import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  answersOf,
  fits,
  formProblems,
  optionIn,
  questionIn,
  savedForm,
  type AnswerValue,
  type FormField,
} from '#shared/domain/pool/form'
import { record } from '#shared/domain/pool/record'
import { formField } from '#shared/protocol/pool-talk'
import { grantTo, noon, report, rules } from '#tests/support/pool-cast'

const field = (over: Partial<FormField> = {}): FormField => ({
  id: 'policy',
  label: 'Policy number',
  kind: 'text',
  required: false,
  options: [],
  ...over,
})
const form: FormField[] = [
  field({ required: true, requiredSince: noon }),
  field({ id: 'plan', label: 'Plan', kind: 'choice', options: ['Gold', 'Silver'] }),
  field({ id: 'children', label: 'Children', kind: 'number' }),
]
const spoken = ['reached', 'human-answered', 'completed'] as const

describe('a pool’s form', () => {
  it.each<[Partial<FormField>, AnswerValue, boolean]>([
    [{ kind: 'text' }, 'TR-42', true],
    [{ kind: 'text' }, 42, false],
    [{ kind: 'number' }, 2.5, true],
    [{ kind: 'number' }, Number.NaN, false],
    [{ kind: 'choice', options: ['Gold', 'Silver'] }, 'Gold', true],
    [{ kind: 'choice', options: ['Gold', 'Silver'] }, 'Tin', false],
    [{ kind: 'choice', options: ['Gold'], formerOptions: ['Tin'] }, 'Tin', true],
    [{ kind: 'choices', options: ['Gold', 'Silver'] }, ['Gold', 'Silver'], true],
    [{ kind: 'choices', options: ['Gold'] }, ['Tin'], false],
    [{ kind: 'date' }, '2026-02-28', true],
    [{ kind: 'date' }, '2026-02-30', false],
    [{ kind: 'date' }, 'tomorrow', false],
    [{ kind: 'yes-no' }, false, true],
    [{ kind: 'yes-no' }, 'yes', false],
  ])('[POOL-28] %j answered %j: %s', (over, value, isRight) => {
    expect(fits(field(over), value)).toBe(isRight)
  })

  it('[POOL-28] keeps answers with their questions, in the order of the form; blanks are left out', () => {
    const given = { children: 0, plan: 'Gold', policy: 'TR-42', gone: 'asked before the form was changed' }
    expect(answersOf(form, given, spoken, noon)).toEqual({
      ok: true,
      value: [
        { field: 'policy', label: 'Policy number', value: 'TR-42' },
        { field: 'plan', label: 'Plan', value: 'Gold' },
        { field: 'children', label: 'Children', value: 0 },
        { field: 'gone', label: 'gone', value: 'asked before the form was changed' },
      ],
    })
    expect(answersOf(form, { policy: 'x', plan: '' }, spoken, noon)).toMatchObject({ value: [{ field: 'policy' }] })
  })

  it('[POOL-28] asks for what is required of those who were spoken to, and were handed out since it is', () => {
    expect(answersOf(form, {}, spoken, noon)).toEqual({
      ok: false,
      refusal: 'form-incomplete',
      detail: 'Policy number',
    })
    expect(answersOf(form, { policy: '  ' }, spoken, noon).ok).toBe(false)
    expect(answersOf(form, {}, ['retry'], noon).ok).toBe(true)
    expect(answersOf(form, {}, spoken, noon - 1).ok).toBe(true)
    expect(answersOf(form, {}, spoken, noon, false).ok).toBe(true)
  })

  it('[POOL-28] refuses an answer that does not fit, and books nothing', () => {
    const { entry, grant } = grantTo('alice')
    const said = report('alice', 'reached', { answers: { policy: 'TR-42', children: 'two' } })
    const decided = record(entry, grant, null, said, { ...rules, form }, noon)
    expect(decided).toEqual({ ok: false, refusal: 'form-invalid', detail: 'Children' })
  })

  it('[POOL-28] is kept with the attempt; without an answer the attempt still says who did not pick up', () => {
    const { entry, grant } = grantTo('alice')
    const withForm = { ...rules, form }
    const reached = record(
      entry,
      grant,
      null,
      report('alice', 'reached', { answers: { policy: 'TR-42' } }),
      withForm,
      noon,
    )
    expect(reached).toMatchObject({ value: { attempt: { answers: [{ field: 'policy', value: 'TR-42' }] } } })
    expect(record(entry, grant, null, report('alice', 'no-answer'), withForm, noon).ok).toBe(true)
  })

  it('[POOL-28] a saved form remembers since when it asks, and what could be chosen before', () => {
    const saved = savedForm(
      [field({ required: true }), field({ id: 'plan', kind: 'choice', options: ['Gold'] })],
      form,
      noon + 5,
    )
    expect(saved[0]!.requiredSince).toBe(noon)
    expect(saved[1]).toMatchObject({ requiredSince: null, formerOptions: ['Silver'] })
    expect(savedForm([field({ id: 'new', required: true })], form, noon + 5)[0]!.requiredSince).toBe(noon + 5)
  })

  it('[POOL-28] says what of a form cannot be asked', () => {
    const plan = field({ id: 'plan', label: 'Plan', kind: 'choice' })
    expect(formProblems(form)).toEqual([])
    expect(formProblems([field({ label: ' ' })])).toEqual([{ problem: 'label-missing', at: 0 }])
    expect(formProblems([plan])).toEqual([{ problem: 'options-missing', at: 0 }])
    expect(formProblems([{ ...plan, options: ['Gold', 'Gold'] }])).toEqual([{ problem: 'options-invalid', at: 0 }])
    expect(formProblems([field(), field({ label: 'Other' })])).toEqual([{ problem: 'duplicate-id', at: 1 }])
    expect(formProblems([field(), field({ id: 'other' })])).toEqual([{ problem: 'duplicate-label', at: 1 }])
  })

  it('[POOL-28] is read in the language of who fills it in, and kept in the pool’s own words', () => {
    const words = { tr: { label: 'Paket', options: { Gold: 'Altın' } }, es: { label: '', options: { Gold: 'Oro' } } }
    const plan = formField.parse({ ...form[1]!, words })
    expect([questionIn(plan, 'tr'), optionIn(plan, 'Gold', 'tr'), optionIn(plan, 'Silver', 'tr')]).toEqual([
      'Paket',
      'Altın',
      'Silver',
    ])
    expect([questionIn(plan, 'es'), optionIn(plan, 'Gold', 'es')]).toEqual(['Plan', 'Oro'])
    expect([questionIn(plan, 'ar'), optionIn(plan, 'Gold', 'ar')]).toEqual(['Plan', 'Gold'])
    const [saved] = savedForm([plan], form, noon)
    expect(saved?.words).toEqual(words)
    expect(answersOf([plan], { plan: 'Gold' }, spoken, noon)).toMatchObject({
      value: [{ field: 'plan', label: 'Plan', value: 'Gold' }],
    })
    expect(fits(plan, 'Altın')).toBe(false)
  })

  it('[POOL-28] whatever was answered before the form changed is taken after it', () => {
    const options = ['Gold', 'Silver', 'Tin']
    fc.assert(
      fc.property(
        fc.subarray(options, { minLength: 2 }),
        fc.subarray(options),
        fc.boolean(),
        (before, after, required) => {
          const plan = field({ id: 'plan', kind: 'choices', options: before })
          const next = savedForm([{ ...plan, options: after }, field({ required })], [plan], noon + 1)
          expect(answersOf(next, { plan: before }, spoken, noon).ok).toBe(true)
        },
      ),
    )
  })
})
