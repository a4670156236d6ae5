import type { Disposition } from '#shared/protocol/pools'

/** What a key of the desk does (look, "Keys on the desk"): places on the keyboard, whatever its layout. */
export type DeskKey =
  | {
      does:
        | 'next'
        | 'call'
        | 'mute'
        | 'hold'
        | 'end-call'
        | 'keypad'
        | 'skip'
        | 'note'
        | 'callbacks'
        | 'undo'
        | 'main'
        | 'help'
    }
  | { does: 'choose'; code: string }

/** What the keys that work now do. */
export type DeskActions = { [D in DeskKey['does']]?: (action: DeskKey) => void }

export type KeyMoment = {
  hasHand: boolean
  isTyping: boolean
  /** The open keypad owns the digits; then the dispositions; then the dial pad (the telephone's own business). */
  isKeypadOpen: boolean
  dispositions: readonly Disposition[]
}
export type KeyPress = Pick<KeyboardEvent, 'code' | 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>

const LETTERS: Record<string, Exclude<DeskKey['does'], 'choose'>> = {
  KeyN: 'next',
  KeyC: 'call',
  KeyM: 'mute',
  KeyH: 'hold',
  KeyK: 'keypad',
  KeyS: 'skip',
  KeyJ: 'note',
  KeyB: 'callbacks',
  KeyZ: 'undo',
}

/** Off while typing, but for Ctrl or ⌘ Enter in a note. Shift E ends a call: two fingers, far from H. */
export function keyOf(press: KeyPress, moment: KeyMoment): DeskKey | null {
  const isEnter = press.code === 'Enter' || press.code === 'NumpadEnter'
  if (isEnter && (press.ctrlKey || press.metaKey)) return { does: 'main' }
  if (moment.isTyping || press.ctrlKey || press.metaKey || press.altKey) return null
  if (press.key === '?') return { does: 'help' }
  if (press.shiftKey) return press.code === 'KeyE' ? { does: 'end-call' } : null
  if (isEnter) return { does: 'main' }
  const letter = LETTERS[press.code]
  if (letter) return { does: letter }
  if (!moment.hasHand || moment.isKeypadOpen) return null
  const code = press.code.replace('Numpad', 'Digit')
  const chosen = moment.dispositions.find((disposition) => disposition.hotkey === code)
  return chosen ? { does: 'choose', code: chosen.code } : null
}

/** Whether the keyboard is writing into something right now. */
export function isTypingIn(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null
  if (!element || typeof element.closest !== 'function') return false
  return (
    element.isContentEditable ||
    element.closest('textarea, select, input:not([type=checkbox], [type=radio], [type=button])') !== null
  )
}
