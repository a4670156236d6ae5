/** ECMA-376 part 1, 18.8.30: formats of every file, those of East Asian versions among them. */
const isBuiltInDate = (id: number) =>
  (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58)

/** A format code is one of a date when a letter of dates stands outside quotes, escapes, colours and conditions. */
export function isDateFormat(code: string): boolean {
  const [positive = ''] = code.split(';')
  const bare = positive
    .replace(/"[^"]*"/g, '')
    .replace(/\\.|_.|\*./g, '')
    .replace(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '')
    .replace(/general/gi, '')
    .replace(/e[+-]/gi, '')
  return /[ymdhs]/i.test(bare)
}

/** Which of a workbook's cell formats (`s="3"`) are dates. */
export function dateStylesOf(styles: string): boolean[] {
  const own = new Map<number, string>()
  for (const [, attributes = ''] of styles.matchAll(/<numFmt\s([^>]*?)\/?>/g)) {
    const id = /numFmtId="(\d+)"/.exec(attributes)?.[1]
    const code = /formatCode="([^"]*)"/.exec(attributes)?.[1]
    if (id !== undefined && code !== undefined) own.set(Number(id), unescaped(code))
  }
  const formats = /<cellXfs[^>]*>([\s\S]*?)<\/cellXfs>/.exec(styles)?.[1] ?? ''
  return Array.from(formats.matchAll(/<xf\s([^>]*?)\/?>/g), ([, attributes = '']) => {
    const id = Number(/numFmtId="(\d+)"/.exec(attributes)?.[1] ?? 0)
    const code = own.get(id)
    return code === undefined ? isBuiltInDate(id) : isDateFormat(code)
  })
}

const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }
/** XML text as it is meant: named and numbered characters, CDATA, and what a workbook writes as `_xHHHH_` (22.9.2.19). */
export function unescaped(text: string): string {
  // XML 1.0, 2.11: a line ends in one line feed
  const lines = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
  const plain = lines.includes('<![CDATA[')
    ? lines.replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, (_, inner: string) => inner)
    : lines
  const read = plain.includes('&') ? plain.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, character) : plain
  return read.includes('_x')
    ? read.replace(/_x([\da-f]{4})_/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : read
}

function character(whole: string, hex?: string, decimal?: string, name?: string): string {
  if (name !== undefined) return NAMED[name] ?? whole
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
  return code <= 0x10ffff ? String.fromCodePoint(code) : whole
}
