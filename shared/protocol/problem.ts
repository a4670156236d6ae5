import * as z from 'zod'

/**
 * The closed list of refusal codes. A code is what programs act on; the sentence is for people and comes from the
 * message files (`refusal_<code>`, dashes as underscores) on screen, from `SENTENCES` for programs.
 */
export const SENTENCES = {
  // anyone
  'invalid-input': 'Some fields are not valid.',
  'not-found': 'There is nothing here by that name.',
  'too-large': 'That is larger than this can take.',
  'too-many-requests': 'Too many tries. Wait a little and try again.',
  unavailable: 'That part is not reachable right now. Nothing was lost; try again.',
  internal: 'Something went wrong on our side. Nothing was changed.',
  conflict: 'It was changed by someone else meanwhile.',
  // sign-in and access
  'not-signed-in': 'Sign in first.',
  'session-expired': 'Your session has ended. Sign in again.',
  'session-revoked': 'You were signed out.',
  'wrong-credentials': 'User name or password is wrong.',
  'locked-out': 'Too many wrong passwords from here. Wait and try again.',
  'account-disabled': 'This account is switched off. Ask an administrator.',
  'password-change-required': 'Choose a new password first.',
  'password-too-weak': 'Choose a password of at least 10 characters that is not your user name.',
  'already-signed-in': 'Someone else is signed in in this browser. Use a private window for a second person.',
  'not-permitted': 'You may not do this. An administrator can grant it.',
  'foreign-origin': 'This request came from another site.',
  'setup-closed': 'This set-up link is used or has expired.',
  'username-taken': 'That user name is taken.',
  'last-administrator': 'The last administrator cannot be switched off.',
  'refresh-reused': 'This refresh token was used before. All its tokens are revoked.',
  // agent
  'not-available': 'Go available first.',
  'phone-not-registered': 'The phone is not connected yet.',
  'disposition-owed': 'Say first what came of the last customer.',
  // pool
  'not-a-member': 'You are not a member of this pool.',
  'pool-paused': 'This pool is paused.',
  'pool-closed': 'This pool is closed.',
  'unknown-pool': 'There is no such pool.',
  'unknown-entry': 'There is no such customer in this pool.',
  'unknown-disposition': 'This pool does not know that disposition.',
  'foreign-token': 'That hold is not yours.',
  'lease-lapsed': 'The hold on this customer has lapsed.',
  'lease-limit': 'The hold on this customer cannot be extended any further.',
  'skip-budget-spent': 'No skips left today in this pool.',
  'skip-reason-required': 'Give a reason for the skip.',
  'note-required': 'This disposition needs a note.',
  'note-too-long': 'The note is too long: 2,000 characters at most.',
  'already-recorded': 'What came of this customer was said already. Correct that instead.',
  'reason-required': 'Give a reason.',
  'callback-time-required': 'This disposition needs a time to call back.',
  'callback-in-the-past': 'The time to call back is in the past.',
  'form-incomplete': 'A required question of the form has no answer.',
  'form-invalid': 'An answer of the form does not fit its question.',
  'disposition-in-use': 'Attempts were booked with this disposition: it can be retired, not deleted.',
  'unknown-callback': 'This callback is not promised any more.',
  'correction-window-over': 'It can no longer be corrected by you. A supervisor can.',
  'granted-again': 'The customer has been given to someone else meanwhile.',
  'unknown-attempt': 'There is no such attempt.',
  'entry-state': 'The customer is not in a state that allows this.',
  'being-edited': 'Someone else is editing this customer.',
  taken: 'Someone else has this customer now.',
  'not-due': 'This customer is not due yet.',
  'assigned-to-another': 'This customer belongs to someone else.',
  'holding-another': 'You hold another customer. Say first what came of that one.',
  'list-mode-off': 'Customers of this pool are handed out, not taken from a list.',
  'entry-held': 'An agent has this customer in hand.',
  'already-in-pool': 'That pool has this number already.',
  'unknown-bulk': 'There is no such bulk action.',
  'clock-ahead': 'The clock of this device is ahead; the time was taken from the server.',
  // import
  'file-unreadable': 'This file is not a spreadsheet we can read.',
  'file-encrypted': 'This file is protected by a password.',
  'file-empty': 'This file has no rows.',
  'file-too-large': 'This file is too large.',
  'no-phone-column': 'No phone column was found.',
  'unknown-import': 'There is no such import.',
  'import-state': 'The import is not at that step.',
  'chunk-mismatch': 'This chunk was sent before with other rows.',
  // phone
  'number-not-dialable': 'This number cannot be dialled.',
  'no-carrier': 'No line to the telephone network is connected.',
  'trunk-unavailable': 'No line to the telephone network is free or working just now. Try again in a moment.',
  'do-not-call': 'This number is on the do-not-call list.',
  'outside-hours': 'It is outside the calling hours of this customer.',
  'dialling-not-allowed': 'The dialling rules do not let you call this number.',
  'country-not-allowed': 'Calls to this country are not allowed here.',
  'number-kind-refused': 'Numbers of this kind cost too much and may not be called.',
  'too-many-calls': 'You have placed as many calls as one person may. Wait a little.',
  'calls-full': 'As many calls go on as are allowed. Try again in a minute.',
  'spend-limit': 'What may be spent on calls today is spent.',
  'unknown-call': 'There is no such call.',
  'call-not-talking': 'Nobody talks on this call just now.',
  'transfer-under-way': 'This call is being transferred already.',
  'no-second-call': 'There is no second call to bring together with this one.',
  'own-call': 'This call is your own.',
  'monitored-already': 'Somebody else is at this call already.',
  'monitor-not-possible':
    'The telephone of this agent lets nobody listen: only calls in the browser can be listened to.',
  'unknown-monitor': 'You are not at this call any more.',
  'unknown-recording': 'There is no such recording.',
  'recording-off': 'Calls of this kind are not recorded.',
  'recording-ended': 'This recording is over.',
  'recording-deleted': 'The days of this recording were over, and it was deleted.',
  'sound-unreadable': 'This is no sound file we can keep: mp3, m4a, wav or ogg.',
} as const
export type RefusalCode = keyof typeof SENTENCES
export const refusalCode = z.enum(Object.keys(SENTENCES) as [RefusalCode, ...RefusalCode[]])

export const fieldError = z.object({ field: z.string(), message: z.string() })
/** Facts some refusals carry: who has it and until when (taken, being-edited), when it comes due (not-due). */
export const refusalFacts = z.object({
  held: z.object({ agentId: z.string(), agentName: z.string(), since: z.int(), until: z.int() }).optional(),
  dueAt: z.int().nullable().optional(),
})
export type RefusalFacts = z.infer<typeof refusalFacts>

/** RFC 9457 problem details. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: refusalCode,
  detail: z.string().optional(),
  requestId: z.string(),
  errors: z.array(fieldError).optional(),
  facts: refusalFacts.optional(),
})
export type Problem = z.infer<typeof problem>
