import type { RULES, WhyEntry } from '#shared/protocol/pool-hours'
import { m } from '$lib/paraglide/messages'
import type { Hue } from '$lib/ui/hue'
import { moment } from '$lib/ui/moment'

type Rule = (typeof RULES)[number]
export const RULE_WORDS: Record<Rule, () => string> = {
  ready: m.hours_rule_ready,
  reserved: m.hours_rule_reserved,
  leased: m.hours_rule_leased,
  notDue: m.hours_rule_not_due,
  callbackLater: m.hours_rule_callback_later,
  outsideHours: m.hours_rule_outside_hours,
  cap: m.hours_rule_cap,
  heldElsewhere: m.hours_rule_held_elsewhere,
  paused: m.hours_rule_paused,
  exhausted: m.hours_rule_exhausted,
  completed: m.hours_rule_completed,
  doNotCall: m.hours_rule_do_not_call,
  poolPaused: m.hours_rule_pool_paused,
  poolClosed: m.hours_rule_pool_closed,
}
export const RULE_HUES: Record<Rule, Hue> = {
  ready: 'green',
  reserved: 'green',
  leased: 'blue',
  notDue: 'plain',
  callbackLater: 'yellow',
  outsideHours: 'yellow',
  cap: 'yellow',
  heldElsewhere: 'blue',
  paused: 'yellow',
  exhausted: 'purple',
  completed: 'green',
  doNotCall: 'red',
  poolPaused: 'yellow',
  poolClosed: 'plain',
}

/** One rule that holds a customer back, as a sentence. */
export function ruleSentence(
  { rule, until, agentName }: WhyEntry['rules'][number],
  { maxAttempts, at }: WhyEntry,
  locale: string,
): string {
  const time = until === null ? null : moment(until, at, locale)
  const name = agentName ?? '–'
  switch (rule) {
    case 'ready':
      return m.hours_entry_ready()
    case 'leased':
      return m.hours_entry_leased({ name, time: time ?? '–' })
    case 'notDue':
      return m.hours_entry_not_due({ time: time ?? '–' })
    case 'callbackLater':
      return agentName === null
        ? m.hours_entry_callback_later({ time: time ?? '–' })
        : m.hours_entry_callback_by({ name, time: time ?? '–' })
    case 'outsideHours':
      return time === null ? m.hours_entry_never_opens() : m.hours_entry_outside_hours({ time })
    case 'reserved':
      return time === null ? m.hours_entry_reserved({ name }) : m.hours_entry_reserved_until({ name, time })
    case 'cap':
      return time === null ? m.hours_entry_cap() : m.hours_entry_cap_until({ time })
    case 'heldElsewhere':
      return m.hours_entry_held_elsewhere()
    case 'paused':
      return m.hours_entry_paused()
    case 'exhausted':
      return m.hours_entry_exhausted({ max: maxAttempts })
    case 'completed':
      return m.hours_entry_completed()
    case 'doNotCall':
      return m.hours_entry_do_not_call()
    case 'poolPaused':
      return m.hours_entry_pool_paused()
    case 'poolClosed':
      return m.hours_entry_pool_closed()
  }
}
