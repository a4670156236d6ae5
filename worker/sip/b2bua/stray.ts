import type { SipMessage, SipResponse } from '../message'
import { echoOf, writeRequest, writeResponse } from '../write'

/** What is answered to a message of no call: 481 to a request (RFC 3261 §12.2.2), to an ACK nothing. */
export function answerToStray(message: SipMessage, token: () => string): string[] {
  if (message.kind === 'response') return endOfStray(message, token)
  if (message.method === 'ACK') return []
  return [writeResponse(echoOf(message), 481, 'Call/Transaction Does Not Exist', { toTag: 'gone' })]
}

/**
 * What a telephone is told that rings, or was answered, for a call that nobody knows: CANCEL (RFC 3261 §9.1), or ACK and BYE (§13.2.2.4,
 * §15.1.1); its refusal gets the ACK it waits for (§17.1.1.3). Of other answers nothing.
 */
function endOfStray(response: SipResponse, token: () => string): string[] {
  const { status, callId, cseq, via, fromTag } = response
  const uri = response.contact()?.uri ?? response.to.uri
  const to = response.header('to') ?? ''
  if (cseq.method !== 'INVITE' || status === 100 || !via.branch || !fromTag) return []
  const dialog = { uri, from: response.header('from') ?? '', to, callId, branch: via.branch, cseq: cseq.number }
  if (status >= 300) return [writeRequest({ ...dialog, method: 'ACK' })]
  // its INVITE had no tag in To, and a CANCEL repeats it
  if (status < 200) return [writeRequest({ ...dialog, method: 'CANCEL', to: to.replace(/;\s*tag\s*=[^;>"]*$/i, '') })]
  const fresh = () => `z9hG4bKstray${token()}`
  return [
    writeRequest({ ...dialog, method: 'ACK', branch: fresh() }),
    writeRequest({ ...dialog, method: 'BYE', branch: fresh(), cseq: cseq.number + 1 }),
  ]
}
