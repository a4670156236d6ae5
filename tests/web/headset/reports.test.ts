import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HidCollection, HidItem } from '../../../web/src/lib/headset/hid'
import { isUseful, layoutOf, type Control, type Light } from '../../../web/src/lib/headset/layout'
import { pressesOf, reportsOf, type Lights } from '../../../web/src/lib/headset/reports'
import { HEADSETS, type HeadsetName } from './headsets'

const DARK: Lights = { 'off-hook': false, ring: false, mute: false, hold: false, online: false }
const view = (...bytes: number[]) => new DataView(Uint8Array.from(bytes).buffer)
const layout = (name: HeadsetName) => layoutOf(HEADSETS[name])
const sent = (name: HeadsetName, lights: Partial<Lights>) =>
  reportsOf(layout(name), { ...DARK, ...lights }).map(({ reportId, data }) => [reportId, ...data])

describe('what a headset says', () => {
  /** Report id, and for each control the report that has its bit alone. */
  const BUTTONS: [HeadsetName, number, Partial<Record<Control, number[]>>][] = [
    ['Jabra EVOLVE LINK MS', 2, { hook: [1, 0], mute: [4, 0], flash: [8, 0], reject: [64, 0] }],
    ['Jabra BIZ 2400 II', 2, { hook: [1, 0], mute: [4, 0], flash: [8, 0], reject: [0, 8] }],
    ['Poly Blackwire 3220', 8, { hook: [2], mute: [1], flash: [4] }],
    ['Poly BT700', 32, { hook: [1], mute: [2], flash: [4], reject: [16] }],
    ['Sennheiser SC 660', 8, { hook: [2], mute: [1], flash: [8], reject: [16] }],
    ['EPOS IMPACT DW', 2, { hook: [4], mute: [32], flash: [8], reject: [64] }],
    ['Yealink WH66', 2, { hook: [1, 0], mute: [4, 0], flash: [8, 0], reject: [64, 0] }],
    ['Dell SP325', 5, { hook: [1], mute: [2], flash: [8], reject: [128] }],
    ['Logitech MX Brio', 8, { hook: [2], mute: [1] }],
  ]
  it.each(BUTTONS)('[PHONE-12] %s: each button by its own bit', (name, reportId, buttons) => {
    for (const [control, bytes] of Object.entries(buttons)) {
      const pressed = pressesOf(layout(name), {}, reportId, view(...bytes))
      expect(pressed.presses).toEqual([{ control, on: true }])
      const released = pressesOf(layout(name), pressed.held, reportId, view(...bytes.map(() => 0)))
      expect(released.presses).toEqual([{ control, on: false }])
    }
    const others = layout(name).inputs.filter(({ control }) => !(control in buttons))
    expect(others).toEqual([])
  })

  it('[PHONE-12] volume keys, another report, one cut short and one that repeats itself say nothing', () => {
    const epos = layout('EPOS IMPACT DW')
    expect(pressesOf(epos, {}, 2, view(0b11)).presses).toEqual([])
    expect(pressesOf(epos, {}, 3, view(0xff)).presses).toEqual([])
    expect(pressesOf(layout('Jabra BIZ 2400 II'), {}, 2, view()).presses).toEqual([])
    const once = pressesOf(epos, {}, 2, view(4))
    expect(pressesOf(epos, once.held, 2, view(4)).presses).toEqual([])
  })

  it('[PHONE-12] a constant is no button, and a device without a telephone is of no use', () => {
    expect(isUseful(layout('Razer Seiren'))).toBe(false)
    expect(isUseful(layout('Logitech G535'))).toBe(false)
    expect(isUseful(layout('Poly BT700'))).toBe(true)
  })
})

describe('what a headset is told', () => {
  it('[PHONE-12] Jabra and Yealink: one report of two bytes, ring and ringer together', () => {
    for (const name of ['Jabra EVOLVE LINK MS', 'Yealink WH66'] as const) {
      expect(sent(name, { ring: true })).toEqual([[2, 0b10_0100, 0]])
      expect(sent(name, { 'off-hook': true, mute: true })).toEqual([[2, 0b11, 0]])
      expect(sent(name, {})).toEqual([[2, 0, 0]])
    }
  })
  it('[PHONE-12] Poly: a report for each light', () => {
    expect(sent('Poly Blackwire 3220', { 'off-hook': true, online: true })).toEqual([
      [9, 0],
      [23, 1],
      [24, 0],
      [32, 0],
      [42, 1],
    ])
    expect(sent('Poly BT700', { ring: true })).toEqual([
      [33, 1],
      [35, 0],
      [36, 0],
      [37, 0],
    ])
  })
  it('[PHONE-12] Sennheiser and EPOS: lights in an order of their own', () => {
    expect(sent('Sennheiser SC 660', { 'off-hook': true, hold: true })).toEqual([[9, 0b10_0010]])
    expect(sent('EPOS IMPACT DW', { ring: true })).toEqual([[3, 0b1001]])
    expect(sent('EPOS IMPACT DW', { mute: true, online: true })).toEqual([[3, 0b11_0000]])
  })
  it('[PHONE-12] what has no light is told nothing', () => {
    expect(sent('Razer Seiren', { ring: true })).toEqual([])
    expect(sent('Logitech MX Brio', { ring: true })).toEqual([[9, 0]])
  })
})

describe('whatever a descriptor says', () => {
  const wild = fc.oneof(fc.integer(), fc.double(), fc.constant(undefined)) as fc.Arbitrary<number | undefined>
  const known = fc.constantFrom(0x0b0020, 0x0b002f, 0x0b0021, 0x0b0007, 0x080017, 0x080018, 0x080009, 0x0b009e)
  const item = fc.record(
    {
      usages: fc.array(fc.oneof(known, fc.nat()), { maxLength: 6 }),
      isRange: fc.boolean(),
      usageMinimum: fc.oneof(known, fc.nat()),
      isArray: fc.boolean(),
      isConstant: fc.boolean(),
      reportSize: fc.oneof(fc.nat(33), wild),
      reportCount: fc.oneof(fc.nat(40), wild),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<HidItem>
  const reports = fc.array(
    fc.record({ reportId: fc.nat(255), items: fc.array(item, { maxLength: 8 }) }, { requiredKeys: [] }),
    { maxLength: 4 },
  )
  const collections = fc.array(fc.record({ inputReports: reports, outputReports: reports }, { requiredKeys: [] }), {
    maxLength: 4,
  }) as fc.Arbitrary<HidCollection[]>

  it('[PHONE-12] it is read without a fault, and its reports stay within their length', () => {
    fc.assert(
      fc.property(collections, fc.uint8Array({ maxLength: 64 }), fc.nat(255), (found, bytes, reportId) => {
        const read = layoutOf(found)
        const data = new DataView(bytes.slice().buffer)
        const { presses, held } = pressesOf(read, {}, reportId, data)
        expect(presses.every(({ on }) => on)).toBe(true)
        // the same report again presses nothing
        expect(pressesOf(read, held, reportId, data).presses).toEqual([])
        const dark = reportsOf(read, DARK)
        expect(dark.every(({ data }) => data.length <= 8192 && data.every((byte) => byte === 0))).toBe(true)
      }),
    )
  })

  it('[PHONE-12] each light changes its own bits and no others', () => {
    const lights = fc.constantFrom<Light>('off-hook', 'ring', 'mute', 'hold', 'online')
    fc.assert(
      fc.property(fc.constantFrom(...(Object.keys(HEADSETS) as HeadsetName[])), lights, (name, light) => {
        const places = layout(name).outputs.flatMap((output) => output.lights.filter((one) => one.light === light))
        const on = reportsOf(layout(name), { ...DARK, [light]: true })
        const bits = on
          .flatMap(({ data }) => [...data])
          .reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0)
        expect(bits).toBe(places.length)
      }),
    )
  })
})
