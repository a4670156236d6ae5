import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { tortureMessages } from '#tests/support/torture-messages'
import torture from '../../fixtures/sip/rfc4475.txt?raw'
import { judge } from '#worker/sip/gate'
import { parseMessage } from '#worker/sip/message'
import { judgePage } from '#worker/sip/page'
import { register } from '#worker/sip/registrar'

/**
 * What each of RFC 4475's messages must come to when a phone sends it whose AOR is the From's user: a status, sent back;
 * `call`: it goes on to a call's room, which knows no such dialog; `silence`: a response or an ACK that is dropped, or a
 * request with too little to be answered. Where the RFC leaves a choice, the choice taken is the stricter one that no phone
 * in the field needs otherwise.
 */
const VERDICTS: [name: string, verdict: number | 'call' | 'silence', why: string][] = [
  ['wsinv', 'call', 'folded, spaced and in any case, but well formed; its To tag makes it a dialog’s'],
  ['intmeth', 501, 'read; nobody knows the method'],
  ['esc01', 'call', 'escapes stand for what they stand for'],
  ['escnull', 200, 'an escaped NUL is a character of the user part'],
  ['esc02', 501, '% in a method is no escape'],
  ['lwsdisp', 200, 'a display name may touch its <'],
  ['longreq', 'call', 'long, but within the bounds'],
  ['dblreq', 200, 'the first message counts'],
  ['semiuri', 200, 'the user part may hold a semicolon'],
  ['transports', 200, 'Via names the transport; it is not ours to know'],
  ['mpart01', 415, 'a message of more than plain text'],
  ['unreason', 'call', 'a reason is any UTF-8'],
  ['noreason', 'call', 'and may be empty'],
  ['badinv01', 400, 'empty parameters'],
  ['clerr', 400, 'less body than Content-Length says'],
  ['ncl', 400, 'a negative length'],
  ['scalar02', 400, 'CSeq, Max-Forwards, Expires beyond their bounds'],
  ['scalarlg', 'silence', 'a response with an overlarge CSeq'],
  ['quotbal', 400, 'a quote is left open in To'],
  ['ltgtruri', 400, '<> round the Request-URI'],
  ['lwsruri', 400, 'white space in the Request-URI'],
  ['lwsstart', 400, 'two spaces in the start line'],
  ['trws', 400, 'spaces after the start line'],
  ['escruri', 400, 'headers in the Request-URI'],
  ['baddate', 'call', 'Date is not ours to read'],
  ['regbadct', 400, 'a Contact with headers, not in <>'],
  ['badaspec', 200, 'spaces inside the <> of an address nobody acts on'],
  ['baddn', 400, 'a comma in an unquoted display name'],
  ['badvers', 505, 'SIP/7.0'],
  ['mismatch01', 400, 'CSeq of another method'],
  ['mismatch02', 400, 'CSeq of another method'],
  ['bigcode', 'silence', 'a status beyond 699'],
  ['badbranch', 400, 'a branch that is only the magic cookie'],
  ['insuf', 'silence', 'no From, To or Call-ID: nothing to answer with'],
  ['unkscm', 416, 'a scheme nobody knows'],
  ['novelsc', 416, 'a scheme that is known and not SIP'],
  ['unksm2', 403, 'From and To of another scheme are nobody’s'],
  ['bext01', 420, 'Require of what nobody knows'],
  ['invut', 415, 'a body nobody can read'],
  ['regaut01', 200, 'an unknown Authorization is not read: the socket was authenticated'],
  ['multi01', 400, 'two values where one may be'],
  ['mcl01', 400, 'two Content-Lengths'],
  ['bcast', 'call', 'a response with a broadcast address in Via goes nowhere else'],
  ['zeromf', 200, 'the edge is the end: no hop is taken'],
  ['cparam01', 200, 'the parameter is the Contact’s'],
  ['cparam02', 200, 'the parameter is the URI’s'],
  ['regescrt', 400, 'a Contact that would put a Route into our requests'],
  ['sdp01', 'call', 'Accept names what it can take; the other side decides'],
  ['inv2543', 400, 'no Contact: no dialog can be made'],
]

const messages = new Map(tortureMessages(torture).map((message) => [message.name, message]))
const parsed = (name: string) => parseMessage(messages.get(name)!.bytes.buffer)
const request = (name: string) => {
  const read = parsed(name)
  if (!read.ok || read.message.kind !== 'request') throw new Error(name)
  return read.message
}
const userOf = (uri: string) => /^sips?:(?:([^@]*)@)?/.exec(uri)?.[1] ?? 'nobody'

function verdictOf(name: string): number | 'call' | 'silence' {
  const read = parsed(name)
  if (!read.ok) return read.malformed.answerable === null ? 'silence' : read.malformed.status
  const { message } = read
  if (message.kind === 'response') return 'call'
  const user = decodeURIComponent(userOf(message.from.uri))
  const verdict = judge(message, { userId: user, username: user.toLowerCase(), extension: null }, true)
  if (verdict.go === 'answer') return verdict.status
  if (verdict.go === 'nowhere') return 'silence'
  if (verdict.go === 'call') return 'call'
  if (verdict.go === 'message') return judgePage(message, messages.get(name)!.bytes.length)?.status ?? 200
  const decided = register(message, [], 'socket', 'flow', 0)
  return decided.ok ? 200 : decided.refusal.status
}

describe('RFC 4475', () => {
  it('[SIP-6] every message of its section 3 has a verdict here, in its order', () => {
    expect([...messages.keys()]).toEqual(VERDICTS.map(([name]) => name))
    expect(messages.size).toBe(49)
  })

  const told = new Map(VERDICTS.map(([name, verdict, why]) => [name, { verdict, why }]))
  for (const { section, name, title } of messages.values())
    it(`[SIP-6] ${section} ${name}, ${title}: ${told.get(name)?.verdict}, ${told.get(name)?.why}`, () =>
      expect(verdictOf(name)).toBe(told.get(name)?.verdict))

  it('[SIP-6] of two messages in one frame only the first counts (dblreq), and a body is cut at its length', () => {
    expect(request('dblreq')).toMatchObject({ method: 'REGISTER', body: '' })
  })

  it('[SIP-6] a short tortuous INVITE is read as it is meant (wsinv)', () => {
    expect(request('wsinv')).toMatchObject({
      fromTag: '98asjd8',
      toTag: '1918181833n',
      callId: 'wsinv.ndaksdj@192.0.2.1',
    })
    expect(request('wsinv').cseq).toEqual({ number: 9, method: 'INVITE' })
    expect(request('wsinv').contact()?.params.get('newparam')).toBe('newvalue')
  })

  it('[SIP-6] parameters stay where they stand (cparam01, cparam02)', () => {
    const contact = (name: string) => {
      const decided = register(request(name), [], 'socket', 'flow', 0)
      return decided.ok ? decided.bindings[0]?.registration.contact : decided.refusal
    }
    expect(contact('cparam01')).toBe('sip:+19725552222@gw1.example.net')
    expect(contact('cparam02')).toBe('sip:+19725552222@gw1.example.net;unknownparam')
  })

  const folder = process.env.RFC4475_DIR
  it.skipIf(!folder || !existsSync(folder))('the fixtures are the RFC’s messages, byte for byte (RFC4475_DIR)', () => {
    for (const { name, bytes } of messages.values())
      expect([name, Buffer.from(bytes).toString('hex')]).toEqual([
        name,
        readFileSync(path.join(folder!, `${name}.dat`)).toString('hex'),
      ])
  })
})
