import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { SENTENCES, type Problem, type RefusalCode, type RefusalFacts } from '#shared/protocol/problem'

/** Refusal → HTTP status, in one place. */
export function statusOf(code: RefusalCode): ContentfulStatusCode {
  switch (code) {
    case 'not-signed-in':
    case 'session-expired':
    case 'session-revoked':
    case 'wrong-credentials':
    case 'refresh-reused':
      return 401
    case 'not-permitted':
    case 'account-disabled':
    case 'password-change-required':
    case 'foreign-origin':
    case 'not-a-member':
    case 'dialling-not-allowed':
    case 'country-not-allowed':
    case 'number-kind-refused':
    case 'foreign-token':
      return 403
    case 'not-found':
    case 'unknown-pool':
    case 'unknown-entry':
    case 'unknown-attempt':
    case 'unknown-callback':
    case 'unknown-import':
    case 'unknown-bulk':
    case 'unknown-call':
    case 'unknown-monitor':
    case 'unknown-recording':
      return 404
    case 'setup-closed':
      return 410
    case 'conflict':
    case 'username-taken':
    case 'already-signed-in':
    case 'last-administrator':
    case 'not-available':
    case 'phone-not-registered':
    case 'disposition-owed':
    case 'pool-paused':
    case 'pool-closed':
    case 'lease-lapsed':
    case 'lease-limit':
    case 'skip-budget-spent':
    case 'correction-window-over':
    case 'granted-again':
    case 'entry-state':
    case 'being-edited':
    case 'taken':
    case 'not-due':
    case 'assigned-to-another':
    case 'holding-another':
    case 'list-mode-off':
    case 'already-recorded':
    case 'entry-held':
    case 'already-in-pool':
    case 'disposition-in-use':
    case 'import-state':
    case 'chunk-mismatch':
    case 'do-not-call':
    case 'outside-hours':
    case 'call-not-talking':
    case 'transfer-under-way':
    case 'no-second-call':
    case 'own-call':
    case 'monitored-already':
    case 'monitor-not-possible':
    case 'recording-off':
    case 'recording-ended':
      return 409
    case 'recording-deleted':
      return 410
    case 'too-large':
    case 'file-too-large':
      return 413
    case 'too-many-requests':
    case 'too-many-calls':
    case 'calls-full':
    case 'spend-limit':
    case 'locked-out':
      return 429
    case 'internal':
      return 500
    case 'unavailable':
    case 'no-carrier':
    case 'trunk-unavailable':
      return 503
    default:
      return 422
  }
}

/** Thrown by routes and middleware to answer a refusal; caught once in app.ts. */
export class RefusalError extends Error {
  constructor(
    readonly code: RefusalCode,
    readonly detail?: string,
    readonly errors?: Problem['errors'],
    readonly headers?: Record<string, string>,
    readonly facts?: RefusalFacts,
  ) {
    super(code)
  }
}

/** RFC 9457. */
export function problemOf(
  code: RefusalCode,
  requestId: string,
  detail?: string,
  errors?: Problem['errors'],
  facts?: RefusalFacts,
): Problem {
  return {
    type: `/api/docs#${code}`,
    title: SENTENCES[code],
    status: statusOf(code),
    code,
    requestId,
    ...(detail ? { detail } : {}),
    ...(errors?.length ? { errors } : {}),
    ...(facts ? { facts } : {}),
  }
}
