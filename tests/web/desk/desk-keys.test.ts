import { describe, expect, it } from 'vitest'
import { HOTKEYS } from '#shared/domain/pool/disposition-set'
import { PRESETS } from '#shared/domain/pool/presets'
import type { Disposition } from '#shared/protocol/pools'
import { keyOf, type KeyMoment, type KeyPress } from '../../../web/src/lib/desk/desk-keys'
import { keyAction } from '../../../web/src/lib/phone/panel-keys'

const dispositions = PRESETS['telecalling'].dispositions as Disposition[]
const moment: KeyMoment = { hasHand: true, isTyping: false, isKeypadOpen: false, dispositions }
const press = (code: string, changes: Partial<KeyPress> = {}): KeyPress => ({
  code,
  key: code,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...changes,
})

describe('[LOOK-4] the keys of the desk', () => {
  it('go by their place: an Arabic or Turkish layout has the same ones', () => {
    expect(keyOf(press('KeyN', { key: 'ى' }), moment)).toEqual({ does: 'next' })
    expect(keyOf(press('KeyZ', { key: 'ئ' }), moment)).toEqual({ does: 'undo' })
    expect(keyOf(press('Digit1', { key: '١' }), moment)).toEqual({ does: 'choose', code: 'interested' })
  })
  it('digits have one owner: the open keypad, else the dispositions, else the dial pad', () => {
    expect(keyOf(press('Digit0'), moment)).toEqual({ does: 'choose', code: 'do-not-call' })
    expect(keyOf(press('Numpad7'), moment)).toEqual({ does: 'choose', code: 'busy' })
    expect(keyOf(press('Digit0'), { ...moment, isKeypadOpen: true })).toBeNull()
    expect(keyOf(press('Digit0'), { ...moment, hasHand: false })).toBeNull()
  })
  it('rest while someone types, but Ctrl or ⌘ Enter saves from the note', () => {
    const typing = { ...moment, isTyping: true }
    for (const code of ['KeyN', 'Digit1', 'KeyS', 'Enter']) expect(keyOf(press(code), typing)).toBeNull()
    expect(keyOf(press('Enter', { ctrlKey: true }), typing)).toEqual({ does: 'main' })
    expect(keyOf(press('Enter', { metaKey: true }), typing)).toEqual({ does: 'main' })
  })
  it('leave the browser its own: Ctrl N, Alt digits, ⌘ S', () => {
    expect(keyOf(press('KeyN', { ctrlKey: true }), moment)).toBeNull()
    expect(keyOf(press('Digit1', { altKey: true }), moment)).toBeNull()
    expect(keyOf(press('KeyS', { metaKey: true }), moment)).toBeNull()
  })
  it('end a call with two fingers only', () => {
    expect(keyOf(press('KeyE'), moment)).toBeNull()
    expect(keyOf(press('KeyE', { shiftKey: true }), moment)).toEqual({ does: 'end-call' })
    expect(keyOf(press('KeyN', { shiftKey: true }), moment)).toBeNull()
  })
})

it('[POOL-10] no key that a disposition may have does anything else on the desk, nor opens the dial pad', () => {
  const moment = { hasHand: true, isTyping: false, isKeypadOpen: false, dispositions: [] }
  for (const code of HOTKEYS) {
    const press = {
      code,
      key: code.slice(-1).toLowerCase(),
      shiftKey: false,
      ctrlKey: false,
      metaKey: false,
      altKey: false,
    }
    expect(keyOf(press, moment), code).toBeNull()
    const idle = { call: null, keypadOpen: false, hasTarget: true, typed: '' }
    expect(keyAction({ ...press, repeat: false, defaultPrevented: false, target: null }, idle), code).toBeNull()
  }
})
