import { describe, expect, it } from 'vitest'
import { ECHO_MS, lightsOf, orderOf } from '../../../web/src/lib/headset/call-control'
import type { CallState } from '../../../web/src/lib/phone/phone'

const call = (state: CallState, isMuted = false) => ({ state, isMuted })
const long = () => 10_000
const just = () => ECHO_MS

describe('a press, and the call in hand', () => {
  it('[PHONE-12] answers, declines, hangs up', () => {
    expect(orderOf({ control: 'hook', on: true }, call('ringing-in'), long)).toEqual({ do: 'answer' })
    expect(orderOf({ control: 'reject', on: true }, call('ringing-in'), long)).toEqual({ do: 'decline' })
    for (const state of ['talking', 'held', 'ringing-out'] as const)
      expect(orderOf({ control: 'hook', on: false }, call(state), long)).toEqual({ do: 'hang-up' })
  })
  it('[PHONE-12] mutes and holds, and takes both back', () => {
    expect(orderOf({ control: 'mute', on: true }, call('talking'), long)).toEqual({ do: 'mute', on: true })
    expect(orderOf({ control: 'mute', on: true }, call('talking', true), long)).toEqual({ do: 'mute', on: false })
    expect(orderOf({ control: 'flash', on: true }, call('talking'), long)).toEqual({ do: 'hold', on: true })
    expect(orderOf({ control: 'flash', on: true }, call('held'), long)).toEqual({ do: 'hold', on: false })
  })
  it('[PHONE-12] a button that is let go, or pressed without a call, does nothing', () => {
    for (const control of ['mute', 'flash', 'reject'] as const)
      for (const state of ['talking', 'ringing-in'] as const)
        expect(orderOf({ control, on: false }, call(state), long)).toBeNull()
    for (const control of ['hook', 'mute', 'flash', 'reject'] as const) {
      expect(orderOf({ control, on: true }, null, long)).toBeNull()
      expect(orderOf({ control, on: true }, call('ended'), long)).toBeNull()
    }
    expect(orderOf({ control: 'reject', on: true }, call('talking'), long)).toBeNull()
    expect(orderOf({ control: 'mute', on: true }, call('ringing-in'), long)).toBeNull()
  })
  it('[PHONE-12] what a device says in answer to its own light ends no call and unmutes nobody', () => {
    expect(orderOf({ control: 'hook', on: true }, call('talking'), just)).toBeNull()
    // the call before it ended a moment ago, and the device hangs up only now
    expect(orderOf({ control: 'hook', on: false }, call('ringing-out'), just)).toBeNull()
    expect(orderOf({ control: 'mute', on: true }, call('talking', true), just)).toBeNull()
  })
})

describe('the lights of a call', () => {
  it('[PHONE-12] follow it', () => {
    const on = (state: CallState, isMuted = false) =>
      Object.entries(lightsOf(call(state, isMuted))).flatMap(([light, is]) => (is ? [light] : []))
    expect(on('ringing-in')).toEqual(['ring'])
    expect(on('ringing-out')).toEqual(['off-hook'])
    expect(on('talking', true)).toEqual(['off-hook', 'mute', 'online'])
    expect(on('held')).toEqual(['off-hook', 'hold', 'online'])
    expect(on('ended', true)).toEqual([])
    expect(Object.values(lightsOf(null))).not.toContain(true)
  })
})
