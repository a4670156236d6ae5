import { SENTENCES, type RefusalCode } from '#shared/protocol/problem'
import type { Route } from '../../sip/b2bua/set-up'
import type { CallFile } from './call-store'
import type { Dial } from './dial-guard'

/** Where a dialled user part leads, and what the call is called on screens. */
export type Routed = {
  route: Route
  calleeAor: string | null
  other: string
  direction: CallFile['direction']
  agent?: CallFile['agent']
  known?: CallFile['known']
  claimed?: string
  dial?: Dial
}

export function nowhere(
  other: string,
  status: number,
  reason: string,
  code: RefusalCode,
  direction: Routed['direction'] = 'internal',
): Routed {
  const headers = [`X-Switchroom-Refusal: ${code}`, `Reason: SIP;cause=${status};text="${SENTENCES[code]}"`]
  return { route: { to: 'nowhere', status, reason, headers }, calleeAor: null, other, direction }
}

/** The call, now that it is known where it goes. */
export function withRoute(file: CallFile, { claimed, dial, route: _, ...shown }: Routed): CallFile {
  const { calleeAor, other, direction, agent = file.agent, known = file.known } = shown
  const trunks = claimed ? [...(file.trunks ?? []), claimed] : file.trunks
  return { ...file, calleeAor, other, direction, agent, known, trunks, ...(dial ? { dial } : {}) }
}
