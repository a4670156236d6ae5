import { isGuest } from '../../carriers/demo'
import { isTrunk } from '../../carriers/trunk'
import { quoted } from '../grammar'
import type { Named } from './state'
import type { Turn } from './turn'

/**
 * RFC 3325 §9.1: whom the caller's dialled extension belongs to, in the answers to the INVITE, so that screens show a name. Only to
 * phones of our own people.
 */
export function reached({ state, caller }: Turn): string[] {
  const { callee, host } = state
  if (!callee || isTrunk(caller.aor) || isGuest(caller.aor)) return []
  return [`P-Asserted-Identity: ${nameAddress(callee, host)}`]
}

const nameAddress = ({ name, user }: Named, host: string): string =>
  `${quoted(name)} <sip:${encodeURIComponent(user).replaceAll('%2B', '+')}@${host}>`
