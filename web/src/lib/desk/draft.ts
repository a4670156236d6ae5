import { isEmpty, missingField, type AnswerValues, type FormField } from '#shared/domain/pool/form'
import type { Disposition } from '#shared/protocol/pools'
import type { Done } from './just-done'

/** What the agent has begun to say, kept as typed: a reload, a crash or a second tab shows it again. */
export type Draft = {
  leaseId: string
  disposition: string | null
  /** The disposition was preselected from the hang-up cause, not chosen (POOL-13). */
  isSuggested: boolean
  note: string
  callbackAt: number | null
  callbackFor: 'me' | 'anyone'
  /** Of those that the pool's dispositions offer. */
  tags: string[]
  /** POOL-28: the form, by field. */
  answers: AnswerValues
}

export const emptyDraft = (leaseId: string): Draft => ({
  leaseId,
  disposition: null,
  isSuggested: false,
  note: '',
  callbackAt: null,
  callbackFor: 'me',
  tags: [],
  answers: {},
})

export const isTouched = (draft: Draft): boolean =>
  (draft.disposition !== null && !draft.isSuggested) ||
  draft.note.trim() !== '' ||
  Object.values(draft.answers).some((value) => !isEmpty(value))

export type Missing = 'disposition' | 'note' | 'callback-time' | 'callback-in-the-past' | 'form'

export const isCallback = (
  disposition: Pick<Disposition, 'flags' | 'callbackTimeRequired'> | null | undefined,
): boolean =>
  disposition !== null &&
  disposition !== undefined &&
  (disposition.callbackTimeRequired || disposition.flags.includes('callback'))

/** The form as it was when the customer was handed out. */
export type Asked = { form: readonly FormField[]; grantedAt: number }
const NOTHING_ASKED: Asked = { form: [], grantedAt: 0 }

/** POOL-13, 28: what must be said before this can be saved; the edge checks the same again. */
export function missingIn(
  draft: Draft,
  chosen: Disposition | null,
  now: number,
  { form, grantedAt }: Asked = NOTHING_ASKED,
): Missing | null {
  if (!chosen) return 'disposition'
  if (isCallback(chosen)) {
    if (draft.callbackAt === null) {
      if (chosen.callbackTimeRequired) return 'callback-time'
    } else if (draft.callbackAt <= now) return 'callback-in-the-past'
  }
  if (chosen.noteRequired && draft.note.trim() === '') return 'note'
  if (missingField(form, draft.answers, chosen.flags, grantedAt)) return 'form'
  return null
}

/** What the form said before, and says no more: a correction must say so. */
export const isFormEmptied = ({ latest: { command } }: Pick<Done, 'latest'>, { answers }: Draft): boolean =>
  'answers' in command &&
  Object.keys(command.answers ?? {}).length > 0 &&
  Object.values(answers).every((value) => isEmpty(value))

/** The fields of the command: only what the disposition asks for goes along. */
export function saidIn(
  draft: Draft,
  chosen: Disposition,
): {
  disposition: string
  note?: string
  callbackAt?: number
  callbackFor?: 'me' | 'anyone'
  tags?: string[]
  answers?: AnswerValues
} {
  const note = draft.note.trim()
  const tags = draft.tags.filter((tag) => chosen.tags.includes(tag))
  const answers = Object.entries(draft.answers).filter(([, value]) => !isEmpty(value))
  const promised = isCallback(chosen) && draft.callbackAt !== null
  return {
    disposition: chosen.code,
    ...(note ? { note } : {}),
    ...(promised ? { callbackAt: draft.callbackAt!, callbackFor: draft.callbackFor } : {}),
    ...(tags.length > 0 ? { tags } : {}),
    ...(answers.length > 0 ? { answers: Object.fromEntries(answers) } : {}),
  }
}
