import type { Answer, AnswerValue } from '#shared/domain/pool/form'
import type { Disposition } from '#shared/protocol/pools'
import type { Blocked, PastAttempt } from '#shared/protocol/pulls'
import type { AgentState } from '#shared/protocol/session'
import type { OutboxItem } from '#shared/outbox/item'
import { locale } from '$lib/i18n/locale.svelte'
import { m } from '$lib/paraglide/messages'
import type { Hue } from '$lib/ui/hue'

/** The words and hues of the desk's data, in the reader's language. */
const STATES: Record<AgentState, { word: () => string; hue: Hue }> = {
  offline: { word: m.desk_state_offline, hue: 'plain' },
  available: { word: m.desk_state_available, hue: 'green' },
  'with-customer': { word: m.desk_state_with_customer, hue: 'blue' },
  ringing: { word: m.desk_state_ringing, hue: 'blue' },
  'on-call': { word: m.desk_state_on_call, hue: 'blue' },
  'wrap-up': { word: m.desk_state_wrap_up, hue: 'yellow' },
  'not-ready': { word: m.desk_state_not_ready, hue: 'purple' },
  unreachable: { word: m.desk_state_unreachable, hue: 'red' },
}
export const stateWord = (state: AgentState): string => STATES[state].word()
export const stateHue = (state: AgentState): Hue => STATES[state].hue

export const REASONS = ['break', 'lunch', 'meeting', 'training'] as const
const REASON_WORDS: Record<(typeof REASONS)[number], () => string> = {
  break: m.desk_reason_break,
  lunch: m.desk_reason_lunch,
  meeting: m.desk_reason_meeting,
  training: m.desk_reason_training,
}
/** A reason is a code of the list, else what a program wrote. */
export const reasonWord = (reason: string): string =>
  reason in REASON_WORDS ? REASON_WORDS[reason as keyof typeof REASON_WORDS]() : reason

const BLOCK_WORDS: Record<keyof Blocked, () => string> = {
  leased: m.desk_block_leased,
  assignedToAnother: m.desk_block_assignedToAnother,
  notDue: m.desk_block_notDue,
  callbackLater: m.desk_block_callbackLater,
  exhausted: m.desk_block_exhausted,
  completed: m.desk_block_completed,
  doNotCall: m.desk_block_doNotCall,
  paused: m.desk_block_paused,
  outsideHours: m.desk_block_outsideHours,
  cap: m.desk_block_cap,
  heldElsewhere: m.desk_block_heldElsewhere,
  poolPaused: m.desk_block_poolPaused,
  poolClosed: m.desk_block_poolClosed,
}
export const blockWord = (block: keyof Blocked): string => BLOCK_WORDS[block]()

export const labelOf = (disposition: Pick<Disposition, 'labels' | 'code'>): string =>
  disposition.labels[locale.current] ?? disposition.code
export const labelIn = (dispositions: readonly Disposition[], code: string | null): string => {
  const found = dispositions.find((one) => one.code === code)
  return found ? labelOf(found) : (code ?? m.desk_attempt_missing())
}

/** What came of an earlier attempt, in the words of the pool it was made in (POOL-24). */
export const pastWord = (
  dispositions: readonly Disposition[],
  { disposition, from }: Pick<PastAttempt, 'disposition' | 'from'>,
): string =>
  from?.labels && disposition !== null
    ? labelOf({ labels: from.labels, code: disposition })
    : labelIn(dispositions, disposition)

/** POOL-28: a form as it was filled in: `Plan: Gold; Children: 2`. */
export const answersWord = (answers: readonly Answer[], between = '; '): string =>
  answers.map(({ label, value }) => m.outcome_answer({ question: label, answer: answerWord(value) })).join(between)
export function answerWord(value: AnswerValue): string {
  if (typeof value === 'boolean') return value ? m.outcome_form_yes() : m.outcome_form_no()
  return Array.isArray(value) ? value.join(', ') : String(value)
}

export function kindWord(kind: OutboxItem['command']['kind']): string {
  if (kind === 'record-disposition') return m.desk_sync_kind_disposition()
  if (kind === 'correct-disposition') return m.desk_sync_kind_correction()
  if (kind === 'move-callback') return m.outcome_sync_move()
  if (kind === 'cancel-callback') return m.outcome_sync_cancel()
  if (kind === 'edit-customer') return m.customer_sync_kind_edit()
  return kind === 'skip-entry' ? m.desk_sync_kind_skip() : m.desk_sync_kind_other()
}

/** 1 h 52 min. */
export function spanWord(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  return minutes < 60
    ? m.desk_minutes({ minutes })
    : m.desk_hours_minutes({ hours: Math.floor(minutes / 60), minutes: minutes % 60 })
}
