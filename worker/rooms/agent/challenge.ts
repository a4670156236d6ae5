import { parseMessage } from '../../sip/message'
import { ALLOW, echoOf, EDGE_HOST, writeRequest, writeResponse } from '../../sip/write'

const CALL_ID = '.reach@edge'

/**
 * OPTIONS outside any dialog (RFC 3261 §11): every SIP telephone answers it, and a browser's only from its page, so that an answer
 * says that the page runs. `token`: unique.
 */
export function challenge(contact: string, token: string): string {
  return writeRequest({
    method: 'OPTIONS',
    uri: contact,
    branch: `z9hG4bKreach${token}`,
    from: `<sip:edge@${EDGE_HOST}>;tag=${token}`,
    to: `<${contact}>`,
    callId: `${token}${CALL_ID}`,
    cseq: 1,
    headers: [ALLOW],
  })
}

/** Whether a response with this Call-ID answers a challenge. */
export const isOfChallenge = (callId: string): boolean => callId.endsWith(CALL_ID)

/** Whether this is the INVITE that rings a telephone, and not one within a dialog. */
export const rings = (text: string): boolean => text.startsWith('INVITE ') && !/^To: [^\r\n]*;tag=/im.test(text)

/**
 * What ends a ring that a telephone's page has not noticed: 480 for the call, as if the telephone had said it (Q.850 cause 20,
 * subscriber absent), and CANCEL for the telephone, which finds both when it wakes (RFC 3261 §9.1). Null: this is no INVITE.
 */
export function unanswered(invite: string): { callId: string; answer: string; cancel: string } | null {
  const parsed = parseMessage(invite)
  if (!parsed.ok || parsed.message.kind !== 'request' || parsed.message.method !== 'INVITE') return null
  const { callId, cseq, via } = parsed.message
  const header = (name: string) => parsed.message.header(name) ?? ''
  const headers = ['Reason: Q.850;cause=20;text="Subscriber absent"']
  const answer = writeResponse(echoOf(parsed.message), 480, 'Temporarily Unavailable', {
    toTag: 'unreachable',
    headers,
  })
  const cancel = writeRequest({
    method: 'CANCEL',
    uri: invite.split(' ', 2)[1]!,
    branch: via.branch ?? '',
    from: header('from'),
    to: header('to'),
    callId,
    cseq: cseq.number,
    headers,
  })
  return { callId, answer, cancel }
}
