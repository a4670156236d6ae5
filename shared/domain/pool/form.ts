import { ok, refuse, type Result } from '../../result'
import type { Flag } from './disposition'

export const FIELD_KINDS = ['text', 'number', 'choice', 'choices', 'date', 'yes-no', 'card'] as const
export type FieldKind = (typeof FIELD_KINDS)[number]

/** A question in another language; an option that is not named stands as it is. */
export type FieldWords = { label: string; options: Record<string, string> }

/** POOL-28: one question of a pool's form, in the pool's own words. */
export type FormField = {
  /** Stands for it in commands and exports; never changes. */
  id: string
  label: string
  kind: FieldKind
  required: boolean
  /** What may be chosen, for the two kinds of choice. */
  options: string[]
  /** What could be chosen before the form was changed: a device that was away may still say it. */
  formerOptions?: string[] | undefined
  /** Since when it must be answered (epoch ms): customers handed out before are not asked for it. null: not required. */
  requiredSince?: number | null | undefined
  /** As those who fill it in read it, by language. Answers are kept in the pool's own words, whoever gave them. */
  words?: Partial<Record<string, FieldWords>> | undefined
}
export type AnswerValue = string | number | boolean | string[]
export type AnswerValues = Record<string, AnswerValue>
/** As the attempt keeps it: with the question, so that it reads the same when the form has long changed. */
export type Answer = { field: string; label: string; value: AnswerValue }

export const MOST_FIELDS = 30
export const MOST_OPTIONS = 50
export const LONGEST_ANSWER = 2000

/** The question, or one of its options, as it is read in a language; the pool's own words where that language has none. */
export const questionIn = ({ label, words }: FormField, language: string): string => words?.[language]?.label || label
export const optionIn = ({ words }: Pick<FormField, 'words'>, option: string, language: string): string =>
  words?.[language]?.options[option] || option

/** Required is asked of who was spoken to: nobody can say the policy number of someone who did not answer. */
export const asksRequired = (flags: readonly Flag[]): boolean => flags.includes('human-answered')

export const isEmpty = (value: AnswerValue | undefined): boolean =>
  value === undefined || (typeof value === 'string' ? value.trim() === '' : Array.isArray(value) && value.length === 0)

/** The first required question without an answer; null: none is missing. */
export function missingField(
  form: readonly FormField[],
  values: AnswerValues,
  flags: readonly Flag[],
  grantedAt: number,
): FormField | null {
  if (!asksRequired(flags)) return null
  return (
    form.find((field) => field.required && (field.requiredSince ?? 0) <= grantedAt && isEmpty(values[field.id])) ?? null
  )
}

/** Whether this is an answer to this question. Dates are days, 2026-11-21. */
export function fits(field: Pick<FormField, 'kind' | 'options' | 'formerOptions'>, value: AnswerValue): boolean {
  switch (field.kind) {
    case 'text':
      return typeof value === 'string' && value.length <= LONGEST_ANSWER
    case 'number':
      return typeof value === 'number' && Number.isFinite(value)
    case 'choice':
      return typeof value === 'string' && offers(field, value)
    case 'choices':
      return Array.isArray(value) && value.every((one) => offers(field, one))
    case 'date':
      return typeof value === 'string' && isDay(value)
    case 'yes-no':
      return typeof value === 'boolean'
    case 'card':
      return typeof value === 'string' && /^•{4} \d{4}$/.test(value)
  }
}

/** PHONE-11: what is kept of a card's number: its last four digits. null: that is no card's number (ISO/IEC 7812-1: 10 to 19 digits). */
export function lastFourOf(typed: string): string | null {
  const digits = typed.replace(/[\s-]/g, '')
  return /^\d{10,19}$/.test(digits) ? `•••• ${digits.slice(-4)}` : null
}

const offers = ({ options, formerOptions }: Pick<FormField, 'options' | 'formerOptions'>, value: string): boolean =>
  options.includes(value) || (formerOptions?.includes(value) ?? false)

function isDay(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []
  if (!year || !month || !day) return false
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
}

/**
 * POOL-28, checked in the browser and again at the edge. Empty answers are left out. An answer to a question that was
 * taken off the form since is kept as it was given: the agent may have been offline, and was asked it. `required` false: only what was given is judged (a correction).
 */
export function answersOf(
  form: readonly FormField[],
  values: AnswerValues,
  flags: readonly Flag[],
  grantedAt: number,
  required = true,
): Result<Answer[], 'form-incomplete' | 'form-invalid'> {
  const missing = required ? missingField(form, values, flags, grantedAt) : null
  if (missing) return refuse('form-incomplete', missing.label)
  const byId = new Map(form.map((field) => [field.id, field]))
  const answers: Answer[] = []
  for (const [id, value] of Object.entries(values)) {
    if (isEmpty(value)) continue
    const field = byId.get(id)
    if (field && !fits(field, value)) return refuse('form-invalid', field.label)
    answers.push({ field: id, label: field?.label ?? id, value })
  }
  const place = (answer: Answer) => form.findIndex((field) => field.id === answer.field)
  return ok(answers.sort((one, other) => order(place(one)) - order(place(other))))
}
const order = (place: number) => (place === -1 ? Number.MAX_SAFE_INTEGER : place)

export type FormProblem =
  'label-missing' | 'duplicate-id' | 'duplicate-label' | 'options-missing' | 'options-invalid' | 'too-many-fields'
/** Whether a form can be asked. `at`: which field; null: the form as a whole. */
export function formProblems(form: readonly FormField[]): { problem: FormProblem; at: number | null }[] {
  const problems: { problem: FormProblem; at: number | null }[] = []
  if (form.length > MOST_FIELDS) problems.push({ problem: 'too-many-fields', at: null })
  form.forEach((field, at) => {
    const earlier = form.slice(0, at)
    if (field.label.trim() === '') problems.push({ problem: 'label-missing', at })
    else if (earlier.some(({ label }) => label.trim() === field.label.trim()))
      problems.push({ problem: 'duplicate-label', at })
    if (earlier.some(({ id }) => id === field.id)) problems.push({ problem: 'duplicate-id', at })
    if (field.kind !== 'choice' && field.kind !== 'choices') return
    if (field.options.length < 2) problems.push({ problem: 'options-missing', at })
    else if (field.options.length > MOST_OPTIONS || new Set(field.options).size < field.options.length)
      problems.push({ problem: 'options-invalid', at })
  })
  return problems
}

/**
 * The form as it is saved: a field that was not required before is required from now on, and a choice that goes is
 * remembered.
 */
export function savedForm(form: readonly FormField[], before: readonly FormField[], now: number): FormField[] {
  return form.map((field) => {
    const was = before.find(({ id }) => id === field.id)
    const former = [...(was?.options ?? []), ...(was?.formerOptions ?? [])].filter(
      (one) => !field.options.includes(one),
    )
    const requiredSince = !field.required ? null : was?.required ? (was.requiredSince ?? 0) : now
    return { ...field, requiredSince, formerOptions: [...new Set(former)].slice(0, MOST_OPTIONS) }
  })
}
