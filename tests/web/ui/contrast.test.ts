import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

/** WCAG 2.2, 1.4.3 and 1.4.11: words 4.5 : 1 (7 : 1 in the contrast theme), graphics and control borders 3 : 1. */
const css = readFileSync(path.join(import.meta.dirname, '../../../web/src/styles/tokens.css'), 'utf8')
type Colour = [number, number, number, number]

function tokensOf(selector: string): Record<string, string> {
  const start = css.indexOf(selector)
  const body = css.slice(css.indexOf('{', start) + 1, css.indexOf('}', start))
  return Object.fromEntries(
    [...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name!, value!.trim()]),
  )
}
function rgba(text: string): Colour {
  if (text.startsWith('#'))
    return [...[1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16)), 1] as unknown as Colour
  const [r = 0, g = 0, b = 0, a = 1] = (text.match(/[\d.]+/g) ?? []).map(Number)
  return [r, g, b, a]
}
const over = (top: Colour, under: Colour): Colour =>
  [0, 1, 2].map((at) => top[at]! * top[3] + under[at]! * (1 - top[3])).concat(1) as unknown as Colour
/** Relative luminance, WCAG 2.2. */
const light = (colour: Colour): number =>
  colour
    .slice(0, 3)
    .map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at]!, 0)
function ratio(a: Colour, b: Colour): number {
  const [high, low] = [light(a), light(b)].sort((x, y) => y - x) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

const THEMES = ['light', 'dark', 'contrast']
const HUES = ['blue', 'green', 'red', 'yellow', 'purple']

describe.each(THEMES)('the %s theme', (theme) => {
  const token = tokensOf(`[data-theme='${theme}'] {`)
  const colour = (name: string) => rgba(token[name]!)
  const words = theme === 'contrast' ? 7 : 4.5
  const short: string[] = []
  const check = (fore: Colour, ground: Colour, want: number, label: string) => {
    const got = ratio(fore, ground)
    if (got < want) short.push(`${label} ${got.toFixed(2)} < ${want}`)
  }

  it('[LOOK-4] can be read, on every ground and on glass over the strongest light', () => {
    const grounds: Record<string, Colour> = Object.fromEntries(
      ['page', 'paper', 'sunken', 'hover'].map((name) => [name, colour(name)]),
    )
    for (const hue of HUES) grounds[`glass over ${hue}-light`] = over(colour('glass'), colour(`${hue}-light`))
    grounds['glass over page'] = over(colour('glass'), colour('page'))
    for (const [ground, value] of Object.entries(grounds)) {
      for (const ink of ['ink', 'ink-2', 'ink-3']) check(colour(ink), value, words, `${ink} on ${ground}`)
      for (const hue of HUES) check(colour(`${hue}-text`), value, words, `${hue}-text on ${ground}`)
      check(colour('focus'), value, 3, `focus on ${ground}`)
    }
    for (const hue of HUES) {
      check(colour(`on-${hue}`), colour(hue), words, `on-${hue} on ${hue}`)
      for (const ink of [`${hue}-text`, 'ink', 'ink-2'])
        check(colour(ink), colour(`${hue}-tint`), words, `${ink} on ${hue}-tint`)
      if (hue !== 'yellow') check(colour(hue), colour('paper'), 3, `${hue} as a graphic on paper`)
    }
    check(colour('mark'), colour('paper'), 3, 'mark as a graphic on paper')
    check(colour('on-ink'), colour('ink'), words, 'on-ink on ink')
    check(colour('on-ink'), colour('ink-hover'), words, 'on-ink on ink-hover')
    check(colour('line-strong'), colour('paper'), 3, 'control border on paper')
    expect(short).toEqual([])
  })
})
