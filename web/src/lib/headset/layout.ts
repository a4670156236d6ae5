import type { HidCollection, HidItem, HidReport } from './hid'

/** HID Usage Tables 1.12 §14 (Telephony, page 0x0B), §11 (LED, page 0x08), §12 (Button, page 0x09). */
export const TELEPHONY_PAGE = 0x0b
const usage = (page: number, id: number) => (page << 16) | id

export type Control = 'hook' | 'mute' | 'flash' | 'reject'
export type Light = 'off-hook' | 'ring' | 'mute' | 'hold' | 'online'

const CONTROLS: ReadonlyMap<number, Control> = new Map([
  [usage(TELEPHONY_PAGE, 0x20), 'hook'],
  [usage(TELEPHONY_PAGE, 0x2f), 'mute'],
  [usage(TELEPHONY_PAGE, 0x21), 'flash'],
  [usage(TELEPHONY_PAGE, 0x26), 'reject'], // Drop
  // Programmable Button, and Button 7: what headsets decline a call by
  [usage(TELEPHONY_PAGE, 0x07), 'reject'],
  [usage(0x09, 0x07), 'reject'],
])
const LIGHTS: ReadonlyMap<number, Light> = new Map([
  [usage(0x08, 0x17), 'off-hook'],
  [usage(0x08, 0x18), 'ring'],
  [usage(TELEPHONY_PAGE, 0x9e), 'ring'], // Ringer
  [usage(0x08, 0x09), 'mute'],
  [usage(0x08, 0x20), 'hold'],
  [usage(0x08, 0x2a), 'online'],
])

/** Where a control stands in an input report: bits are counted from the first after the report's id. */
export type Input = { control: Control; reportId: number; bit: number; size: number }
/** A whole output report: what is not a light we know is sent as 0. */
export type Output = { reportId: number; bytes: number; lights: readonly { light: Light; bit: number }[] }
export type Layout = { inputs: readonly Input[]; outputs: readonly Output[] }

/** No real report is longer (USB HID 1.11: full speed sends 64 bytes at a time); a descriptor may say anything. */
const MOST_BITS = 65_536
const MOST_USAGES = 256

/**
 * PHONE-12: a headset's report descriptor as data: which bit is which button, which bit is which light. Vendors' own pages, arrays
 * (an array's zero may mean its first usage) and constants are passed over; their bits count. Two reports of one id join.
 */
export function layoutOf(collections: readonly HidCollection[]): Layout {
  const inputs = collections.flatMap(({ inputReports = [] }) =>
    inputReports.flatMap((report) =>
      fieldsOf(report, CONTROLS).map(({ is: control, bit, size }) => ({ control, bit, size, reportId: idOf(report) })),
    ),
  )
  const outputs = collections.flatMap(({ outputReports = [] }) =>
    outputReports.flatMap((report) => {
      const lights = fieldsOf(report, LIGHTS).map(({ is: light, bit }) => ({ light, bit }))
      return lights.length > 0 ? [{ reportId: idOf(report), bytes: bytesOf(report), lights }] : []
    }),
  )
  return { inputs, outputs }
}

/** Whether it can answer a call or mute one. */
export const isUseful = ({ inputs }: Layout): boolean =>
  inputs.some(({ control }) => control === 'hook' || control === 'mute')

const idOf = ({ reportId }: HidReport): number => reportId ?? 0
const sizeOf = ({ reportSize }: HidItem) => clamp(reportSize, 0, MOST_BITS)
const countOf = ({ reportCount }: HidItem) => clamp(reportCount, 0, MOST_BITS)
const clamp = (value: number | undefined, least: number, most: number) =>
  Math.min(Math.max(Math.trunc(value ?? 0) || 0, least), most)

function bytesOf({ items = [] }: HidReport): number {
  const bits = items.reduce((sum, item) => Math.min(MOST_BITS, sum + sizeOf(item) * countOf(item)), 0)
  return Math.ceil(bits / 8)
}

function fieldsOf<T>({ items = [] }: HidReport, known: ReadonlyMap<number, T>): { is: T; bit: number; size: number }[] {
  const found: { is: T; bit: number; size: number }[] = []
  let bit = 0
  for (const item of items) {
    const [size, count] = [sizeOf(item), countOf(item)]
    if (!item.isArray && !item.isConstant && size > 0)
      usagesOf(item, count).forEach((one, n) => {
        const is = known.get(one)
        if (is !== undefined) found.push({ is, bit: bit + n * size, size })
      })
    bit = Math.min(MOST_BITS, bit + size * count)
  }
  return found.filter((field) => field.bit + field.size <= MOST_BITS)
}

/** One a field; what a descriptor names beyond its fields names nothing (HID 1.11 §6.2.2.8). */
function usagesOf({ isRange, usageMinimum = 0, usages = [] }: HidItem, count: number): readonly number[] {
  if (!isRange) return usages.slice(0, Math.min(count, MOST_USAGES))
  return Array.from({ length: Math.min(count, MOST_USAGES) }, (_, n) => usageMinimum + n)
}
