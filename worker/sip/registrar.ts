import { parseAddress, parseSipUri } from './grammar'
import type { SipRequest } from './message'
import { remembered } from './remembered'

/**
 * The registrar of one AOR, as a pure decision (RFC 3261 §10.3, outbound RFC 5626 §6). Rule SIP-1.
 * A binding is keyed by (instance, reg-id) when the device names an instance, else by its contact; it belongs to the
 * socket it was registered over, so a refresh is kept with the socket and writes nothing to storage.
 */
export type Registration = {
  instance: string
  regId: number
  contact: string
  /** 0…1000 (RFC 3261 §20.10). */
  q: number
  expiresAt: number
  callId: string
  cseq: number
}
/** All bindings of the AOR, with the socket that holds each. */
export type Held<Flow> = { flow: Flow; registration: Registration }

export const MIN_EXPIRES_S = 30
export const DEFAULT_EXPIRES_S = 300
export const MAX_EXPIRES_S = 3_600
/** A socket's attachment is small; nobody needs more contacts on one. */
const MAX_CONTACTS = 2
const MAX_CONTACT_LENGTH = 300
const MAX_INSTANCE_LENGTH = 120

export type RegisterRefusal = { status: 400 | 403 | 423 | 500; reason: string; headers?: string[] }
export type Registered<Flow> =
  { ok: true; bindings: Held<Flow>[]; headers: string[] } | { ok: false; refusal: RegisterRefusal }

/** `flow`: the socket the request came over; `flowId` stands for the instance of a device that names none. */
export function register<Flow>(
  request: SipRequest,
  held: Held<Flow>[],
  flow: Flow,
  flowId: string,
  now: number,
): Registered<Flow> {
  const live = held.filter((one) => one.registration.expiresAt > now)
  const refuse = (status: RegisterRefusal['status'], reason: string, headers?: string[]): Registered<Flow> => ({
    ok: false,
    refusal: { status, reason, ...(headers ? { headers } : {}) },
  })

  const contacts = request.list('contact')
  const whole = readExpires(request.header('expires'))
  if (contacts === null || whole === undefined) return refuse(400, 'Malformed Contact or Expires')
  if (contacts.length === 0) return { ok: true, bindings: live, headers: contactHeaders(live, now) } // §10.3 step 5: a fetch

  if (contacts.includes('*')) {
    // step 6: everything goes, only with Expires: 0 and alone
    if (contacts.length > 1 || whole !== 0) return refuse(400, 'Contact * Needs Expires 0')
    const kept = live.filter(({ registration }) => isStale(request, registration))
    return kept.length > 0 ? refuse(500, 'Out of Order') : { ok: true, bindings: [], headers: [] }
  }

  if (contacts.length > MAX_CONTACTS) return refuse(400, 'Too Many Contacts')
  let bindings = live
  for (const text of contacts) {
    const named = readContact(text)
    if (!named) return refuse(400, 'Malformed Contact')
    if (named.seconds === undefined) return refuse(400, 'Malformed Expires')
    const { contact, q, regId } = named
    const instance = named.instance ?? flowId
    const seconds = named.seconds ?? whole ?? DEFAULT_EXPIRES_S
    if (seconds > 0 && seconds < MIN_EXPIRES_S)
      return refuse(423, 'Interval Too Brief', [`Min-Expires: ${MIN_EXPIRES_S}`])

    const known = bindings.find(
      ({ registration: one }) =>
        one.instance === instance && one.regId === regId && (regId > 0 || one.contact === contact),
    )
    // step 7: within one Call-ID, only a higher CSeq
    if (known && isStale(request, known.registration)) return refuse(500, 'Out of Order')
    bindings = bindings.filter((one) => one !== known)
    if (seconds === 0) continue
    const expiresAt = now + Math.min(seconds, MAX_EXPIRES_S) * 1000
    const registration = { instance, regId, contact, q, expiresAt, callId: request.callId, cseq: request.cseq.number }
    bindings.push({ flow, registration })
  }
  if (bindings.filter((one) => one.flow === flow).length > MAX_CONTACTS) return refuse(403, 'Too Many Bindings')
  return { ok: true, bindings, headers: contactHeaders(bindings, now) }
}

const isStale = (request: SipRequest, registration: Registration): boolean =>
  registration.callId === request.callId && registration.cseq >= request.cseq.number

/** A contact as it is written: `instance` is null where it names none, `seconds` is null where it says nothing, undefined where it is malformed. */
type Contact = Pick<Registration, 'regId' | 'contact' | 'q'> & {
  instance: string | null
  seconds: number | null | undefined
}

/** Null: not a contact we can call. A URI with headers would let a phone add Route to our requests (RFC 4475 regbadct, regescrt). */
const readContact = remembered((text): Contact | null => {
  const address = parseAddress(text)
  const uri = address && parseSipUri(address.uri)
  if (!uri || uri.headers || address.uri.length > MAX_CONTACT_LENGTH) return null
  const { params } = address
  const instance = params.get('+sip.instance')?.replace(/^<|>$/g, '')
  if (instance !== undefined && (instance === '' || instance.length > MAX_INSTANCE_LENGTH)) return null
  const regId = Number(params.get('reg-id') ?? (instance ? 1 : 0))
  if (!Number.isInteger(regId) || regId < 0 || regId > 1000) return null
  const q = readQ(params.get('q'))
  if (q === null) return null
  const seconds = readExpires(params.get('expires') ?? null)
  return { instance: instance ?? null, regId: instance ? regId : 0, contact: address.uri, q, seconds }
})

/** RFC 3261 §25.1 qvalue, in thousandths. */
function readQ(text: string | undefined): number | null {
  if (text === undefined) return 1000
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text) ? Math.round(Number(text) * 1000) : null
}

/** Seconds; null: not given; undefined: malformed. What exceeds the bound counts as the bound. */
function readExpires(text: string | null): number | null | undefined {
  if (text === null) return null
  if (!/^\d+$/.test(text)) return undefined
  return Math.min(Number(text), 2 ** 31)
}

function contactHeaders<Flow>(bindings: Held<Flow>[], now: number): string[] {
  return bindings.map(({ registration }) => {
    const left = Math.max(1, Math.round((registration.expiresAt - now) / 1000))
    const q = registration.q === 1000 ? '' : `;q=${registration.q / 1000}`
    const instance =
      registration.regId > 0 ? `;+sip.instance="<${registration.instance}>";reg-id=${registration.regId}` : ''
    return `Contact: <${registration.contact}>;expires=${left}${q}${instance}`
  })
}
