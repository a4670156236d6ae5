import BellRing from '@lucide/svelte/icons/bell-ring'
import Check from '@lucide/svelte/icons/check'
import Coffee from '@lucide/svelte/icons/coffee'
import LogOut from '@lucide/svelte/icons/log-out'
import Phone from '@lucide/svelte/icons/phone'
import SquarePen from '@lucide/svelte/icons/square-pen'
import Unplug from '@lucide/svelte/icons/unplug'
import UserRound from '@lucide/svelte/icons/user-round'
import type { Component } from 'svelte'
import type { Concern } from '#shared/domain/metrics/attention'
import type { AgentPicture, CallPicture } from '#shared/protocol/live'
import { m } from '$lib/paraglide/messages'
import { duration } from '$lib/ui/duration'
import type { Hue } from '$lib/ui/hue'

/** How a state looks and is called on the floor: colour, shape and word say the same. */
export type StateLook = { word: () => string; hue: Hue; icon: Component }
export const STATES: Record<AgentPicture['state'], StateLook> = {
  available: { word: m.floor_state_available, hue: 'green', icon: Check },
  'with-customer': { word: m.floor_state_with_customer, hue: 'blue', icon: UserRound },
  ringing: { word: m.floor_state_ringing, hue: 'blue', icon: BellRing },
  'on-call': { word: m.floor_state_on_call, hue: 'blue', icon: Phone },
  'wrap-up': { word: m.floor_state_wrap_up, hue: 'yellow', icon: SquarePen },
  'not-ready': { word: m.floor_state_not_ready, hue: 'purple', icon: Coffee },
  unreachable: { word: m.floor_state_unreachable, hue: 'red', icon: Unplug },
  offline: { word: m.floor_state_offline, hue: 'plain', icon: LogOut },
}

export function concernWords(concern: Concern): string {
  if (concern.level === 'yellow') return m.floor_concern_limit({ limit: duration(concern.limitMs) })
  if (concern.why === 'unreachable') return m.floor_concern_unreachable()
  return concern.why === 'hold-lapsed' ? m.floor_concern_hold_lapsed() : m.floor_concern_hold_left_behind()
}

const CALL_STATES: Record<string, () => string> = {
  initiated: m.floor_call_initiated,
  ringing: m.floor_call_ringing,
  'in-progress': m.floor_call_in_progress,
  'on-hold': m.floor_call_on_hold,
}
export const callStateWord = (call: CallPicture): string => (CALL_STATES[call.state] ?? m.floor_cause_unknown)()

const CAUSES: Record<string, { word: () => string; hue: Hue }> = {
  answered: { word: m.floor_cause_answered, hue: 'green' },
  busy: { word: m.floor_cause_busy, hue: 'yellow' },
  'no-answer': { word: m.floor_cause_no_answer, hue: 'yellow' },
  rejected: { word: m.floor_cause_rejected, hue: 'red' },
  cancelled: { word: m.floor_cause_cancelled, hue: 'plain' },
  unreachable: { word: m.floor_cause_unreachable, hue: 'red' },
  failed: { word: m.floor_cause_failed, hue: 'red' },
}
export const causeOf = (call: Pick<CallPicture, 'hangupCause'>): { word: () => string; hue: Hue } =>
  CAUSES[call.hangupCause ?? ''] ?? { word: m.floor_cause_unknown, hue: 'plain' }

/**
 * Who is at the other end, for this agent: the name where there is one, else the number or extension, which never mirrors.
 * A call between two agents has two who see it; `agentId` of the call is who made it.
 */
export const otherOf = (call: CallPicture, seenBy: string): string =>
  call.direction === 'internal' && seenBy !== call.agentId ? call.agentName : (call.customerName ?? call.other)
