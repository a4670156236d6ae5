import type { MicrophoneState } from './phone'
import { constraintsOf } from './sound-choice'
import { onSoundChosen, soundChoice } from './sound-devices'

/** Where the sound that we send comes from. Each call gets a stream of its own: ending a call stops its tracks. */
export interface Microphone {
  open(): Promise<{ stream: MediaStream; state: MicrophoneState }>
  /** Another was chosen: a call under way opens it anew. */
  onChosen?(then: () => void): () => void
}

/** The chosen microphone of this machine (PHONE-5); without one, or without leave, silence, so that the call connects all the same. */
export const deviceMicrophone: Microphone = {
  async open() {
    try {
      const audio = constraintsOf(soundChoice())
      return { stream: await navigator.mediaDevices.getUserMedia({ audio }), state: 'ready' }
    } catch (error) {
      const isDenied =
        error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'SecurityError')
      return { stream: silence(), state: isDenied ? 'denied' : 'missing' }
    }
  },
  onChosen: onSoundChosen,
}

let context: AudioContext | null = null
/** One audio context for all of ringtone and silence: browsers allow few, and a gesture unlocks it once. */
export function audioContext(): AudioContext {
  context ??= new AudioContext()
  if (context.state === 'suspended') void context.resume().catch(() => undefined)
  return context
}

/** A live track that says nothing: keeps the call two-way, and keys can be sent on it (RFC 4733). */
export function silence(): MediaStream {
  return audioContext().createMediaStreamDestination().stream
}
