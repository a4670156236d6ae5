import type { Seeded } from './seeded'

type Bytes = Uint8Array<ArrayBuffer>

const SPECIAL = ['\r\n', '\r\n ', '\r\n\r\n', '\n', '\r', '"', '<', '>', ';', ',', ':', '\0', '%', '%00', '=', '\\', '@', '?', '*', '[', ']', '\t', '  '] // prettier-ignore
const NUMBERS = ['0', '-1', '65536', '2147483648', '4294967296', '99999999999999999999', '1e9', '0x10', '٣', 'NaN']
const LINES = [
  'Route: <sip:evil.example;lr>', 'Record-Route: <sip:evil.example;lr>', 'Contact: *', 'Contact: <sip:e@x?Route=%3Csip:e%3E>',
  'Content-Length: 0', 'Content-Length: 99999', 'Require: nothing', 'Max-Forwards: 0', 'Via: SIP/2.0/WSS x', 'To: <sip:a@x>;tag=1',
  'P-Asserted-Identity: <sip:boss@x>', 'X-Switchroom-Call: ../../x', 'X-Switchroom-Lease: p:1:1', 'Expires: -5', 'CSeq: 1 INVITE',
  'Call-ID: aaaaaaaaaaaaaaaa.0@edge', 'Authorization: Digest username="', 'Replaces: a;to-tag=b;from-tag=c', 'Refer-To: <sip:x@y>',
] // prettier-ignore
const METHODS = ['REGISTER', 'INVITE', 'ACK', 'CANCEL', 'BYE', 'INFO', 'MESSAGE', 'OPTIONS', 'REFER', 'SUBSCRIBE', 'NOTIFY', 'DANCE'] // prettier-ignore

/**
 * Makes broken messages out of good ones, the same from the same seed: what a careless or hostile phone might send. It knows
 * SIP well enough to come past the first checks: it changes methods, numbers, tags and whole lines, not only bytes.
 */
export class SipFuzzer {
  constructor(
    private readonly chance: Seeded,
    private readonly corpus: readonly Bytes[],
  ) {}

  next(): string | ArrayBuffer {
    // one character an octet while it is changed
    let text = latin(this.chance.pick(this.corpus))
    const changes = 1 + this.chance.below(4)
    for (let n = 0; n < changes; n++) text = this.change(text)
    const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0) & 0xff)
    return this.chance.chance(0.4) ? bytes.buffer : new TextDecoder().decode(bytes)
  }

  private change(text: string): string {
    const { chance } = this
    const at = chance.below(text.length + 1)
    switch (chance.below(14)) {
      case 0:
        return text.slice(0, at) + text.slice(at + chance.below(40))
      case 1:
        return text.slice(0, at) + chance.pick(SPECIAL) + text.slice(at + chance.below(3))
      case 2:
        return text.slice(0, at) + String.fromCharCode(chance.below(256)) + text.slice(at + 1)
      case 3:
        return text.slice(0, at)
      case 4:
        return this.ofLines(text, (lines, n) => lines.splice(n, 1))
      case 5:
        return this.ofLines(text, (lines, n) => lines.splice(n, 0, lines[n]!))
      case 6:
        return this.ofLines(text, (lines, n) => lines.splice(n, 0, chance.pick(LINES)))
      case 7:
        return this.ofLines(text, (lines, n) => ([lines[n], lines[0]] = [lines[0]!, lines[n]!]))
      case 8:
        return this.one(text, /\d+/g, () => chance.pick(NUMBERS))
      case 9:
        return this.one(text, /\b[A-Z]{3,9}\b/g, () => chance.pick(METHODS))
      case 10:
        return text.replace(/^[A-Z]+|(?<=CSeq: \d+ )[A-Z]+/gm, chance.pick(METHODS))
      case 11:
        return this.one(text, /[;=:,@<>" ]/g, (found) => found.repeat(2 + chance.below(60)))
      case 12:
        return this.one(text, /[\w.%-]{4,}/g, () => 'x'.repeat(1 << chance.below(15)))
      default: {
        const other = latin(chance.pick(this.corpus))
        return text.slice(0, at) + other.slice(chance.below(other.length))
      }
    }
  }

  private ofLines(text: string, change: (lines: string[], n: number) => void): string {
    const lines = text.split('\r\n')
    change(lines, this.chance.below(lines.length))
    return lines.join('\r\n')
  }

  /** Changes one of what the pattern finds. */
  private one(text: string, pattern: RegExp, put: (found: string) => string): string {
    const found = [...text.matchAll(pattern)]
    if (found.length === 0) return text
    const { 0: what, index } = this.chance.pick(found)
    return text.slice(0, index) + put(what) + text.slice(index + what.length)
  }
}

function latin(bytes: Bytes): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

export const octets = (text: string): Bytes => new TextEncoder().encode(text) as Bytes
