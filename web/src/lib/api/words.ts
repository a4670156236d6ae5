import type { RefusalCode } from '#shared/protocol/problem'
import { m } from '$lib/paraglide/messages'
import type { Trouble } from './reply'

/** The sentence of every refusal in the reader's language; the type fails when a code of the closed list has none. */
const WORDS: Record<RefusalCode, () => string> = {
  'invalid-input': m.refusal_invalid_input,
  'not-found': m.refusal_not_found,
  'too-large': m.refusal_too_large,
  'too-many-requests': m.refusal_too_many_requests,
  unavailable: m.refusal_unavailable,
  internal: m.refusal_internal,
  conflict: m.refusal_conflict,
  'not-signed-in': m.refusal_not_signed_in,
  'session-expired': m.refusal_session_expired,
  'session-revoked': m.refusal_session_revoked,
  'wrong-credentials': m.refusal_wrong_credentials,
  'locked-out': m.refusal_locked_out,
  'account-disabled': m.refusal_account_disabled,
  'password-change-required': m.refusal_password_change_required,
  'password-too-weak': m.refusal_password_too_weak,
  'already-signed-in': m.refusal_already_signed_in,
  'not-permitted': m.refusal_not_permitted,
  'foreign-origin': m.refusal_foreign_origin,
  'setup-closed': m.refusal_setup_closed,
  'username-taken': m.refusal_username_taken,
  'last-administrator': m.refusal_last_administrator,
  'refresh-reused': m.refusal_refresh_reused,
  'not-available': m.refusal_not_available,
  'phone-not-registered': m.refusal_phone_not_registered,
  'disposition-owed': m.refusal_disposition_owed,
  'not-a-member': m.refusal_not_a_member,
  'pool-paused': m.refusal_pool_paused,
  'pool-closed': m.refusal_pool_closed,
  'unknown-pool': m.refusal_unknown_pool,
  'unknown-entry': m.refusal_unknown_entry,
  'unknown-disposition': m.refusal_unknown_disposition,
  'foreign-token': m.refusal_foreign_token,
  'lease-lapsed': m.refusal_lease_lapsed,
  'lease-limit': m.refusal_lease_limit,
  'skip-budget-spent': m.refusal_skip_budget_spent,
  'skip-reason-required': m.refusal_skip_reason_required,
  'note-required': m.refusal_note_required,
  'note-too-long': m.refusal_note_too_long,
  'already-recorded': m.refusal_already_recorded,
  'reason-required': m.refusal_reason_required,
  'callback-time-required': m.refusal_callback_time_required,
  'callback-in-the-past': m.refusal_callback_in_the_past,
  'correction-window-over': m.refusal_correction_window_over,
  'granted-again': m.refusal_granted_again,
  'unknown-attempt': m.refusal_unknown_attempt,
  'entry-state': m.refusal_entry_state,
  'clock-ahead': m.refusal_clock_ahead,
  'file-unreadable': m.refusal_file_unreadable,
  'file-encrypted': m.refusal_file_encrypted,
  'file-empty': m.refusal_file_empty,
  'file-too-large': m.refusal_file_too_large,
  'no-phone-column': m.refusal_no_phone_column,
  'unknown-import': m.refusal_unknown_import,
  'import-state': m.refusal_import_state,
  'chunk-mismatch': m.refusal_chunk_mismatch,
  'number-not-dialable': m.refusal_number_not_dialable,
  'no-carrier': m.refusal_no_carrier,
  'do-not-call': m.refusal_do_not_call,
  'unknown-call': m.refusal_unknown_call,
}

/** What happened, in the reader's language. What is safe and what to do is said by the place that shows it. */
export function wordsFor(problem: Pick<Trouble, 'code'>): string {
  if (problem.code === 'offline') return m.refusal_offline()
  if (problem.code === 'unexpected-answer') return m.refusal_unexpected_answer()
  return WORDS[problem.code]()
}
/** For a code that came in another way: a command's result, a live event. */
export const wordsForCode = (code: RefusalCode): string => WORDS[code]()
