export type TortureMessage = { section: string; name: string; title: string; bytes: Uint8Array<ArrayBuffer> }

/** RFC 4475's messages as tests/fixtures/sip/rfc4475.txt writes them, taken out of the notation of its section 2.1. */
export function tortureMessages(text: string): TortureMessage[] {
  return text
    .split(/^@ /m)
    .slice(1)
    .map((part) => {
      const [heading, ...lines] = part.replace(/\n\n?$/, '').split('\n')
      const [section, name, ...title] = heading!.split(' ')
      return { section: section!, name: name!, title: title.join(' '), bytes: bytesOf(lines) }
    })
}

function bytesOf(lines: string[]): Uint8Array<ArrayBuffer> {
  const parts: number[] = []
  const encoder = new TextEncoder()
  let isOneLine = false
  for (const line of lines) {
    if (line === '<allOneLine>') isOneLine = true
    else {
      if (line === '</allOneLine>') isOneLine = false
      else parts.push(...octetsOf(line, encoder))
      if (!isOneLine) parts.push(13, 10)
    }
  }
  return new Uint8Array(parts)
}

function octetsOf(line: string, encoder: TextEncoder): number[] {
  const repeated = line.replace(/<repeat count=(\d+)>(.*?)<\/repeat>/g, (_, count: string, what: string) =>
    what.repeat(Number(count)),
  )
  return repeated.split(/<hex>([0-9A-F]*)<\/hex>/).flatMap(
    (piece, at) =>
    at % 2 === 0
      ? [...encoder.encode(piece)]
      : (piece.match(/../g) ?? []).map((octet) => Number.parseInt(octet, 16)), // prettier-ignore
  )
}
