import type { FileLimits } from './refusal'
import { rowsOf, richText, type RowBatch } from './xlsx-rows'
import { dateStylesOf, unescaped } from './xlsx-styles'
import { inflated, PastBound, type Member } from './zip'

/** A workbook that is written in a way this reader does not know; SheetJS may (decision 0130). */
export class Unusual extends Error {}

export type OpenSheet = { name: string; batches: () => AsyncGenerator<RowBatch> }

/**
 * An .xlsx (ECMA-376) opened for reading row by row. Throws Unusual for what is better left to SheetJS, PastBound when more
 * comes out than the limits allow.
 */
export async function openXlsx(
  bytes: Uint8Array,
  members: readonly Member[],
  limits: FileLimits,
): Promise<OpenSheet[]> {
  const named = new Map(members.map((member) => [member.name.toLowerCase().replace(/^\//, ''), member]))
  let left = limits.unzippedBytes
  async function* textOf(member: Member): AsyncGenerator<string> {
    const decoder = new TextDecoder('utf-8')
    for await (const part of inflated(bytes, member, left)) {
      left -= part.byteLength
      if (left < 0) throw new PastBound()
      const text = decoder.decode(part, { stream: true })
      if (text !== '') yield text
    }
    yield decoder.decode()
  }
  const whole = async (name: string): Promise<string | null> => {
    const member = named.get(name.toLowerCase())
    if (!member) return null
    let text = ''
    for await (const part of textOf(member)) text += part
    return text
  }

  const workbook = await whole('xl/workbook.xml')
  const relations = await whole('xl/_rels/workbook.xml.rels')
  if (!workbook || !relations || !/<sheets[\s>]/.test(workbook) || !relations.includes('<Relationship '))
    throw new Unusual()
  const targets = new Map(
    Array.from(relations.matchAll(/<Relationship\s([^>]*?)\/?>/g), ([, attributes = '']) => [
      valueOf(attributes, 'Id'),
      { type: valueOf(attributes, 'Type') ?? '', path: pathOf(valueOf(attributes, 'Target') ?? '') },
    ]),
  )
  const styles = await whole('xl/styles.xml')
  const sharedPath = [...targets.values()].find(({ type }) => type.endsWith('/sharedStrings'))?.path
  const shared = sharedPath === undefined ? null : await sharedStrings(named.get(sharedPath.toLowerCase()), textOf)
  const context = {
    shared: shared ?? [],
    isDate: styles ? dateStylesOf(styles) : [],
    epochDays: /<workbookPr[^>]*date1904="(?:1|true)"/.test(workbook) ? 1462 : 0,
  }
  if (styles && !/<cellXfs[\s>]/.test(styles) && /:cellXfs[\s>]/.test(styles)) throw new Unusual()

  const sheets = Array.from(workbook.matchAll(/<sheet\s([^>]*?)\/?>/g), ([, attributes = '']) => {
    const target = targets.get(/\b\w+:id="([^"]*)"/.exec(attributes)?.[1] ?? '')
    const member = target?.type.endsWith('/worksheet') ? named.get(target.path.toLowerCase()) : undefined
    return {
      name: unescaped(valueOf(attributes, 'name') ?? ''),
      isHidden: /\bstate="(?:hidden|veryHidden)"/.test(attributes),
      member,
    }
  })
  const readable = sheets.filter((sheet) => sheet.member !== undefined)
  if (readable.length === 0) throw new Unusual()
  for (const { member } of readable) await mustBePlain(textOf(member!))
  const visible = readable.filter(({ isHidden }) => !isHidden)
  return (visible.length > 0 ? visible : readable).map(({ name, member }) => ({
    name,
    batches: () => rowsOf(textOf(member!), context),
  }))
}

/** A part that names its elements with a prefix (`<x:row>`) is read by SheetJS. */
async function mustBePlain(text: AsyncGenerator<string>): Promise<void> {
  let head = ''
  for await (const part of text) {
    head += part
    if (head.length > 1_000) break
  }
  if (!/<worksheet[\s>]/.test(head)) throw new Unusual()
}

async function sharedStrings(
  member: Member | undefined,
  textOf: (member: Member) => AsyncGenerator<string>,
): Promise<string[]> {
  if (!member) throw new Unusual()
  const strings: string[] = []
  let waiting = ''
  let isPlain = false
  for await (const part of textOf(member)) {
    waiting += part
    isPlain ||= /<sst[\s>]/.test(waiting)
    let at = 0
    for (;;) {
      const start = waiting.indexOf('<si', at)
      const open = start === -1 ? -1 : waiting.indexOf('>', start)
      if (open === -1) break
      const isEmpty = waiting.charAt(open - 1) === '/'
      const end = isEmpty ? open : waiting.indexOf('</si>', open)
      if (end === -1) break
      strings.push(isEmpty ? '' : richText(waiting.slice(open + 1, end)))
      at = end + 1
    }
    waiting = waiting.slice(at)
  }
  if (!isPlain) throw new Unusual()
  return strings
}

const valueOf = (attributes: string, name: string): string | null =>
  new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes)?.[1] ?? null
const pathOf = (target: string): string => {
  if (target.startsWith('/')) return target.slice(1)
  const steps: string[] = ['xl']
  for (const step of target.split('/')) {
    if (step === '..') steps.pop()
    else if (step !== '.' && step !== '') steps.push(step)
  }
  return steps.join('/')
}
