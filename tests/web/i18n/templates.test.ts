import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'svelte/compiler'
import { expect, it } from 'vitest'

const root = path.join(import.meta.dirname, '../../../web/src')
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.svelte'))

type Node = { type: string; name?: string; data?: string; [key: string]: unknown }
/** What a person would read or hear of these attributes. */
const SPOKEN = ['aria-label', 'aria-description', 'title', 'alt', 'placeholder', 'label', 'hint']
const says = (text: string): boolean => /\p{L}{2}/u.test(text)

function walk(node: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(node)) return node.forEach((one) => walk(one, visit))
  if (typeof node !== 'object' || node === null) return
  if (typeof (node as Node).type === 'string') visit(node as Node)
  for (const [key, value] of Object.entries(node)) if (key !== 'parent' && key !== 'metadata') walk(value, visit)
}
const findings = (look: (node: Node) => string | undefined): string[] =>
  files.flatMap((file) => {
    const found: string[] = []
    const { fragment } = parse(readFileSync(path.join(root, file), 'utf8'), { modern: true })
    walk(fragment, (node) => {
      const text = look(node)
      if (text) found.push(`${file}: ${text.trim()}`)
    })
    return found
  })
const staticTextOf = (attribute: Node): string =>
  Array.isArray(attribute.value)
    ? attribute.value.map((part: Node) => (part.type === 'Text' ? (part.data ?? '') : '')).join('')
    : ''

it('finds the pages', () => expect(files.length).toBeGreaterThan(40))

it('[LOOK-3] no word on screen stands in a template: all come from the messages', () => {
  const inText = (node: Node) => (node.type === 'Text' && says(node.data ?? '') ? node.data : undefined)
  const outsideAttributes = files.flatMap((file) => {
    const found: string[] = []
    const { fragment } = parse(readFileSync(path.join(root, file), 'utf8'), { modern: true })
    const visit = (node: unknown): void => {
      if (Array.isArray(node)) return node.forEach(visit)
      if (typeof node !== 'object' || node === null) return
      const one = node as Node
      if (['Attribute', 'StyleDirective', 'Comment'].includes(one.type)) return
      // Data in an example is marked as HTML marks what is not to be translated.
      if (
        Array.isArray(one.attributes) &&
        one.attributes.some((a: Node) => a.name === 'translate' && staticTextOf(a) === 'no')
      )
        return
      const text = inText(one)
      if (text) found.push(`${file}: ${text.trim()}`)
      for (const [key, value] of Object.entries(one)) if (key !== 'metadata') visit(value)
    }
    visit(fragment)
    return found
  })
  expect(outsideAttributes).toEqual([])
})

it('[LOOK-3] nor in an attribute that is read out', () => {
  const spoken = findings((node) => {
    if (node.type !== 'Attribute' || !SPOKEN.includes(node.name ?? '')) return undefined
    const text = staticTextOf(node)
    return says(text) ? `${node.name}="${text}"` : undefined
  })
  expect(spoken).toEqual([])
})

it('[AUTH-6] no template carries an inline style that the content policy would refuse', () => {
  const styled = findings((node) =>
    node.type === 'Attribute' &&
    node.name === 'style' &&
    Array.isArray(node.value) &&
    node.value.every((part: Node) => part.type === 'Text')
      ? `style="${staticTextOf(node)}"`
      : undefined,
  )
  expect(styled).toEqual([])
})

it('[LOOK-3] no style names a side of the screen: a page mirrors by its direction alone', () => {
  const physical =
    /(?:^|[\s;{])(?:margin|padding|border)-(?:left|right)\s*:|(?:^|[\s;{])(?:left|right)\s*:|text-align:\s*(?:left|right)/
  const found = files.filter((file) => {
    const style = /<style[^>]*>([\s\S]*?)<\/style>/.exec(readFileSync(path.join(root, file), 'utf8'))?.[1] ?? ''
    return physical.test(style)
  })
  expect(found).toEqual([])
})
