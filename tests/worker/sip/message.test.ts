import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Core } from 'sip.js'
import { MAX_MESSAGE_BYTES, parseMessage, SipRequest, SipResponse } from '#worker/sip/message'
import { refusalOf } from '#worker/sip/write'
import { BODY, invite, type Change } from './messages'

function request(text: string): SipRequest {
  const parsed = parseMessage(text)
  if (!parsed.ok || !(parsed.message instanceof SipRequest)) throw new Error(JSON.stringify(parsed))
  return parsed.message
}
function refusal(text: string | ArrayBuffer) {
  const parsed = parseMessage(text)
  return parsed.ok ? null : parsed.malformed.status
}

describe('a good message', () => {
  it('[SIP-6] is read: start line, addresses, tags, CSeq, branch, body', () => {
    const read = request(invite())
    expect(read).toMatchObject({
      method: 'INVITE',
      uri: 'sip:bob@example.org',
      callId: 'call-1@phone.invalid',
      body: BODY,
      cseq: { number: 7, method: 'INVITE' },
      fromTag: 'a1',
      toTag: null,
    })
    expect(read.from).toMatchObject({ display: 'Alice "A" Ünal', uri: 'sip:alice@example.org' })
    expect(read.via).toEqual({ transport: 'WSS', sentBy: 'phone.invalid', branch: 'z9hG4bKabc' })
    expect(read.target).toMatchObject({ user: 'bob', host: 'example.org', port: null })
    expect(read.contact()?.params.get('+sip.instance')).toBe('<urn:uuid:1>')
  })

  it('[SIP-6] compact names, folded lines, white space before the colon, any case (RFC 3261 §7.3)', () => {
    const read = request(
      [
        'OPTIONS sip:b@x SIP/2.0',
        'v: SIP/2.0/WSS a;branch=z9hG4bK1',
        'V: SIP/2.0/WS b;branch=z9hG4bK2,SIP/2.0/WS c',
        'f  : sip:a@x',
        '\t;tag=1',
        't: sip:b@x',
        'I: 1',
        'CSEQ: 1',
        '  OPTIONS',
        'k: a,',
        ' b',
        'l: 0',
        '',
        '',
      ].join('\r\n'),
    )
    expect(read.fromTag).toBe('1')
    expect(read.list('via')).toEqual(['SIP/2.0/WSS a;branch=z9hG4bK1', 'SIP/2.0/WS b;branch=z9hG4bK2', 'SIP/2.0/WS c'])
    expect(read.list('supported')).toEqual(['a', 'b'])
  })

  it('[SIP-6] a header named like what every object has is a header like any', () => {
    const read = request(invite({ extra: ['constructor: one', '__proto__: two', 'toString: three'] }))
    expect(['constructor', '__proto__', 'tostring'].map((name) => read.header(name))).toEqual(['one', 'two', 'three'])
  })

  it('[SIP-6] commas inside quotes and angles do not split Contact', () => {
    const read = request(invite({ headers: { Contact: '"a, b" <sip:a@x;p=1,2>;q=1, <sip:b@x>' } }))
    expect(read.list('contact')).toEqual(['"a, b" <sip:a@x;p=1,2>;q=1', '<sip:b@x>'])
  })

  it('[SIP-6] a Contact that no request could go to is none: without a user before its @, with headers, of another scheme', () => {
    for (const uri of ['sip:@p', 'sip:a@p?Route=%3Csip:evil%3E', 'tel:+15550100', 'sip:a b@p'])
      expect(request(invite({ headers: { Contact: `<${uri}>` } })).contact(), uri).toBeNull()
  })

  it('[SIP-6] without <>, parameters are the header’s; with them, the URI’s', () => {
    expect(request(invite({ headers: { To: 'sip:b@x;tag=9' } })).toTag).toBe('9')
    const inside = request(invite({ headers: { To: '<sip:b@x;tag=9>' } }))
    expect([inside.toTag, inside.to.uri]).toEqual([null, 'sip:b@x;tag=9'])
  })

  it('[SIP-6] what is beyond Content-Length is thrown away, in bytes', () => {
    expect(request(invite({ headers: { 'Content-Length': '3' }, body: 'v=0garbage' })).body).toBe('v=0')
    expect(request(invite({ headers: { 'Content-Length': '2' }, body: 'üx' })).body).toBe('ü')
    expect(request(invite({ headers: { 'Content-Length': null } })).body).toBe(BODY)
  })

  it('reads a response without a reason', () => {
    const parsed = parseMessage(invite({ start: 'SIP/2.0 100 ', headers: { 'Content-Length': '0' }, body: '' }))
    expect(
      parsed.ok && parsed.message instanceof SipResponse && [parsed.message.status, parsed.message.reason],
    ).toEqual([100, ''])
  })
})

describe('a bad message', () => {
  const cases: [string, Change, number][] = [
    ['another version', { start: 'INVITE sip:b@x SIP/7.0' }, 505],
    ['two spaces in the start line', { start: 'INVITE  sip:b@x SIP/2.0' }, 400],
    ['space after the start line', { start: 'INVITE sip:b@x SIP/2.0 ' }, 400],
    ['angles round the Request-URI', { start: 'INVITE <sip:b@x> SIP/2.0' }, 400],
    ['headers in the Request-URI', { start: 'INVITE sip:b@x?Route=%3Csip:e%3E SIP/2.0' }, 400],
    ['an unknown scheme', { start: 'INVITE isbn:2983792873 SIP/2.0' }, 416],
    ['no method', { start: ' sip:b@x SIP/2.0' }, 400],
    ['CSeq of another method', { headers: { CSeq: '7 OPTIONS' } }, 400],
    ['CSeq of 2^31', { headers: { CSeq: '2147483648 INVITE' } }, 400],
    ['CSeq without number', { headers: { CSeq: 'INVITE' } }, 400],
    ['two Call-IDs', { extra: ['Call-ID: other'] }, 400],
    ['two lengths', { extra: ['l: 5'] }, 400],
    ['a negative length', { headers: { 'Content-Length': '-999' } }, 400],
    ['more length than body', { headers: { 'Content-Length': '9999' } }, 400],
    ['an open quote in To', { headers: { To: '"Mr. J. User <sip:j@x>' } }, 400],
    ['a display name with a comma, unquoted', { headers: { From: 'Bell, Alexander <sip:a@x>;tag=1' } }, 400],
    ['empty Via parameters', { headers: { Via: 'SIP/2.0/UDP 192.0.2.15;;,;,,' } }, 400],
    ['a branch that is only the cookie', { headers: { Via: 'SIP/2.0/UDP a;branch=z9hG4bK' } }, 400],
    ['Max-Forwards of 300', { headers: { 'Max-Forwards': '300' } }, 400],
    ['a header without name', { extra: [': x'] }, 400],
    ['a bare line feed', { extra: ['X: a\nRoute: b'] }, 400],
    ['130 headers', { extra: Array.from({ length: 130 }, (_, n) => `X-${n}: 1`) }, 400],
    ['a header of 9,000 characters', { extra: [`X: ${'x'.repeat(9_000)}`] }, 400],
    ['no To', { headers: { To: null } }, 400],
    ['65 kB of body', { headers: { 'Content-Length': null }, body: 'x'.repeat(MAX_MESSAGE_BYTES) }, 513],
  ]
  for (const [what, change, status] of cases)
    it(`[SIP-6] with ${what} is refused with ${status}`, () => expect(refusal(invite(change))).toBe(status))

  it('[SIP-6] is answered with what it can be answered with, once each; else met with silence', () => {
    const answer = (text: string) => {
      const parsed = parseMessage(text)
      return parsed.ok ? null : refusalOf(parsed.malformed)
    }
    expect(answer(invite({ extra: ['Call-ID: other'] }))!.match(/^Call-ID:/gm)).toHaveLength(1)
    expect(answer(invite({ start: 'INVITE sip:b@x SIP/7.0' }))).toMatch(/^SIP\/2\.0 505 /)
    expect(answer(invite({ headers: { Via: null } }))).toBeNull()
    expect(answer(invite({ start: 'ACK  sip:b@x SIP/2.0', headers: { CSeq: '7 ACK' } }))).toBeNull()
    expect(answer(invite({ start: 'SIP/2.0 4294967301 x' }))).toBeNull()
  })

  it('[SIP-6] bytes that are no text are refused', () => {
    expect(refusal(new Uint8Array([0xff, 0xfe, 0x80]).buffer)).toBe(400)
  })
})

describe('against the oracle', () => {
  it('[SIP-6] reads addresses, Call-ID and CSeq as SIP.js’s grammar does', () => {
    const quiet = { error() {}, warn() {}, log() {}, debug() {} }
    for (const change of [
      {},
      { headers: { From: 'sip:a@example.org;tag=1', To: 'Tok en <sip:b@example.org:5062;lr>;tag=2;x=y' } },
      { headers: { From: '<sip:%61@192.0.2.1:5061>;tag=q' } },
    ] as Change[]) {
      const text = invite(change)
      const ours = request(text)
      const theirs = Core.Parser.parseMessage(text, quiet as never)!
      expect([ours.callId, ours.cseq.number, ours.fromTag]).toEqual([theirs.callId, theirs.cseq, theirs.fromTag])
      for (const [mine, parsed] of [
        [ours.from, theirs.from],
        [ours.to, theirs.to],
      ] as const) {
        expect([mine.display ?? '', mine.params.get('tag')]).toEqual([
          (parsed.displayName ?? '').replace(/\\(.)/g, '$1'),
          parsed.getParam('tag') ?? undefined,
        ])
      }
    }
  })
})

describe('whatever comes', () => {
  it('[SIP-6] never throws, and a refusal is a whole response', () => {
    const good = invite()
    const mutation = fc.oneof(
      fc.record({ at: fc.nat(good.length), cut: fc.nat(40), put: fc.string({ maxLength: 30, unit: 'binary' }) }),
      fc.record({
        at: fc.nat(good.length),
        cut: fc.nat(5),
        put: fc.constantFrom('\r\n', '\r\n ', '"', '<', '>', ';', ',', ':', '\0', '\r', '\n', '%', '=', '\\'),
      }),
    )
    fc.assert(
      fc.property(fc.array(mutation, { maxLength: 6 }), fc.boolean(), (mutations, asBytes) => {
        let text = good
        for (const { at, cut, put } of mutations) text = text.slice(0, at) + put + text.slice(at + cut)
        const parsed = parseMessage(asBytes ? (new TextEncoder().encode(text).buffer as ArrayBuffer) : text)
        if (parsed.ok) {
          parsed.message.contact()
          parsed.message.list('contact')
          return
        }
        const refused = refusalOf(parsed.malformed)
        if (refused !== null) expect(refused).toMatch(/^SIP\/2\.0 \d{3} [^\r\n]+(?:\r\n[^\r\n]+)+\r\n\r\n$/)
      }),
      { numRuns: 5_000 },
    )
  })
})
