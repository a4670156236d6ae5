import { describe, expect, it } from 'vitest'
import { answerToStray } from '#worker/sip/b2bua/stray'
import { parseMessage, type SipMessage } from '#worker/sip/message'
import { request } from './bench'

const parsed = (text: string): SipMessage => {
  const read = parseMessage(text)
  if (!read.ok) throw new Error(read.malformed.reason)
  return read.message
}
const answers = (message: SipMessage) => answerToStray(message, () => 'token').map(parsed)
const shape = (message: SipMessage) =>
  message.kind === 'request' ? `${message.method} ${message.uri}` : `${message.status} ${message.cseq.method}`

/** An INVITE of ours that the room has forgotten, and what a telephone says to it. */
const INVITE = [
  'INVITE sip:bob@phone.invalid SIP/2.0',
  'Via: SIP/2.0/WSS edge.invalid;branch=z9hG4bK1forgotten',
  'From: "Alice ;tag=x" <sip:alice@x>;tag=ours',
  'To: <sip:bob@phone.invalid>',
  'Call-ID: c7.1@edge',
  'CSeq: 3 INVITE',
].join('\r\n')
const said = (status: number, method = 'INVITE') => {
  const headers = INVITE.split('\r\n').slice(1).join('\r\n').replace('To: <sip:bob@phone.invalid>', '$&;tag=theirs')
  return parsed(
    `SIP/2.0 ${status} Said\r\n${headers.replace('3 INVITE', `3 ${method}`)}\r\nContact: <sip:bob@there>\r\nContent-Length: 0\r\n\r\n`,
  )
}

describe('[SIP-4] a message of a call that nobody knows', () => {
  it('a telephone that rings is told CANCEL, in the transaction of its INVITE (RFC 3261 §9.1)', () => {
    const [cancel, ...more] = answers(said(180))
    expect(more).toEqual([])
    expect(shape(cancel!)).toBe('CANCEL sip:bob@there')
    expect([cancel!.via.branch, cancel!.cseq.number]).toEqual(['z9hG4bK1forgotten', 3])
    expect([cancel!.header('from'), cancel!.header('to')]).toEqual([
      '"Alice ;tag=x" <sip:alice@x>;tag=ours',
      '<sip:bob@phone.invalid>',
    ])
  })

  it('one that was answered is told ACK and BYE, in the dialog it believes in', () => {
    const [ack, bye] = answers(said(200))
    expect([shape(ack!), shape(bye!)]).toEqual(['ACK sip:bob@there', 'BYE sip:bob@there'])
    expect([ack!.cseq.number, bye!.cseq.number]).toEqual([3, 4])
    for (const one of [ack!, bye!])
      expect([one.callId, one.fromTag, one.toTag]).toEqual(['c7.1@edge', 'ours', 'theirs'])
  })

  it('a refusal gets its ACK (§17.1.1.3), and nothing else is answered', () => {
    expect(answers(said(487)).map(shape)).toEqual(['ACK sip:bob@there'])
    expect(answers(said(487))[0]!.via.branch).toBe('z9hG4bK1forgotten')
    for (const silent of [said(100), said(200, 'BYE'), said(200, 'CANCEL')]) expect(answers(silent)).toEqual([])
  })

  it('a request gets 481 (§12.2.2), an ACK nothing', () => {
    const ask = (method: string) => answers(parsed(request(method, { callId: 'c9', cseq: 2, to: '<sip:bob@x>;tag=b' })))
    expect(ask('BYE').map(shape)).toEqual(['481 BYE'])
    expect(ask('ACK')).toEqual([])
  })
})
