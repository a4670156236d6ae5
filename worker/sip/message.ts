import {
  isToken,
  parseAddress,
  parseSipUri,
  parseVia,
  schemeOf,
  splitList,
  splitOutside,
  type Address,
  type SipUri,
  type Via,
} from './grammar'
import { remembered } from './remembered'

/**
 * SIP messages (RFC 3261 §7), parsed by us: bounded, without side effects, never throwing. What every element acts on
 * (start line, Via, From, To, Call-ID, CSeq, length) is checked here; other headers are read when asked for. Rule SIP-6.
 */
export const MAX_MESSAGE_BYTES = 65_536
const MAX_HEADERS = 128
const MAX_HEADER_LENGTH = 8_192
const MAX_START_LINE = 2_048
const MAX_CALL_ID = 256

/** RFC 3261 §7.3.3 and the compact forms registered since. */
const COMPACT: Record<string, string> = {
  i: 'call-id', m: 'contact', e: 'content-encoding', l: 'content-length', c: 'content-type', f: 'from', s: 'subject',
  k: 'supported', t: 'to', v: 'via', o: 'event', u: 'allow-events', r: 'refer-to', b: 'referred-by', x: 'session-expires',
} // prettier-ignore
const NEEDED = ['via', 'from', 'to', 'call-id', 'cseq'] as const
/** What every message is judged by; all but Via stand there once. */
const JUDGED = [...NEEDED, 'max-forwards', 'content-length', 'content-type'] as const
type Judged = Partial<Record<(typeof JUDGED)[number], string>>
const judged = new Set<string>(JUDGED)
const isJudged = (name: string): name is keyof Judged => judged.has(name)

export type Header = readonly [name: string, value: string]

abstract class Message {
  constructor(
    /** In order, names in lower case and long form, values unfolded and trimmed. */
    readonly headers: readonly Header[],
    readonly body: string,
    readonly via: Via,
    readonly from: Address,
    readonly to: Address,
    readonly callId: string,
    readonly cseq: { number: number; method: string },
  ) {}

  header(name: string): string | null {
    for (const header of this.headers) if (header[0] === name) return header[1]
    return null
  }
  /** Every value of a header, as lines. */
  all(name: string): string[] {
    return this.headers.filter((header) => header[0] === name).map((header) => header[1])
  }
  /** Every value of a comma-separated header; null when one is malformed. */
  list(name: string): string[] | null {
    const values: string[] = []
    for (const header of this.headers) {
      if (header[0] !== name) continue
      const parts = splitList(header[1])
      if (parts === null) return null
      for (const part of parts) if (part.trim() !== '') values.push(part.trim())
    }
    return values
  }
  get fromTag(): string | null {
    return this.from.params.get('tag') ?? null
  }
  get toTag(): string | null {
    return this.to.params.get('tag') ?? null
  }
  get contentType(): string {
    return (this.header('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
  }
  /**
   * The first Contact's address; null where it is none that a request of ours could go to (RFC 3261 §8.1.1.1). One with headers would
   * add to what we say there (RFC 4475 regbadct, escruri).
   */
  contact(): Address | null {
    const first = this.list('contact')?.[0]
    const address = first === undefined ? null : parseAddress(first)
    const target = address && parseSipUri(address.uri)
    return target && !target.headers ? address : null
  }
}

export class SipRequest extends Message {
  readonly kind = 'request'
  constructor(
    readonly method: string,
    readonly uri: string,
    /** The Request-URI taken apart. */
    readonly target: SipUri,
    ...rest: ConstructorParameters<typeof Message>
  ) {
    super(...rest)
  }
}
export class SipResponse extends Message {
  readonly kind = 'response'
  constructor(
    readonly status: number,
    readonly reason: string,
    ...rest: ConstructorParameters<typeof Message>
  ) {
    super(...rest)
  }
}
export type SipMessage = SipRequest | SipResponse

/** `answerable`: the headers a response needs, when the message was a request that had them; null: silence is the answer. */
export type Malformed = { status: 400 | 416 | 505 | 513; reason: string; answerable: readonly Header[] | null }
export type Parsed = { ok: true; message: SipMessage } | { ok: false; malformed: Malformed }

export function parseMessage(data: string | ArrayBuffer): Parsed {
  const read = typeof data === 'string' ? cutText(data) : cutBytes(new Uint8Array(data))
  if (read === null) return malformed(400, 'Not Text', null)
  const { head, body, size } = read
  // a message too large is still told so, if its head is there to be answered
  if (head.length > MAX_MESSAGE_BYTES) return malformed(513, 'Message Too Large', null)
  const lines = unfolded(head)
  const start = lines[0]!
  const isResponse = start.startsWith('SIP/')
  const headers = isResponse || lines.length - 1 <= MAX_HEADERS ? readHeaders(lines) : null
  const isSilent = isResponse || headers === null || start.startsWith('ACK ')
  const refuse = (status: Malformed['status'], reason: string) =>
    malformed(status, reason, isSilent ? null : answerableBy(headers))

  if (headers === null) return refuse(400, 'Malformed Header')
  if (size > MAX_MESSAGE_BYTES) return refuse(513, 'Message Too Large')
  if (start.length > MAX_START_LINE) return refuse(400, 'Start Line Too Long')

  const startLine = isResponse ? readStatusLine(start) : readRequestLine(start)
  if ('refused' in startLine) return refuse(startLine.refused, startLine.reason)

  const once: Judged = {}
  for (const [name, value] of headers) {
    if (!isJudged(name)) continue
    if (once[name] === undefined) once[name] = value
    else if (name !== 'via') return refuse(400, `Repeated ${name}`)
  }
  for (const name of NEEDED) if (!once[name]) return refuse(400, `Missing ${name}`)

  const cseq = /^(\d{1,10})[ \t]+(\S+)$/.exec(once.cseq!)
  if (!cseq || Number(cseq[1]) >= 2 ** 31 || !isToken(cseq[2]!)) return refuse(400, 'Malformed CSeq')
  if ('method' in startLine && cseq[2] !== startLine.method) return refuse(400, 'CSeq Method Mismatch')
  const callId = once['call-id']!
  if (/\s/.test(callId) || callId.length > MAX_CALL_ID) return refuse(400, 'Malformed Call-ID')
  const from = parseAddress(once.from!)
  if (!from) return refuse(400, 'Malformed From')
  const to = parseAddress(once.to!)
  if (!to) return refuse(400, 'Malformed To')
  const vias = splitOutside(once.via!, ',')
  const via = vias && parseVia(vias[0]!)
  if (!via) return refuse(400, 'Malformed Via')
  const hops = once['max-forwards']
  if (hops !== undefined && (!/^\d{1,4}$/.test(hops) || Number(hops) > 255))
    return refuse(400, 'Malformed Max-Forwards')

  const length = once['content-length']
  let content = body
  if (length !== undefined) {
    if (!/^\d{1,9}$/.test(length)) return refuse(400, 'Malformed Content-Length')
    const cut = takeBytes(body, Number(length), read.bodyBytes)
    if (cut === null) return refuse(400, 'Content-Length Too Large')
    content = cut
  }
  const parts = [headers, content, via, from, to, callId, { number: Number(cseq[1]), method: cseq[2]! }] as const
  const message =
    'method' in startLine
      ? new SipRequest(startLine.method, startLine.uri, startLine.target, ...parts)
      : new SipResponse(startLine.status, startLine.reason, ...parts)
  return { ok: true, message }
}

/** RFC 3261 §7.3.1: a line that begins with a blank goes on with the one before. */
function unfolded(head: string): string[] {
  const lines = head.split('\r\n')
  const isFolded = (line: string, n: number) => n > 0 && (line.charCodeAt(0) === 0x20 || line.charCodeAt(0) === 0x09)
  return lines.some(isFolded) ? head.replace(/[ \t]*\r\n[ \t]+/g, ' ').split('\r\n') : lines
}

const malformed = (status: Malformed['status'], reason: string, answerable: readonly Header[] | null): Parsed => ({
  ok: false,
  malformed: { status, reason, answerable },
})

type Cut = { head: string; body: string; bodyBytes: number; size: number }

function cutText(text: string): Cut {
  const end = text.indexOf('\r\n\r\n')
  const head = end < 0 ? text.replace(/\r\n$/, '') : text.slice(0, end)
  const body = end < 0 ? '' : text.slice(end + 4)
  const bodyBytes = byteLength(body)
  return { head, body, bodyBytes, size: head.length + 4 + bodyBytes }
}

/** A binary frame: the head must be UTF-8; a body that is not is kept byte for byte as Latin-1. */
function cutBytes(bytes: Uint8Array): Cut | null {
  try {
    return cutText(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch {
    const end = bytes.findIndex(
      (_, at) => bytes[at] === 13 && bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10,
    )
    if (end < 0 || end > MAX_MESSAGE_BYTES) return null
    const raw = bytes.subarray(end + 4)
    try {
      const head = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, end))
      const body = raw.reduce((text, byte) => text + String.fromCharCode(byte), '')
      return { head, body, bodyBytes: raw.length, size: bytes.length }
    } catch {
      return null
    }
  }
}

/** RFC 3261 §18.3: what is beyond Content-Length is thrown away; null: there is less than it says. */
function takeBytes(body: string, wanted: number, have: number): string | null {
  if (wanted > have) return null
  if (wanted === have) return body
  if (have === body.length) return body.slice(0, wanted)
  return new TextDecoder().decode(new TextEncoder().encode(body).subarray(0, wanted))
}

/** Bytes of UTF-8. */
export function byteLength(text: string): number {
  return /^[\x00-\x7f]*$/.test(text) ? text.length : new TextEncoder().encode(text).length
}

/** In lower case and long form; null: no name. */
const readName = remembered((text) => {
  const name = text.trimEnd()
  const lower = name.toLowerCase()
  if (!isToken(name)) return null
  return Object.hasOwn(COMPACT, lower) ? COMPACT[lower]! : lower
})

function readHeaders(lines: string[]): Header[] | null {
  const headers: Header[] = []
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index]!
    const colon = line.indexOf(':')
    if (colon <= 0 || line.length > MAX_HEADER_LENGTH || /[\r\n]/.test(line)) return null
    const name = readName(line.slice(0, colon))
    if (name === null) return null
    headers.push([name, line.slice(colon + 1).trim()])
  }
  return headers
}

function answerableBy(headers: readonly Header[]): readonly Header[] | null {
  const echoed = headers.filter(
    ([name], index) =>
      name === 'via' ||
      ((NEEDED as readonly string[]).includes(name) && headers.findIndex((other) => other[0] === name) === index),
  )
  return NEEDED.every((name) => echoed.some((header) => header[0] === name)) ? echoed : null
}

type BadLine = { refused: Malformed['status']; reason: string }

const readRequestLine = remembered((line): { method: string; uri: string; target: SipUri } | BadLine => {
  const match = /^(\S+) (\S+) SIP\/(\d+)\.(\d+)$/i.exec(line)
  if (!match || !isToken(match[1]!)) return { refused: 400, reason: 'Malformed Request Line' }
  if (match[3] !== '2' || match[4] !== '0') return { refused: 505, reason: 'Version Not Supported' }
  const uri = match[2]!
  const scheme = schemeOf(uri)
  if (scheme === null) return { refused: 400, reason: 'Malformed Request-URI' }
  if (scheme !== 'sip' && scheme !== 'sips') return { refused: 416, reason: 'Unsupported URI Scheme' }
  const target = parseSipUri(uri)
  // headers are not allowed in a Request-URI (RFC 3261 §19.1.1, RFC 4475 escruri)
  if (!target || target.headers) return { refused: 400, reason: 'Malformed Request-URI' }
  return { method: match[1]!, uri, target }
})

function readStatusLine(line: string): { status: number; reason: string } | BadLine {
  const match = /^SIP\/2\.0 ([1-6]\d\d) (.*)$/i.exec(line) ?? /^SIP\/2\.0 ([1-6]\d\d)()$/i.exec(line)
  return match ? { status: Number(match[1]), reason: match[2]! } : { refused: 400, reason: 'Malformed Status Line' }
}
