import { quoted } from './grammar'
import { byteLength, type SipRequest } from './message'
import { writeRequest } from './write'

/**
 * MESSAGE in page mode (RFC 3428): a line of text from one agent to another's telephones. Rule SIP-5. Nothing is kept of it: what
 * cannot be delivered now is refused.
 */
export type Page = { from: { userId: string; name: string; user: string }; to: string; host: string; text: string }
export type PageAnswer = { status: number; reason: string; headers?: string[] }

/** A branch of a MESSAGE that the edge sends begins with this: its answers need no table. */
export const PAGE_BRANCH = 'z9hG4bKmsg'
/** RFC 3428 §8: the whole request, outside a media session. */
const MAX_PAGE_BYTES = 1_300
const TYPE = 'text/plain'

/** Null: it may go on. 400 (nothing said), 415 (not plain text), 513 (too large). */
export function judgePage(request: SipRequest, size: number): PageAnswer | null {
  if (size > MAX_PAGE_BYTES) return { status: 513, reason: 'Message Too Large' }
  if (request.contentType !== TYPE)
    return { status: 415, reason: 'Unsupported Media Type', headers: [`Accept: ${TYPE}`] }
  const encoding = request.header('content-encoding')
  if (encoding !== null && encoding.toLowerCase() !== 'identity')
    return { status: 415, reason: 'Unsupported Media Type', headers: ['Accept-Encoding: identity'] }
  return request.body.trim() === '' ? { status: 400, reason: 'Empty Message' } : null
}

/** Bytes of a request as it came. */
export const sizeOf = (text: string): number => byteLength(text)

/** To one device. Who says it is the edge's word (RFC 3325), not the sender's. */
export function writePage(page: Page, contact: string, branch: string, callId: string, tag: string): string {
  const { from, to, host, text } = page
  const sender = `${quoted(from.name)} <sip:${encodeURIComponent(from.user)}@${host}>`
  return writeRequest({
    method: 'MESSAGE',
    uri: contact,
    branch,
    from: `${sender};tag=${tag}`,
    to: `<sip:${encodeURIComponent(to)}@${host}>`,
    callId,
    cseq: 1,
    headers: [`P-Asserted-Identity: ${sender}`],
    body: text,
    contentType: `${TYPE};charset=utf-8`,
  })
}

/**
 * What the sender is told when several devices were asked (RFC 3428 §7): 200 as soon as one has it; when all refuse, the
 * lowest of their words, a global one first (RFC 3261 §16.7); null: not yet decided.
 */
export function bestAnswer(statuses: readonly number[], asked: number): PageAnswer | null {
  if (statuses.some((status) => status < 300)) return { status: 200, reason: 'OK' }
  if (statuses.length < asked) return null
  const global = statuses.filter((status) => status >= 600)
  // challenges and redirections are between the edge and the device
  const plain = statuses.filter((status) => status >= 400 && status !== 401 && status !== 407)
  const status = Math.min(...(global.length > 0 ? global : plain.length > 0 ? plain : [480]))
  return { status, reason: 'Not Delivered' }
}
