import { CHECKS, type CheckName, type Results } from './check'

/** `limited`: calls work from here, but not as well, or not with everybody. */
export type Verdict = 'ready' | 'limited' | 'not-ready'

/** Without these nobody can be called. */
const NEEDED: readonly CheckName[] = ['microphone', 'speaker', 'line', 'registration', 'loop']
const RELAYS = ['turn-udp', 'turn-tcp', 'turn-tls'] as const

/**
 * PHONE-6: one verdict over all; null while a check is still to come. Ways out of the network are counted together: where one relay
 * works, another that does not changes nothing, nor does STUN.
 */
export function verdictOf(results: Results): Verdict | null {
  if (CHECKS.some((name) => results[name] === undefined)) return null
  const stateOf = (name: CheckName) => results[name]!.state
  if (NEEDED.some((name) => stateOf(name) === 'failed')) return 'not-ready'
  if (NEEDED.some((name) => stateOf(name) !== 'passed')) return 'limited'
  const isOut = RELAYS.some((name) => stateOf(name) === 'passed')
  const isBarred = [...RELAYS, 'stun' as const].some((name) => stateOf(name) === 'failed')
  return isBarred && !isOut ? 'limited' : 'ready'
}
