import type { PauseReason } from '#shared/domain/recording/pausing'
import type { Policy } from '#shared/domain/recording/policy'
import type { RecordingView } from '#shared/protocol/recordings'
import { m } from '$lib/paraglide/messages'

const GAPS: Record<PauseReason, () => string> = {
  hold: m.recording_gap_hold,
  hand: m.recording_gap_hand,
  card: m.recording_gap_card,
}
export const gapWord = (why: PauseReason): string => GAPS[why]()

const POLICIES: Record<Policy, [() => string, () => string]> = {
  off: [m.recording_policy_off, m.recording_policy_off_words],
  ask: [m.recording_policy_ask, m.recording_policy_ask_words],
  always: [m.recording_policy_always, m.recording_policy_always_words],
}
export const policyWord = (policy: Policy): string => POLICIES[policy][0]()
export const policyOptions = () =>
  (Object.keys(POLICIES) as Policy[]).map((value) => ({
    value,
    label: POLICIES[value][0](),
    words: POLICIES[value][1](),
  }))

export function stateWord({ source, state, isCut }: RecordingView): string {
  if (state === 'deleted') return m.recording_state_deleted()
  if (source === 'file') return m.recording_state_file()
  if (state === 'recording') return m.recording_state_recording()
  if (isCut) return m.recording_state_cut()
  return state === 'ended' ? m.recording_state_ended() : m.recording_state_whole()
}
