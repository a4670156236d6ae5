import { describe, expect, it } from 'vitest'
import { parseMessage, type SipRequest } from '#worker/sip/message'
import { bestAnswer, judgePage, writePage } from '#worker/sip/page'

function message(type: string, body: string, more: string[] = []): SipRequest {
  const lines = [
    'MESSAGE sip:102@x SIP/2.0',
    'Via: SIP/2.0/WSS p;branch=z9hG4bK1',
    'From: <sip:alice@x>;tag=a',
    'To: <sip:102@x>',
    'Call-ID: m1',
    'CSeq: 1 MESSAGE',
    `Content-Type: ${type}`,
    ...more,
    '',
    body,
  ]
  const parsed = parseMessage(lines.join('\r\n'))
  if (!parsed.ok || parsed.message.kind !== 'request') throw new Error('test message')
  return parsed.message
}
const judged = (type: string, body: string, size = 500, more: string[] = []) =>
  judgePage(message(type, body, more), size)?.status ?? 200

describe('a MESSAGE in page mode', () => {
  it('[SIP-5] is plain text of 1,300 bytes at most with its headers (RFC 3428 §8)', () => {
    expect(judged('text/plain;charset=utf-8', 'مرحبا')).toBe(200)
    expect(judged('text/html', '<b>hello</b>')).toBe(415)
    expect(judged('text/plain', 'x', 500, ['Content-Encoding: gzip'])).toBe(415)
    expect(judged('text/plain', ' \r\n')).toBe(400)
    expect([judged('text/plain', 'hello', 1_300), judged('text/plain', 'hello', 1_301)]).toEqual([200, 513])
  })

  it('[SIP-5] names its sender by the edge’s word, and what they wrote breaks out of nothing', () => {
    const from = { userId: 'u1', name: 'Al "X"\r\nEvil: 1', user: '101' }
    const text = writePage({ from, to: '102', host: 'x', text: 'one\r\n\r\ntwo' }, 'sip:c@p', 'b', 'c', 't')
    const parsed = parseMessage(text)
    if (!parsed.ok) throw new Error('unreadable')
    expect(parsed.message.from.uri).toBe('sip:101@x')
    expect(parsed.message.header('evil')).toBeNull()
    expect(parsed.message.header('p-asserted-identity')).toBe('"Al \\"X\\" Evil: 1" <sip:101@x>')
    expect(parsed.message.body).toBe('one\r\n\r\ntwo')
  })

  it('[SIP-5] has arrived when one device has it; when all refuse, a global refusal counts first, then the lowest', () => {
    expect(bestAnswer([415], 2)).toBeNull()
    expect(bestAnswer([415, 200], 3)).toMatchObject({ status: 200 })
    expect(bestAnswer([503, 415], 2)).toMatchObject({ status: 415 })
    expect(bestAnswer([415, 603], 2)).toMatchObject({ status: 603 })
    expect(bestAnswer([401], 1)).toMatchObject({ status: 480 })
  })
})
