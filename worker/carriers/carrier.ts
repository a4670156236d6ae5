import type { Env } from '../env'
import { demoCarrier } from './demo'

/**
 * A way to the telephone network. One port for all: a SIP trunk, a carrier's API, or the demo telephone. A carrier can be
 * absent: then calls to numbers are refused with `no-carrier`, and everything else works.
 */
export interface Carrier {
  readonly name: 'demo' | 'trunk'
  /** Where a call to this number (E.164) goes: the AOR whose devices stand for it. */
  route(number: string): { aor: string }
}

/** The carrier of this deployment; null: none is connected. */
export function carrierOf(env: Pick<Env, 'DEMO'>): Carrier | null {
  return env.DEMO === '1' ? demoCarrier : null
}
