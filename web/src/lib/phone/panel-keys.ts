import type { PhoneCall } from './phone'

/** What a key means to the telephone right now (LOOK, keys on the desk). Null: it belongs to somebody else. */
export type PanelAction =
  | { do: 'tone' | 'type'; digit: string }
  | { do: 'keypad' | 'pad-of-transfer'; open: boolean }
  | {
      do:
        | 'delete'
        | 'empty'
        | 'dial'
        | 'mute'
        | 'hold'
        | 'swap'
        | 'merge'
        | 'complete'
        | 'stop-transfer'
        | 'end'
        | 'answer'
        | 'decline'
        | 'answer-waiting'
        | 'decline-waiting'
    }

type Situation = {
  call: PhoneCall | null
  /** In a call: keys are tones. With a customer in hand and no call: the dial pad, for another number. */
  keypadOpen: boolean
  /** To whom a call shall go is being asked; a call waits beside this one; a transfer is under way. */
  transferOpen?: boolean
  hasBeside?: boolean
  isMoving?: boolean
  /** Somebody waits to be answered; and the call in hand can be put on hold for them. */
  isWaiting?: boolean
  canAnswer?: boolean
  hasTarget: boolean
  typed: string
}
type Key = Pick<
  KeyboardEvent,
  'code' | 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey' | 'repeat' | 'defaultPrevented' | 'target'
>

/**
 * Letters go by their place on the keyboard (`event.code`), so that Arabic and other layouts have the same keys; digits
 * by what they are. Digits have one owner: the open keypad, else the dispositions while a customer is in hand, else the
 * dial pad.
 */
export function keyAction(
  event: Key,
  { call, keypadOpen, transferOpen, hasBeside, isMoving, isWaiting, canAnswer, hasTarget, typed }: Situation,
): PanelAction | null {
  if (
    event.defaultPrevented ||
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    isTyping(event.target) ||
    isInFront(event.target)
  )
    return null
  const isAnswered = call !== null && call.answeredAt !== null && call.state !== 'ended'
  const isIdle = call === null || call.state === 'ended'

  if (event.code === 'KeyE' && event.shiftKey && !event.repeat && !isIdle) return { do: 'end' }
  if (call?.state === 'ringing-in' && !event.shiftKey && !event.repeat) {
    if (event.key === 'Enter' && !isOwnButton(event.target)) return { do: 'answer' }
    if (event.key === 'Escape') return { do: 'decline' }
  }
  if (isWaiting && !isIdle && !event.shiftKey && !event.repeat) {
    if (event.code === 'KeyA' && canAnswer) return { do: 'answer-waiting' }
    if (event.code === 'KeyD') return { do: 'decline-waiting' }
  }
  const digit = digitOf(event)
  if (isAnswered) {
    if (keypadOpen && digit && digit !== '+') return { do: 'tone', digit }
    if (keypadOpen && event.key === 'Escape') return { do: 'keypad', open: false }
    if (event.shiftKey || event.repeat) return null
    if (transferOpen && event.key === 'Escape') return { do: 'pad-of-transfer', open: false }
    if (event.code === 'KeyM') return { do: 'mute' }
    if (event.code === 'KeyT' && hasBeside) return { do: 'complete' }
    if (event.code === 'KeyT' && isMoving) return { do: 'stop-transfer' }
    if (event.code === 'KeyT') return { do: 'pad-of-transfer', open: !transferOpen }
    if (event.code === 'KeyW' && hasBeside) return { do: 'swap' }
    if (event.code === 'KeyG' && hasBeside) return { do: 'merge' }
    if (event.code === 'KeyH') return { do: 'hold' }
    if (event.code === 'KeyK') return { do: 'keypad', open: !keypadOpen }
    return null
  }
  if (!isIdle) return null
  if (hasTarget) {
    if (event.code === 'KeyO' && !event.shiftKey) return { do: 'keypad', open: !keypadOpen }
    if (!keypadOpen) return null
    if (event.key === 'Escape') return { do: 'keypad', open: false }
  }
  if (digit) return { do: 'type', digit }
  if (typed === '') return null
  if (event.key === 'Backspace') return { do: 'delete' }
  if (event.key === 'Escape') return { do: 'empty' }
  return event.key === 'Enter' && !isPressable(event.target) ? { do: 'dial' } : null
}

function digitOf(event: Key): string | null {
  if (/^[0-9*#+]$/.test(event.key)) return event.key
  // Arabic and Persian layouts type their own digits with the same keys.
  const place = /^(?:Digit|Numpad)(\d)$/.exec(event.code)
  return place && !event.shiftKey ? place[1]! : null
}

const tagOf = (target: EventTarget | null): string => (target as { tagName?: string } | null)?.tagName ?? ''
const isTyping = (target: EventTarget | null): boolean =>
  /^(?:INPUT|TEXTAREA|SELECT)$/.test(tagOf(target)) ||
  (target as { isContentEditable?: boolean } | null)?.isContentEditable === true
/** A sheet or a menu has its own keys while it is open. */
const isInFront = (target: EventTarget | null): boolean =>
  Boolean((target as Partial<Element> | null)?.closest?.('dialog[open], [role=menu], [role=listbox]'))
/** While it rings Enter answers, wherever the focus was left; only the telephone's own buttons (Decline) keep theirs. */
const isOwnButton = (target: EventTarget | null): boolean =>
  isPressable(target) && Boolean((target as Partial<Element>).closest?.('.phone'))
/** A focused button or link has its own Enter. */
const isPressable = (target: EventTarget | null): boolean => /^(?:BUTTON|A|SUMMARY)$/.test(tagOf(target))
