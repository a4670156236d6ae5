import type { Disposition } from '#shared/protocol/pools'

/** What the agent has begun to say, kept as typed: a reload, a crash or a second tab shows it again. */
export type Draft = {
  leaseId: string
  disposition: string | null
  /** The disposition was preselected from the hang-up cause, not chosen (POOL-13). */
  isSuggested: boolean
  note: string
  callbackAt: number | null
  callbackFor: 'me' | 'anyone'
}

export const emptyDraft = (leaseId: string): Draft => ({
  leaseId,
  disposition: null,
  isSuggested: false,
  note: '',
  callbackAt: null,
  callbackFor: 'me',
})

export const isTouched = (draft: Draft): boolean =>
  (draft.disposition !== null && !draft.isSuggested) || draft.note.trim() !== ''

export type Missing = 'disposition' | 'note' | 'callback-time' | 'callback-in-the-past'

export const isCallback = (
  disposition: Pick<Disposition, 'flags' | 'callbackTimeRequired'> | null | undefined,
): boolean =>
  disposition !== null &&
  disposition !== undefined &&
  (disposition.callbackTimeRequired || disposition.flags.includes('callback'))

/** POOL-13: what must be said before this can be saved; the edge checks the same again. */
export function missingIn(draft: Draft, chosen: Disposition | null, now: number): Missing | null {
  if (!chosen) return 'disposition'
  if (isCallback(chosen)) {
    if (draft.callbackAt === null) {
      if (chosen.callbackTimeRequired) return 'callback-time'
    } else if (draft.callbackAt <= now) return 'callback-in-the-past'
  }
  if (chosen.noteRequired && draft.note.trim() === '') return 'note'
  return null
}

/** The fields of the command: only what the disposition asks for goes along. */
export function saidIn(
  draft: Draft,
  chosen: Disposition,
): { disposition: string; note?: string; callbackAt?: number; callbackFor?: 'me' | 'anyone' } {
  const note = draft.note.trim()
  const promised = isCallback(chosen) && draft.callbackAt !== null
  return {
    disposition: chosen.code,
    ...(note ? { note } : {}),
    ...(promised ? { callbackAt: draft.callbackAt!, callbackFor: draft.callbackFor } : {}),
  }
}
