import { parseSipUri } from './grammar'
import type { SipRequest } from './message'
import { replacesOf } from './replaces'
import { ALLOW_EVENTS } from './subscribe'
import { ALLOW } from './write'

/** Whose socket it is: the three names of one AOR. */
export type Identity = { userId: string; username: string; extension: string | null }

/** What a request from a phone comes to before any call is asked. */
export type Verdict =
  | { go: 'register' | 'call' | 'subscribe' | 'message' }
  | { go: 'answer'; status: number; reason: string; headers?: string[] }
  | { go: 'nowhere' }

const KNOWN = ['REGISTER', 'INVITE', 'ACK', 'CANCEL', 'BYE', 'INFO', 'MESSAGE', 'OPTIONS', 'REFER', 'SUBSCRIBE']
/** Known to the field, not (yet) to the edge. */
const NOT_HERE = ['NOTIFY', 'PUBLISH', 'UPDATE', 'PRACK']
/** Option tags a phone may require of us. */
const SUPPORTED = ['outbound', 'replaces']
const BODIES = ['', 'application/sdp']

/**
 * Rules SIP-2 and SIP-6: the user agent server's checks of RFC 3261 §8.2, and who may say they are whom. From (and To of a
 * REGISTER) must be one of the AOR's names. Within a dialog the CallRoom knows the leg by AOR, Call-ID and tags.
 * Route, P-Asserted-Identity and the like are never read: the CallRoom writes its own requests.
 */
export function judge(request: SipRequest, who: Identity, mayCall: boolean): Verdict {
  const { method } = request
  const answer = (status: number, reason: string, headers?: string[]): Verdict =>
    method === 'ACK' ? { go: 'nowhere' } : { go: 'answer', status, reason, ...(headers ? { headers } : {}) }

  if (NOT_HERE.includes(method)) return answer(405, 'Method Not Allowed', [ALLOW])
  if (!KNOWN.includes(method)) return answer(501, 'Not Implemented', [ALLOW])
  if (method !== 'ACK' && method !== 'CANCEL') {
    const asked = [...(request.list('require') ?? []), ...(request.list('proxy-require') ?? [])]
    const foreign = asked.filter((tag) => !SUPPORTED.includes(tag.toLowerCase()))
    if (foreign.length > 0) return answer(420, 'Bad Extension', [`Unsupported: ${foreign.join(', ')}`])
  }
  if (request.toTag !== null) return { go: method === 'SUBSCRIBE' ? 'subscribe' : 'call' }

  if (!isOneOf(request.from.uri, who)) return answer(403, 'From Is Not You')
  switch (method) {
    case 'REGISTER':
      return isOneOf(request.to.uri, who) ? { go: 'register' } : answer(403, 'To Is Not You')
    case 'OPTIONS':
      return answer(200, 'OK', [ALLOW, ALLOW_EVENTS, 'Accept: application/sdp', 'Supported: outbound, replaces'])
    case 'INVITE':
      if (!mayCall) return answer(403, 'Calls Are Not Permitted')
      if (!BODIES.includes(request.contentType))
        return answer(415, 'Unsupported Media Type', ['Accept: application/sdp'])
      if (replacesOf(request) === undefined) return answer(400, 'Bad Replaces')
      return request.contact() ? { go: 'call' } : answer(400, 'Missing Contact')
    case 'SUBSCRIBE':
      return { go: 'subscribe' }
    case 'ACK':
    case 'CANCEL':
      return { go: 'call' }
    case 'MESSAGE':
      return { go: 'message' }
    default: // BYE, INFO, REFER outside any dialog (RFC 3261 §12.2.2)
      return answer(481, 'Call/Transaction Does Not Exist')
  }
}

function isOneOf(uri: string, { userId, username, extension }: Identity): boolean {
  const user = parseSipUri(uri)?.user
  return (
    user !== undefined && user !== null && (user === userId || user.toLowerCase() === username || user === extension)
  )
}

/** Legs that the edge made carry their room: `<call>.<leg>@edge`. */
export function roomOfEdgeLeg(sipCallId: string): string | null {
  return /^([A-Za-z0-9_-]{8,64})\.\d{1,4}@edge$/.exec(sipCallId)?.[1] ?? null
}
