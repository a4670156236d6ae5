import type { Control, Input, Layout, Light } from './layout'

/** `hook` and held switches say both ways; a press says `on` and then `off`. */
export type Press = { control: Control; on: boolean }
/** What each control said last; a control that has said nothing is off. */
export type Held = Readonly<Record<string, boolean>>

/** An input report in words, and what the device's controls say from now on. Another report's, or one cut short: nothing. */
export function pressesOf(
  { inputs }: Layout,
  held: Held,
  reportId: number,
  data: DataView,
): { presses: Press[]; held: Held } {
  const presses: Press[] = []
  const now: Record<string, boolean> = { ...held }
  inputs.forEach((input, n) => {
    if (input.reportId !== reportId || input.bit + input.size > data.byteLength * 8) return
    const on = isSet(data, input)
    if (on !== (held[n] ?? false)) presses.push({ control: input.control, on })
    now[n] = on
  })
  return { presses, held: now }
}

function isSet(data: DataView, { bit, size }: Input): boolean {
  for (let at = bit; at < bit + size; at++) if ((data.getUint8(at >> 3) >> (at & 7)) & 1) return true
  return false
}

export type Lights = Readonly<Record<Light, boolean>>
export type OutputReport = { reportId: number; data: Uint8Array<ArrayBuffer> }

/** What the device has to be told for its lights to stand so: every report that has any. */
export function reportsOf({ outputs }: Layout, lights: Lights): OutputReport[] {
  return outputs.map(({ reportId, bytes, lights: places }) => {
    const data = new Uint8Array(bytes)
    for (const { light, bit } of places) if (lights[light]) data[bit >> 3]! |= 1 << (bit & 7)
    return { reportId, data }
  })
}
