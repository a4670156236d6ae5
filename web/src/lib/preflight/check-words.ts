import { leftToRight } from '$lib/i18n/isolated'
import type { Need, CheckName, Outcome } from './check'
import { m } from '$lib/paraglide/messages'
import { qualityWords } from '$lib/phone/call-words'
import type { Row } from './preflight.svelte'
import type { Verdict } from './verdict'

export const CHECK_NAMES: Record<CheckName, () => string> = {
  microphone: m.check_name_microphone,
  speaker: m.check_name_speaker,
  line: m.check_name_line,
  registration: m.check_name_registration,
  stun: m.check_name_stun,
  'turn-udp': m.check_name_turn_udp,
  'turn-tcp': m.check_name_turn_tcp,
  'turn-tls': m.check_name_turn_tls,
  loop: m.check_name_loop,
}
const STATES: Record<Outcome['state'], () => string> = {
  passed: m.check_state_passed,
  warned: m.check_state_warned,
  failed: m.check_state_failed,
  unset: m.check_state_unset,
  skipped: m.check_state_skipped,
}
type Plain = Exclude<Outcome['say'], 'line-open' | 'line-slow' | 'registrar-answers' | 'refused' | 'loop-measured'>
const SENTENCES: Record<Plain, () => string> = {
  'microphone-heard': m.check_say_microphone_heard,
  'microphone-quiet': m.check_say_microphone_quiet,
  'microphone-denied': m.check_say_microphone_denied,
  'microphone-missing': m.check_say_microphone_missing,
  'speaker-heard': m.check_say_speaker_heard,
  'speaker-unheard': m.check_say_speaker_unheard,
  unanswered: m.check_say_unanswered,
  'line-closed': m.check_say_line_closed,
  'news-closed': m.check_say_news_closed,
  'registrar-silent': m.check_say_registrar_silent,
  'stun-answered': m.check_say_stun_answered,
  'stun-direct': m.check_say_stun_direct,
  'stun-silent': m.check_say_stun_silent,
  'relay-open': m.check_say_relay_open,
  'relay-closed': m.check_say_relay_closed,
  'relay-refused': m.check_say_relay_refused,
  'no-stun': m.check_say_no_server,
  'no-relay': m.check_say_no_server,
  'loop-unconnected': m.check_say_loop_unconnected,
  'loop-silent': m.check_say_loop_silent,
  'in-a-call': m.check_say_in_a_call,
  fault: m.check_say_fault,
}

/** The state of a row, for who cannot see its sign. */
export function stateWords({ now, outcome }: Row): string {
  if (now === 'running') return m.check_state_running()
  if (now === 'asking') return m.check_state_asking()
  return now === 'done' && outcome ? STATES[outcome.state]() : m.check_state_waiting()
}

export function outcomeWords(outcome: Outcome): string {
  switch (outcome.say) {
    case 'line-open':
      return m.check_say_line_open({ ms: outcome.ms })
    case 'line-slow':
      return m.check_say_line_slow({ ms: outcome.ms })
    case 'registrar-answers':
      return m.check_say_registrar_answers({ devices: outcome.devices })
    case 'refused':
      return m.check_say_refused({ status: outcome.status })
    case 'loop-measured': {
      const facts = { word: qualityWords[outcome.word](), mos: outcome.mos.toFixed(1) }
      return outcome.way === 'relay' ? m.check_say_loop_relay(facts) : m.check_say_loop_direct(facts)
    }
    default:
      return SENTENCES[outcome.say]()
  }
}

/** A host and port keep their direction within a sentence (Unicode LRI, PDI). */
const placed = ({ host, port }: Need) => leftToRight(`${host}:${port}`)

/** One line for the network's administrator. */
export function needWords(need: Need): string {
  const place = placed(need)
  if (need.protocol === 'WSS') return m.check_need_wss({ place })
  const { protocol } = need
  return protocol === 'UDP' ? m.check_need_udp({ protocol, place }) : m.check_need({ protocol, place })
}

export const VERDICTS: Record<Verdict, { hue: 'green' | 'yellow' | 'red'; title: () => string; words: () => string }> =
  {
    ready: { hue: 'green', title: m.check_verdict_ready, words: m.check_verdict_ready_words },
    limited: { hue: 'yellow', title: m.check_verdict_limited, words: m.check_verdict_limited_words },
    'not-ready': { hue: 'red', title: m.check_verdict_not_ready, words: m.check_verdict_not_ready_words },
  }
