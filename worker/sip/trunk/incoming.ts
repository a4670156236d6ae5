import { numberDialled } from '#shared/domain/trunk/dialling'
import { callerNumber } from '../../dialling/caller-number'
import { parseAddress, parseSipUri } from '../grammar'
import type { SipRequest } from '../message'
import { tooBrief } from '../b2bua/session-timer'
import { ALLOW, allowFor } from '../write'

/** What a request of an SBC comes to before any call is asked. */
export type TrunkVerdict =
  { go: 'call' | 'open' } | { go: 'answer'; status: number; reason: string; headers?: string[] } | { go: 'nowhere' }

const TO_CALLS = ['ACK', 'CANCEL', 'BYE', 'INFO', 'MESSAGE', 'INVITE', 'UPDATE']
/** Option tags an SBC may require of us. */
const SUPPORTED = ['timer']

/** The user agent server's checks of RFC 3261 §8.2, for what comes over our own registered connection. */
export function judgeTrunk(request: SipRequest): TrunkVerdict {
  const { method } = request
  const answer = (status: number, reason: string, headers?: string[]): TrunkVerdict =>
    method === 'ACK' ? { go: 'nowhere' } : { go: 'answer', status, reason, ...(headers ? { headers } : {}) }
  if (method === 'OPTIONS' && request.toTag === null)
    return answer(200, 'OK', [allowFor(true), 'Accept: application/sdp', 'Supported: timer'])
  if (method !== 'ACK' && method !== 'CANCEL') {
    const asked = [...(request.list('require') ?? []), ...(request.list('proxy-require') ?? [])]
    const foreign = asked.filter((tag) => !SUPPORTED.includes(tag.toLowerCase()))
    if (foreign.length > 0) return answer(420, 'Bad Extension', [`Unsupported: ${foreign.join(', ')}`])
  }
  if (request.toTag !== null) {
    return TO_CALLS.includes(method) || method === 'OPTIONS'
      ? { go: 'call' }
      : answer(405, 'Method Not Allowed', [ALLOW])
  }
  if (method === 'ACK' || method === 'CANCEL') return { go: 'call' }
  if (method !== 'INVITE') return answer(405, 'Method Not Allowed', [ALLOW])
  const { contentType } = request
  if (contentType !== '' && contentType !== 'application/sdp')
    return answer(415, 'Unsupported Media Type', ['Accept: application/sdp'])
  const brief = tooBrief(request)
  if (brief) return answer(422, 'Session Interval Too Small', brief)
  return request.contact() ? { go: 'open' } : answer(400, 'Missing Contact')
}

/**
 * Which of the trunk's numbers was dialled: SBCs put it into the Request-URI, P-Called-Party-ID (RFC 7315 §4.2, where the
 * Request-URI is our contact), To, or a header of their own. Null: none of ours.
 */
export function dialledNumber(request: SipRequest, numbers: readonly string[]): string | null {
  const users = [
    request.target.user,
    userOf(request.header('p-called-party-id')),
    parseSipUri(request.to.uri)?.user,
    request.header('x-dialed'),
  ]
  return numberDialled(
    numbers,
    users.filter((user): user is string => typeof user === 'string'),
  )
}

/** Who calls, as the SBC vouches for it (RFC 3325), else as they say; in E.164 where it can be told beside the number dialled. */
export function callingNumber(request: SipRequest, ours: string): string {
  const user = userOf(request.list('p-asserted-identity')?.[0] ?? null) ?? parseSipUri(request.from.uri)?.user ?? ''
  if (user === '' || /^anonymous$/i.test(user)) return 'anonymous'
  return callerNumber(user, ours) ?? user.slice(0, 40)
}

/** The user of a sip: address, or the number of a tel: one (RFC 3966). */
function userOf(header: string | null): string | null {
  const uri = header === null ? undefined : parseAddress(header)?.uri
  if (!uri) return null
  return /^tel:/i.test(uri) ? uri.slice(4).split(';')[0]! : (parseSipUri(uri)?.user ?? null)
}
