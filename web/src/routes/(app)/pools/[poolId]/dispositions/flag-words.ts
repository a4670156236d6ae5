import type { Colour, Disposition } from '#shared/domain/pool/disposition'
import { decisionOf, HOTKEYS, type Deciding, type SetProblem } from '#shared/domain/pool/disposition-set'
import { locale } from '$lib/i18n/locale.svelte'
import { m } from '$lib/paraglide/messages'
import { count } from '$lib/ui/moment'

/** POOL-10: what each flag does, in the words of who chooses it. */
export const DECISIONS: readonly { value: Deciding; label: () => string; words: () => string }[] = [
  { value: 'completed', label: m.outcome_flag_completed, words: m.outcome_flag_completed_words },
  { value: 'retry', label: m.outcome_flag_retry, words: m.outcome_flag_retry_words },
  { value: 'callback', label: m.outcome_flag_callback, words: m.outcome_flag_callback_words },
  { value: 'wrong-number', label: m.outcome_flag_wrong_number, words: m.outcome_flag_wrong_number_words },
  { value: 'unreachable', label: m.outcome_flag_unreachable, words: m.outcome_flag_unreachable_words },
  { value: 'do-not-call', label: m.outcome_flag_do_not_call, words: m.outcome_flag_do_not_call_words },
]
export const COUNTS = [
  { flag: 'reached', label: m.outcome_flag_reached, words: m.outcome_flag_reached_words },
  { flag: 'human-answered', label: m.outcome_flag_human, words: m.outcome_flag_human_words },
  { flag: 'positive', label: m.outcome_flag_positive, words: m.outcome_flag_positive_words },
] as const
export const COLOURS: readonly { value: Colour; label: () => string }[] = [
  { value: 'plain', label: m.outcome_colour_plain },
  { value: 'blue', label: m.outcome_colour_blue },
  { value: 'green', label: m.outcome_colour_green },
  { value: 'yellow', label: m.outcome_colour_yellow },
  { value: 'red', label: m.outcome_colour_red },
  { value: 'purple', label: m.outcome_colour_purple },
]

/** What becomes of the customer, in one line: for the list and the preview. */
export function whatHappens(one: Disposition, maxAttempts: number): string {
  switch (decisionOf(one)) {
    case 'completed':
      return m.outcome_does_completed()
    case 'retry':
      return one.retryDelayMinutes
        ? m.outcome_does_retry({ minutes: count(one.retryDelayMinutes, locale.current), max: maxAttempts })
        : m.outcome_does_retry_now({ max: maxAttempts })
    case 'callback':
      return one.callbackTimeRequired ? m.outcome_does_callback() : m.outcome_does_callback_soft()
    case 'wrong-number':
      return m.outcome_does_wrong_number()
    case 'unreachable':
      return m.outcome_does_unreachable()
    case 'do-not-call':
      return m.outcome_does_do_not_call()
    case null:
      return m.outcome_problem_undecided()
  }
}

/** `with`: the label of the other party of a conflict. */
export function problemWord({ problem, code }: SetProblem, other: string): string {
  switch (problem) {
    case 'no-way-out':
      return m.outcome_problem_no_way_out()
    case 'too-many':
      return m.outcome_problem_too_many()
    case 'undecided':
      return m.outcome_problem_undecided()
    case 'contradicting-flags':
      return m.outcome_problem_contradicting()
    case 'duplicate-code':
      return m.outcome_problem_duplicate_code({ code: code ?? '' })
    case 'duplicate-hotkey':
      return m.outcome_problem_duplicate_key({ other })
    case 'unknown-hotkey':
      return m.outcome_problem_unknown_key()
    case 'label-missing':
      return m.outcome_problem_label()
    case 'delay-missing':
      return m.outcome_problem_delay()
    case 'tags-invalid':
      return m.outcome_problem_tags()
    case 'code-in-use':
      return m.refusal_disposition_in_use()
  }
}

export const KEYS = HOTKEYS
