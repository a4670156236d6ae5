import { parseSoundChoice, type SoundChoice } from './sound-choice'

/** The machine's, not the person's: headsets stay where they are plugged in. */
const KEY = 'sound'
const changed = new EventTarget()

export const soundChoice = (): SoundChoice => parseSoundChoice(localStorage.getItem(KEY))

export function chooseSound(patch: Partial<SoundChoice>): SoundChoice {
  const choice = { ...soundChoice(), ...patch }
  localStorage.setItem(KEY, JSON.stringify(choice))
  changed.dispatchEvent(new Event('change'))
  return choice
}

/** Also where another window of this browser chose. */
export function onSoundChosen(then: () => void): () => void {
  const stored = (event: StorageEvent) => event.key === KEY && then()
  changed.addEventListener('change', then)
  addEventListener('storage', stored)
  return () => {
    changed.removeEventListener('change', then)
    removeEventListener('storage', stored)
  }
}

/** An element that plays by the chosen device, from now on and when another is chosen. One that has gone: the system's. */
export function playingBy(which: 'speaker' | 'ringer', element = new Audio()): HTMLAudioElement {
  const seen = new WeakRef(element)
  const turn = () => {
    const one = seen.deref()
    if (!one) return forget()
    if (!('setSinkId' in one)) return
    void one.setSinkId(soundChoice()[which] ?? '').catch(() => one.setSinkId('').catch(() => undefined))
  }
  const forget = onSoundChosen(turn)
  turn()
  return element
}

/**
 * Where the telephone's own tones go: straight out, or, where a device was chosen for them, through an element that plays by it.
 */
export function outputOf(context: AudioContext, which: 'speaker' | 'ringer'): { node: AudioNode; close(): void } {
  if (soundChoice()[which] === null) return { node: context.destination, close: () => undefined }
  const node = context.createMediaStreamDestination()
  const element = playingBy(which)
  element.srcObject = node.stream
  void element.play().catch(() => undefined)
  return { node, close: () => (element.srcObject = null) }
}
