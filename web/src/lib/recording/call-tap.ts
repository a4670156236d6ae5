import type { PauseReason } from '#shared/domain/recording/pausing'
import type { Policy } from '#shared/domain/recording/policy'
import type { PhoneCall } from '../phone/phone'
import type { CallSound } from './sound-mixer'

/** Who listens along to the calls of this device. The telephone tells it each change of a call, with the call's sound. */
export interface CallTap {
  follow(call: PhoneCall, sound: CallSound): void
}

/** The recording of the call in hand, as screens show it; the same in every tab. */
export type RecordingNow = {
  policy: Policy
  /** `off`: not begun; `on`; `paused`: see `why`; `broken`: what was stored stays, no more comes. */
  state: 'off' | 'on' | 'paused' | 'broken'
  why: PauseReason | null
}

/** `agree`: they were asked and said yes. `card` and `card-over`: a field for a card's number has the focus, or lost it. */
export type RecordingAction = 'agree' | 'pause' | 'resume' | 'card' | 'card-over'
