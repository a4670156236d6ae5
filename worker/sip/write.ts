import { byteLength, type Header, type Malformed, type SipRequest } from './message'

const CRLF = '\r\n'
const ECHOED = new Set(['via', 'from', 'to', 'call-id', 'cseq'])
const NAMES: Record<string, string> = {
  via: 'Via',
  from: 'From',
  to: 'To',
  'call-id': 'Call-ID',
  cseq: 'CSeq',
  'record-route': 'Record-Route',
}

/** For the To of an answer to a request outside a dialog (RFC 3261 §8.2.6.2). */
export const newTag = (): string => crypto.randomUUID().slice(0, 8)

let lastDate = { second: 0, line: '' }
/** `Date` (RFC 3261 §20.17), by which a telephone may set its clock: made once a second. */
export function dateLine(now: number): string {
  const second = Math.floor(now / 1000)
  if (lastDate.second !== second) lastDate = { second, line: `Date: ${new Date(now).toUTCString()}` }
  return lastDate.line
}

/** The headers of a request that its responses repeat (RFC 3261 §8.2.6.2); kept while a request waits for its answer. */
export function echoOf(request: SipRequest): Header[] {
  return request.headers.filter(([name]) => ECHOED.has(name))
}

export type Extras = {
  /** Added to To when the request had none. */
  toTag?: string
  contact?: string
  /** Whole lines. */
  headers?: string[]
  body?: string
  contentType?: string
}

export function writeResponse(echo: readonly Header[], status: number, reason: string, extras: Extras = {}): string {
  const lines = [`SIP/2.0 ${status} ${reason}`]
  for (const [name, value] of echo) {
    const tagged = name === 'to' && extras.toTag && !/;\s*tag\s*=/i.test(value) ? `${value};tag=${extras.toTag}` : value
    lines.push(`${NAMES[name]}: ${tagged}`)
  }
  if (extras.contact) lines.push(`Contact: <${extras.contact}>`)
  return finish(lines, extras)
}

export type Outgoing = Extras & {
  method: string
  uri: string
  branch: string
  from: string
  to: string
  callId: string
  cseq: number
}

export function writeRequest(request: Outgoing): string {
  const lines = [
    `${request.method} ${request.uri} SIP/2.0`,
    `Via: SIP/2.0/WSS ${EDGE_HOST};branch=${request.branch}`,
    'Max-Forwards: 69',
    `From: ${request.from}`,
    `To: ${request.to}`,
    `Call-ID: ${request.callId}`,
    `CSeq: ${request.cseq} ${request.method}`,
  ]
  if (request.contact) lines.push(`Contact: <${request.contact}>`)
  return finish(lines, request)
}

function finish(lines: string[], { headers, body = '', contentType = 'application/sdp' }: Extras): string {
  if (headers) lines.push(...headers)
  if (body) lines.push(`Content-Type: ${contentType}`)
  lines.push(`Content-Length: ${byteLength(body)}`, '', body)
  return lines.join(CRLF)
}

/** Nobody connects to it: phones reach the edge only by the socket they hold (RFC 7118 §5.1). */
export const EDGE_HOST = 'edge.invalid'

/** What the edge understands; other methods get 405, unknown ones 501. */
export const ALLOW = 'Allow: INVITE, ACK, CANCEL, BYE, INFO, MESSAGE, OPTIONS, REFER, SUBSCRIBE'
/** An SBC may also refresh the session by UPDATE (RFC 3311, RFC 4028). */
export const allowFor = (isTrunk: boolean): string => (isTrunk ? `${ALLOW}, UPDATE` : ALLOW)

/** The answer to a malformed request; null: it cannot be answered, or must not be. */
export function refusalOf({ status, reason, answerable }: Malformed): string | null {
  if (answerable === null) return null
  return writeResponse(answerable, status, reason, { toTag: 'refused' })
}
