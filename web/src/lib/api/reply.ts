import type { Problem, RefusalCode, RefusalFacts } from '#shared/protocol/problem'

/**
 * What went wrong, as one shape: a refusal of the server, or what the browser saw instead of an answer.
 *   offline           no answer came (no network, server away): nothing is known to have changed, try again
 *   unexpected-answer an answer came that is not what the protocol says (an old page beside a new server): reload
 */
export type Trouble = {
  code: RefusalCode | 'offline' | 'unexpected-answer'
  status: number
  detail?: string
  errors?: Problem['errors']
  facts?: RefusalFacts
  requestId?: string
}
export type Reply<T> = { ok: true; value: T } | { ok: false; problem: Trouble }

/** Codes after which this browser is no longer signed in. */
export const SESSION_OVER = ['not-signed-in', 'session-expired', 'session-revoked', 'account-disabled'] as const
export const isSessionOver = (code: Trouble['code']): boolean => (SESSION_OVER as readonly string[]).includes(code)

/** The server's word for one field of the form, if it had one. */
export function errorOf(trouble: Trouble | null | undefined, field: string): string | undefined {
  return trouble?.errors?.find((error) => error.field === field || error.field.startsWith(`${field}.`))?.message
}
