import type { QualityWord } from '../phone/quality'

/** PHONE-6, in the order of the page. */
export const CHECKS = [
  'microphone',
  'speaker',
  'line',
  'registration',
  'stun',
  'turn-udp',
  'turn-tcp',
  'turn-tls',
  'loop',
] as const
export type CheckName = (typeof CHECKS)[number]
export type RelayWay = 'turn-udp' | 'turn-tcp' | 'turn-tls'

/** What the network has to let through: one line for its administrator. */
export type Need = { protocol: 'UDP' | 'TCP' | 'TLS' | 'WSS'; host: string; port: number }

/**
 * How a check came out. `unset`: the deployment has no such server. `skipped`: not the time for it. What is said is a closed list; the
 * sentences are in `check-words`.
 */
export type Outcome =
  | { state: 'passed'; say: 'microphone-heard' | 'speaker-heard' | 'stun-answered' | 'stun-direct' | 'relay-open' }
  | { state: 'passed'; say: 'line-open'; ms: number }
  | { state: 'passed'; say: 'registrar-answers'; devices: number }
  | { state: 'passed' | 'warned'; say: 'loop-measured'; mos: number; word: QualityWord; way: Way }
  | { state: 'warned'; say: 'line-slow'; ms: number }
  | { state: 'warned'; say: 'microphone-quiet' }
  | { state: 'failed'; say: 'microphone-denied' | 'microphone-missing' | 'speaker-unheard' | 'fault' }
  | { state: 'failed'; say: 'line-closed' | 'news-closed' | 'registrar-silent'; needs: Need[] }
  | { state: 'failed'; say: 'refused'; status: number }
  | { state: 'failed'; say: 'stun-silent' | 'relay-closed' | 'loop-unconnected' | 'loop-silent'; needs: Need[] }
  | { state: 'failed'; say: 'relay-refused' }
  | { state: 'unset'; say: 'no-stun' | 'no-relay' }
  | { state: 'skipped'; say: 'in-a-call' | 'unanswered' }

/** How the sound of the loop-back call went: within this machine and its network, or out and back through a relay. */
export type Way = 'direct' | 'relay'
export type Results = Partial<Record<CheckName, Outcome>>

export const needsOf = (outcome: Outcome | undefined): readonly Need[] =>
  outcome && 'needs' in outcome ? outcome.needs : []
