import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { feed, newFraming, type Frame } from '#worker/sip/trunk/framing'

const encoder = new TextEncoder()
const message = (body: string, header = 'Content-Length') =>
  `OPTIONS sip:x SIP/2.0\r\nCall-ID: ${body.length}\r\n${header}: ${encoder.encode(body).length}\r\n\r\n${body}`

/** All that comes out of these pieces. */
function through(pieces: Uint8Array[]) {
  let framing = newFraming()
  const frames: Frame[] = []
  let empties = 0
  for (const piece of pieces) {
    const fed = feed(framing, piece)
    framing = fed.framing
    frames.push(...fed.frames)
    empties += fed.empties
    if (fed.lost) return { frames, empties, lost: fed.lost, left: 0 }
  }
  return { frames, empties, lost: null, left: framing.rest.length }
}
const whole = (text: string) => through([encoder.encode(text)])
const texts = (frames: Frame[]) => frames.map((frame) => (frame.kind === 'message' ? frame.text : 'ping'))

describe('[SIP-9] messages in a stream (RFC 3261 §18.3)', () => {
  it('a message ends where its length says, in bytes, with the compact form too; empty lines before it are nothing', () => {
    const [one, two] = [message('v=0 ğ€😀'), message('', 'l')]
    expect(texts(whole(`\r\n${one}${two}\r\n`).frames)).toEqual([one, two])
  })
  it('two empty lines together ask, one answers (RFC 5626 §4.4.1)', () => {
    expect(whole('\r\n\r\n')).toMatchObject({ frames: [{ kind: 'ping' }], empties: 2 })
    expect(whole('\r\n')).toMatchObject({ frames: [], empties: 1 })
    // an answer, then a message, then an answer: no question
    expect(texts(whole(`\r\n${message('a')}\r\n`).frames)).toEqual([message('a')])
  })
  it.each([
    ['no length', 'OPTIONS sip:x SIP/2.0\r\nCall-ID: 1\r\n\r\n', 'no-length'],
    ['two lengths', 'OPTIONS sip:x SIP/2.0\r\nl: 1\r\nContent-Length: 2\r\n\r\n', 'no-length'],
    ['a length that is none', 'OPTIONS sip:x SIP/2.0\r\nl: -1\r\n\r\n', 'no-length'],
    ['a body too large', 'OPTIONS sip:x SIP/2.0\r\nl: 999999\r\n\r\n', 'too-large'],
    ['a head without end', 'x'.repeat(140_000), 'too-large'],
  ])('after %s the stream is lost', (_, text, lost) => {
    expect(whole(text).lost).toBe(lost)
  })
  it('however the stream is cut, the same comes out', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }).map((body) => message(body)),
      fc.string({ maxLength: 20 }).map((body) => message(body, 'l')),
      fc.constantFrom('\r\n', '\r\n\r\n'),
    )
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 12 }),
        fc.array(fc.nat(40), { minLength: 1, maxLength: 40 }),
        (parts, cuts) => {
          const bytes = encoder.encode(parts.join(''))
          const pieces: Uint8Array[] = []
          for (let at = 0, n = 0; at < bytes.length; n++) {
            const size = 1 + cuts[n % cuts.length]!
            pieces.push(bytes.slice(at, at + size))
            at += size
          }
          expect(through(pieces)).toEqual(through([bytes]))
          expect(through(pieces).frames.filter(({ kind }) => kind === 'message')).toHaveLength(
            parts.filter((one) => one.trim() !== '').length,
          )
          expect(through(pieces)).toMatchObject({ lost: null, left: 0 })
        },
      ),
      { numRuns: 40 },
    )
  })
})
