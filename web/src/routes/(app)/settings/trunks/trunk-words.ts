import type { TrunkFault, TrunkState } from '#shared/protocol/trunks'
import { m } from '$lib/paraglide/messages'
import type { Hue } from '$lib/ui/hue'

/** How a trunk stands, in a word and a colour. */
export const PHASES: Record<TrunkState['phase'], { words: () => string; hue: Hue }> = {
  registered: { words: m.trunk_phase_registered, hue: 'green' },
  connecting: { words: m.trunk_phase_connecting, hue: 'yellow' },
  waiting: { words: m.trunk_phase_waiting, hue: 'red' },
  off: { words: m.trunk_phase_off, hue: 'plain' },
  unknown: { words: m.trunk_phase_unknown, hue: 'yellow' },
}

export const FAULTS: Record<TrunkFault['code'], () => string> = {
  unreachable: m.trunk_fault_unreachable,
  closed: m.trunk_fault_closed,
  silent: m.trunk_fault_silent,
  'wrong-credentials': m.trunk_fault_wrong_credentials,
  rejected: m.trunk_fault_rejected,
  'secret-lost': m.trunk_fault_secret_lost,
}

/** A number as somebody writes it, without its marks; E.164 is checked by the schema. */
export const bareNumber = (text: string): string => {
  const bare = text.replace(/[^\d+]/g, '')
  return bare.startsWith('00') ? `+${bare.slice(2)}` : bare
}
