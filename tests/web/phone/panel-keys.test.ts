import { describe, expect, it } from 'vitest'
import { begin, progress } from '../../../web/src/lib/phone/call-progress'
import { keyAction } from '../../../web/src/lib/phone/panel-keys'

const key = (key: string, code = '', more: Partial<KeyboardEvent> = {}) => ({
  key,
  code,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  repeat: false,
  defaultPrevented: false,
  target: null,
  ...more,
})
const element = (tagName: string) => ({ tagName }) as unknown as EventTarget
const idle = { call: null, keypadOpen: false, hasTarget: false, typed: '' }
const ringingIn = begin({ direction: 'incoming', number: '101', name: 'Bob', leaseId: null }, 0)
const ringingOut = begin({ direction: 'outgoing', number: '101', name: null, leaseId: null }, 0)
const talking = progress(ringingOut, { kind: 'answered' }, 1)
const ended = progress(talking, { kind: 'ended', cause: 'normal', endedBy: 'here' }, 2)

describe('keys of the telephone', () => {
  it('[PHONE-4] T asks to whom; with a second call it connects the two, while it rings it stops', () => {
    const t = key('t', 'KeyT')
    expect(keyAction(t, { ...idle, call: talking })).toEqual({ do: 'pad-of-transfer', open: true })
    expect(keyAction(t, { ...idle, call: talking, isMoving: true })).toEqual({ do: 'stop-transfer' })
    expect(keyAction(t, { ...idle, call: talking, hasBeside: true })).toEqual({ do: 'complete' })
    expect(keyAction(t, { ...idle, call: ringingOut })).toBeNull()
    const escape = key('Escape', 'Escape')
    expect(keyAction(escape, { ...idle, call: talking, transferOpen: true })).toEqual({
      do: 'pad-of-transfer',
      open: false,
    })
  })
  it('[PHONE-4] A answers who waits and D declines, while somebody is talked to', () => {
    const waiting = { ...idle, call: talking, isWaiting: true, canAnswer: true }
    expect(keyAction(key('a', 'KeyA'), waiting)).toEqual({ do: 'answer-waiting' })
    expect(keyAction(key('d', 'KeyD'), waiting)).toEqual({ do: 'decline-waiting' })
    expect(keyAction(key('a', 'KeyA'), { ...waiting, canAnswer: false })).toBeNull()
    expect(keyAction(key('d', 'KeyD'), { ...waiting, call: ringingOut })).toEqual({ do: 'decline-waiting' })
    expect(keyAction(key('a', 'KeyA'), { ...idle, call: talking })).toBeNull()
    expect(keyAction(key('Enter', 'Enter'), waiting)).toBeNull()
  })
  it('[PHONE-4] W swaps and G brings all together, with a second call alone', () => {
    const two = { ...idle, call: talking, hasBeside: true }
    expect([keyAction(key('w', 'KeyW'), two), keyAction(key('g', 'KeyG'), two)]).toEqual([
      { do: 'swap' },
      { do: 'merge' },
    ])
    expect(keyAction(key('w', 'KeyW'), { ...idle, call: talking })).toBeNull()
  })
  it('[PHONE-2] digits go to the dial pad while nobody is in hand', () => {
    expect(keyAction(key('5', 'Digit5'), idle)).toEqual({ do: 'type', digit: '5' })
    expect(keyAction(key('+', 'Equal', { shiftKey: true }), idle)).toEqual({ do: 'type', digit: '+' })
    expect(keyAction(key('5', 'Digit5'), { ...idle, call: ended })).toEqual({ do: 'type', digit: '5' })
  })
  it('[PHONE-2] digits belong to the dispositions while a customer is in hand', () => {
    expect(keyAction(key('5', 'Digit5'), { ...idle, hasTarget: true })).toBeNull()
    expect(keyAction(key('5', 'Digit5'), { ...idle, hasTarget: true, call: talking })).toBeNull()
  })
  it('[PHONE-2] O opens the dial pad for another number; open, it owns the digits', () => {
    const inHand = { ...idle, hasTarget: true }
    expect(keyAction(key('o', 'KeyO'), inHand)).toEqual({ do: 'keypad', open: true })
    expect(keyAction(key('o', 'KeyO'), idle)).toBeNull()
    expect(keyAction(key('5', 'Digit5'), { ...inHand, keypadOpen: true })).toEqual({ do: 'type', digit: '5' })
    expect(keyAction(key('Escape'), { ...inHand, keypadOpen: true })).toEqual({ do: 'keypad', open: false })
  })
  it('[PHONE-4] the open keypad owns the digits', () => {
    const open = { ...idle, call: talking, keypadOpen: true, hasTarget: true }
    expect(keyAction(key('5', 'Digit5'), open)).toEqual({ do: 'tone', digit: '5' })
    expect(keyAction(key('#', 'Digit3', { shiftKey: true }), open)).toEqual({ do: 'tone', digit: '#' })
    expect(keyAction(key('Escape'), open)).toEqual({ do: 'keypad', open: false })
  })
  it('[PHONE-2] Enter dials what is typed, but never steals a button’s own Enter', () => {
    expect(keyAction(key('Enter'), { ...idle, typed: '101' })).toEqual({ do: 'dial' })
    expect(keyAction(key('Enter', '', { target: element('BUTTON') }), { ...idle, typed: '101' })).toBeNull()
    expect(keyAction(key('Enter'), idle)).toBeNull()
  })
  it('[PHONE-3] Enter answers, Escape declines', () => {
    expect(keyAction(key('Enter'), { ...idle, call: ringingIn })).toEqual({ do: 'answer' })
    const elsewhere = { tagName: 'BUTTON', closest: () => null } as unknown as EventTarget
    const declineKey = {
      tagName: 'BUTTON',
      closest: (within: string) => (within === '.phone' ? {} : null),
    } as unknown as EventTarget
    expect(keyAction(key('Enter', '', { target: elsewhere }), { ...idle, call: ringingIn })).toEqual({ do: 'answer' })
    expect(keyAction(key('Enter', '', { target: declineKey }), { ...idle, call: ringingIn })).toBeNull()
    expect(keyAction(key('Escape'), { ...idle, call: ringingIn })).toEqual({ do: 'decline' })
    expect(keyAction(key('Escape'), { ...idle, call: ringingOut })).toBeNull()
  })
  it('[PHONE-4] M, H and K by their place, also on an Arabic keyboard; End call needs Shift', () => {
    const inCall = { ...idle, call: talking }
    expect(keyAction(key('ة', 'KeyM'), inCall)).toEqual({ do: 'mute' })
    expect(keyAction(key('ا', 'KeyH'), inCall)).toEqual({ do: 'hold' })
    expect(keyAction(key('k', 'KeyK'), inCall)).toEqual({ do: 'keypad', open: true })
    expect(keyAction(key('e', 'KeyE'), inCall)).toBeNull()
    expect(keyAction(key('E', 'KeyE', { shiftKey: true }), inCall)).toEqual({ do: 'end' })
    expect(keyAction(key('E', 'KeyE', { shiftKey: true }), { ...idle, call: ringingOut })).toEqual({ do: 'end' })
    expect(keyAction(key('m', 'KeyM'), idle)).toBeNull()
  })
  it('is off while somebody writes, and leaves what others took', () => {
    expect(keyAction(key('5', 'Digit5', { target: element('TEXTAREA') }), idle)).toBeNull()
    expect(keyAction(key('5', 'Digit5', { defaultPrevented: true }), idle)).toBeNull()
    expect(keyAction(key('5', 'Digit5', { ctrlKey: true }), idle)).toBeNull()
  })
})
