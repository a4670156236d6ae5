import type { SipRequest } from './message'

/**
 * What a SUBSCRIBE asks for (RFC 6665 §4.2.1.1). Two packages: `presence` (RFC 3856, PIDF of RFC 3863) and `dialog` (RFC 4235:
 * busy lamp). Rule SIP-5.
 */
export type Package = 'presence' | 'dialog'
export type Asked = { pack: Package; eventId: string | null; seconds: number }
export type SubscribeRefusal = { status: 400 | 406 | 423 | 489; reason: string; headers: string[] }

export const PACKAGES: readonly Package[] = ['presence', 'dialog']
export const ALLOW_EVENTS = `Allow-Events: ${PACKAGES.join(', ')}`
export const BODY_TYPE: Record<Package, string> = {
  presence: 'application/pidf+xml',
  dialog: 'application/dialog-info+xml',
}
/** Seconds. RFC 3856 §6.4 and RFC 4235 §3.4: an hour where none is asked; §4.2.1.1: less than an hour may be too brief. */
export const MIN_SUBSCRIPTION_S = 60
export const MAX_SUBSCRIPTION_S = 3_600

/** Refuses 400 (malformed), 406 (no body they take), 423 (too brief; 0 is none) and 489 (another package). */
export function readSubscribe(request: SipRequest): Asked | SubscribeRefusal {
  const [name = '', ...params] = (request.header('event') ?? '').split(';').map((part) => part.trim())
  const pack = PACKAGES.find((known) => known === name.toLowerCase())
  if (!pack || request.all('event').length > 1) return refused(489, 'Bad Event', [ALLOW_EVENTS])
  const eventId = params.find((param) => /^id=/i.test(param))?.slice(3) ?? null
  if (eventId !== null && !/^[\w.!%*+`'~-]{1,64}$/.test(eventId)) return refused(400, 'Malformed Event')

  const takes = request.list('accept')
  if (takes === null) return refused(400, 'Malformed Accept')
  if (takes.length > 0 && !takes.some((type) => isTaken(BODY_TYPE[pack], type)))
    return refused(406, 'Not Acceptable', [`Accept: ${BODY_TYPE[pack]}`])

  const expires = request.header('expires')
  if (expires !== null && !/^\d{1,10}$/.test(expires)) return refused(400, 'Malformed Expires')
  const seconds = expires === null ? MAX_SUBSCRIPTION_S : Math.min(Number(expires), MAX_SUBSCRIPTION_S)
  if (seconds > 0 && seconds < MIN_SUBSCRIPTION_S)
    return refused(423, 'Interval Too Brief', [`Min-Expires: ${MIN_SUBSCRIPTION_S}`])
  return { pack, eventId, seconds }
}

const refused = (status: SubscribeRefusal['status'], reason: string, headers: string[] = []): SubscribeRefusal => ({
  status,
  reason,
  headers,
})

/** RFC 3261 §20.1: a media range. */
function isTaken(type: string, range: string): boolean {
  const wanted = range.split(';')[0]!.trim().toLowerCase()
  return wanted === type || wanted === '*/*' || wanted === 'application/*'
}
