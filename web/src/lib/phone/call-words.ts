import { isolated, leftToRight } from '$lib/i18n/isolated'
import { wordsFor } from '$lib/api/words'
import { m } from '$lib/paraglide/messages'
import type { DialOutcome, PhoneCall, TransferNow } from './phone'
import type { QualityWarning } from '#shared/domain/quality/warning'
import type { QualityWord } from './quality'

/** How a call ended, as a person would say it. */
export function endedWords(call: PhoneCall): string {
  const isHere = call.endedBy === 'here'
  if (call.movedBy) {
    const [name, to] = [isolated(call.movedBy.by), isolated(call.movedBy.to)]
    return name === to ? m.monitor_taken_by({ name }) : m.monitor_moved_by({ name, to })
  }
  if (call.refusal) return wordsFor({ code: call.refusal })
  switch (call.cause) {
    case 'normal':
      return isHere ? m.phone_ended_here() : m.phone_ended_there()
    case 'cancelled':
      return isHere ? m.phone_ended_stopped_here() : m.phone_ended_stopped_there()
    case 'rejected':
      return isHere ? m.phone_ended_declined_here() : m.phone_ended_declined_there()
    case 'busy':
      return m.phone_ended_busy()
    case 'no-answer':
      return m.phone_ended_no_answer()
    case 'unreachable':
      return m.phone_ended_unreachable()
    case 'invalid-number':
      return m.phone_ended_no_such_number()
    case 'answered-elsewhere':
      return m.phone_ended_elsewhere()
    case 'not-allowed':
      return m.phone_ended_not_allowed()
    case 'media-failed':
      return m.phone_ended_no_media()
    default:
      return m.phone_ended_failed()
  }
}

/** How a transfer goes; a number keeps its direction within the sentence. Null: nothing to say. */
export function transferWords(now: TransferNow | null, format: (number: string) => string): string | null {
  if (!now) return null
  const to = leftToRight(format(now.to))
  switch (now.state) {
    case 'asking':
      return m.phone_transfer_asking({ to })
    case 'ringing':
      return m.phone_transfer_ringing({ to })
    case 'failed':
      return m.phone_transfer_failed({ to })
    case 'stopped':
      return m.phone_transfer_stopped()
    case 'done':
      return m.phone_transferred({ to })
  }
}

/** Only what went wrong interrupts a screen reader; how a call ordinarily ends is news, not an alarm. */
export const isFailure = (call: PhoneCall): boolean =>
  call.cause === 'failed' || call.cause === 'media-failed' || call.cause === 'not-allowed'

export function whyNotDialled(outcome: DialOutcome): string | null {
  if (outcome.dialled) return null
  return { 'no-line': m.phone_why_no_line, busy: m.phone_why_busy, invalid: m.phone_why_invalid }[outcome.why]()
}

export const qualityWords: Record<QualityWord, () => string> = {
  clear: m.phone_quality_clear,
  good: m.phone_quality_good,
  fair: m.phone_quality_fair,
  poor: m.phone_quality_poor,
  bad: m.phone_quality_bad,
}
export const qualityWarnings: Record<QualityWarning, () => string> = {
  loss: m.phone_quality_warning_loss,
  delay: m.phone_quality_warning_delay,
  jitter: m.phone_quality_warning_jitter,
  score: m.phone_quality_warning_score,
}
export const qualityBars: Record<QualityWord, string> = {
  clear: 'five',
  good: 'four',
  fair: 'three',
  poor: 'two',
  bad: 'one',
}
