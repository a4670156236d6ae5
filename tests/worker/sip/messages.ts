/** Messages of our own for the parser's tests: one good INVITE, and what can be done to it. */
export const BODY = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n'
const HEADERS: Record<string, string> = {
  Via: 'SIP/2.0/WSS phone.invalid;branch=z9hG4bKabc',
  'Max-Forwards': '70',
  From: '"Alice \\"A\\" Ünal" <sip:alice@example.org>;tag=a1',
  To: '<sip:bob@example.org>',
  'Call-ID': 'call-1@phone.invalid',
  CSeq: '7 INVITE',
  Contact: '<sip:c1@phone.invalid;transport=ws>;+sip.instance="<urn:uuid:1>"',
  'Content-Type': 'application/sdp',
  'Content-Length': String(BODY.length),
}

export type Change = { start?: string; headers?: Record<string, string | null>; extra?: string[]; body?: string }

export function invite({
  start = 'INVITE sip:bob@example.org SIP/2.0',
  headers = {},
  extra = [],
  body = BODY,
}: Change = {}): string {
  const lines = Object.entries({ ...HEADERS, ...headers }).flatMap(([name, value]) =>
    value === null ? [] : [`${name}: ${value}`],
  )
  return [start, ...lines, ...extra, '', body].join('\r\n')
}
