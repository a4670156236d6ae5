import type { PhoneCall } from '../phone/phone'
import type { Light } from './layout'
import type { Lights, Press } from './reports'

type Shown = Pick<PhoneCall, 'state' | 'isMuted'> | null

/** PHONE-12: how the lights of a headset stand for a call. Off-hook is what the device answers with its own hook switch. */
export function lightsOf(call: Shown): Lights {
  const state = call?.state ?? 'ended'
  const isUp = state === 'talking' || state === 'held'
  return {
    'off-hook': isUp || state === 'ringing-out',
    ring: state === 'ringing-in',
    mute: isUp && call!.isMuted,
    hold: state === 'held',
    online: isUp,
  }
}

export type Order =
  { do: 'answer' } | { do: 'hang-up' } | { do: 'decline' } | { do: 'mute'; on: boolean } | { do: 'hold'; on: boolean }

/** A device answers a light by moving its own switch: what comes so soon after it is that, and no finger. */
export const ECHO_MS = 500

/**
 * What a press asks of the call in hand; null: nothing. `sinceLight`: ms since that light was last changed by us.
 *
 *   ringing in:  hook on ▶ answer · reject ▶ decline
 *   up, or ringing out:  hook off ▶ hang up · mute pressed ▶ the other way round · flash pressed ▶ hold, or back
 */
export function orderOf({ control, on }: Press, call: Shown, sinceLight: (light: Light) => number): Order | null {
  if (!call || call.state === 'ended') return null
  const isUp = call.state === 'talking' || call.state === 'held'
  switch (control) {
    case 'hook':
      if (call.state === 'ringing-in') return on ? { do: 'answer' } : null
      return !on && sinceLight('off-hook') > ECHO_MS ? { do: 'hang-up' } : null
    case 'mute':
      return isUp && on && sinceLight('mute') > ECHO_MS ? { do: 'mute', on: !call.isMuted } : null
    case 'flash':
      return isUp && on ? { do: 'hold', on: call.state === 'talking' } : null
    case 'reject':
      return call.state === 'ringing-in' && on ? { do: 'decline' } : null
  }
}
