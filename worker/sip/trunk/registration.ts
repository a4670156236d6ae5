import type { TrunkFault } from '#shared/protocol/trunks'
import { credentialsFor, strongestChallenge, type DigestChallenge } from '../digest'
import type { SipResponse } from '../message'
import { MAGIC_COOKIE, parseAddress } from '../grammar'
import { writeRequest } from '../write'
import type { Transport } from './transport'

/**
 * One account's registration over one connection (RFC 3261 §10.2, RFC 7118 §5), as a pure machine. It ends with its socket.
 *
 *   begin ─REGISTER─▶ asking ──401, 407──▶ asking (with credentials, once for each nonce)
 *                       │ ├──423──▶ asking (with the registrar's Min-Expires)
 *                       │ └──no, silence──▶ failed
 *                       └──200──▶ registered ──before it expires──▶ asking
 *                                     └──OPTIONS, each 20 s──▶ an answer, any; silence ─▶ failed
 */
export type Account = {
  trunkId: string
  domain: string
  username: string
  authName: string | null
  password: string
  /** Of its connection; a WebSocket if not said. */
  transport?: Transport
}
export type Registration = {
  callId: string
  tag: string
  cseq: number
  /** Seconds asked for. */
  expires: number
  isRegistered: boolean
  /** What waits for its answer; how many challenges led to it. */
  asked: { branch: string; method: 'REGISTER' | 'OPTIONS' | 'ping'; challenges: number } | null
  /** The SBC answers empty lines (RFC 5626 §4.4.1); how long it waits for one, in seconds: null if it did not say. */
  pings?: { flowTimer: number | null }
  /** The registrar's last challenge, used again for refreshes (RFC 7616 §3.6). */
  known: { challenge: DigestChallenge; isProxy: boolean; count: number } | null
}
export type Failure = { code: TrunkFault['code']; detail: string | null; isRefused: boolean }
export type Step = {
  registration: Registration
  sends: string[]
  /** Milliseconds from now, or null: clear it. Missing: as it was. */
  timers: { answer?: number | null; refresh?: number; alive?: number }
  failure?: Failure
}
export type Chance = { token(): string }

export const EXPIRES_S = 300
const MOST_EXPIRES_S = 3_600
/** A dead connection is noticed after one of each. */
export const ALIVE_MS = 20_000
const PING = '\r\n\r\n'
export const ANSWER_MS = 5_000
const MOST_CHALLENGES = 2

export function begin(account: Account, chance: Chance): Step {
  const registration: Registration = {
    callId: `${chance.token()}-trunk`,
    tag: chance.token(),
    cseq: 0,
    expires: EXPIRES_S,
    isRegistered: false,
    asked: null,
    known: null,
  }
  return ask(registration, account, 'REGISTER', chance)
}

/** Whether a response is to one of its own requests. */
export const isOwn = (registration: Registration, response: SipResponse): boolean =>
  response.callId === registration.callId

export function refresh(registration: Registration, account: Account, chance: Chance): Step {
  return registration.asked?.method === 'REGISTER'
    ? still(registration)
    : ask(registration, account, 'REGISTER', chance)
}

export function keepAlive(registration: Registration, account: Account, chance: Chance): Step {
  if (registration.asked) return { ...still(registration), timers: { alive: aliveMs(registration) } }
  if (!registration.pings) return ask(registration, account, 'OPTIONS', chance)
  const asked = { branch: '', method: 'ping' as const, challenges: 0 }
  return { registration: { ...registration, asked }, sends: [PING], timers: { answer: ANSWER_MS } }
}

/** An empty line came. */
export function pong(registration: Registration): Step {
  if (registration.asked?.method !== 'ping') return still(registration)
  return { ...still({ ...registration, asked: null }), timers: { answer: null, alive: aliveMs(registration) } }
}

/** An SBC that says how long it waits (Flow-Timer) hears of us sooner (RFC 5626 §4.4.1: at 80 to 100 % of it). */
const aliveMs = ({ pings }: Registration): number => Math.min(ALIVE_MS, (pings?.flowTimer ?? Infinity) * 800)

/** Taken off before the socket is closed: nobody waits for the answer. */
export function unregister(registration: Registration, account: Account, chance: Chance): string[] {
  return registration.isRegistered ? ask({ ...registration, expires: 0 }, account, 'REGISTER', chance).sends : []
}

/** The time of `answer` is over. */
export const silence = (registration: Registration): Step => ({
  ...still({ ...registration, asked: null }),
  failure: { code: 'silent', detail: null, isRefused: false },
})

export function onResponse(registration: Registration, account: Account, response: SipResponse, chance: Chance): Step {
  const { asked } = registration
  if (!asked || response.via.branch !== asked.branch || response.status < 200) return still(registration)
  const answered = { ...registration, asked: null }
  // whatever it answers, it is there
  if (asked.method === 'OPTIONS') return { ...still(answered), timers: { answer: null, alive: aliveMs(answered) } }
  const { status } = response
  if (status < 300) return registered(answered, account, response)
  if (status === 401 || status === 407) {
    const isProxy = status === 407
    const challenge = strongestChallenge(response.all(isProxy ? 'proxy-authenticate' : 'www-authenticate'))
    if (!challenge) return failed(answered, { code: 'rejected', detail: 'no digest this can answer', isRefused: true })
    // the answer to a challenge is challenged again: the password is wrong, unless the nonce was only old (RFC 7616 §3.3)
    if (asked.challenges > (challenge.stale ? MOST_CHALLENGES : 0)) return failed(answered, wrongCredentials(response))
    const known = { challenge, isProxy, count: 0 }
    return ask({ ...answered, known }, account, 'REGISTER', chance, asked.challenges + 1)
  }
  if (status === 423) {
    const wanted = Number(response.header('min-expires'))
    if (wanted > registration.expires && wanted <= MOST_EXPIRES_S)
      return ask({ ...answered, expires: wanted }, account, 'REGISTER', chance)
  }
  if (status === 403) return failed(answered, wrongCredentials(response))
  return failed(answered, { code: 'rejected', detail: wordsOf(response), isRefused: status < 500 && status !== 408 })
}

function registered(registration: Registration, account: Account, response: SipResponse): Step {
  const granted = grantedSeconds(response, contactOf(account)) ?? registration.expires
  // a little early, whatever is granted: the refresh needs its time too
  const refreshMs = Math.max(5_000, Math.min(granted * 800, granted * 1_000 - ANSWER_MS * 2))
  const pings = pingsOf(response)
  const after = { ...registration, isRegistered: true, ...(pings ? { pings } : {}) }
  return { registration: after, sends: [], timers: { answer: null, refresh: refreshMs, alive: aliveMs(after) } }
}

/** RFC 5626 §6: a registrar that keeps flows says so by `Require: outbound`, or by its Flow-Timer; others may not answer a ping. */
function pingsOf(response: SipResponse): Registration['pings'] | null {
  const timer = response.header('flow-timer')
  const flowTimer = timer !== null && /^\d{1,4}$/.test(timer) ? Math.max(5, Number(timer)) : null
  const isOutbound = (response.list('require') ?? []).some((one) => one.toLowerCase() === 'outbound')
  return flowTimer !== null || isOutbound ? { flowTimer } : null
}

/** RFC 3261 §10.2.4: of our own binding among those listed, else of the whole answer. */
function grantedSeconds(response: SipResponse, mine: string): number | null {
  const contacts = (response.list('contact') ?? []).map(parseAddress)
  const own = contacts.find((contact) => contact?.uri === mine) ?? (contacts.length === 1 ? contacts[0] : undefined)
  const text = own?.params.get('expires') ?? response.header('expires')
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null
}

/** RFC 7118 §5.1: nobody connects to it; the same after every cut, so that the registrar replaces the old binding. */
export const contactOf = ({ username, trunkId, transport = 'wss' }: Account): string =>
  `sip:${username}@${trunkId.replace(/[^A-Za-z0-9-]/g, '')}.invalid;transport=${transport === 'wss' ? 'ws' : transport}`

function ask(
  before: Registration,
  account: Account,
  method: 'REGISTER' | 'OPTIONS',
  chance: Chance,
  challenges = 0,
): Step {
  const { domain, username, trunkId } = account
  const known = before.known && { ...before.known, count: before.known.count + 1 }
  const isRegister = method === 'REGISTER'
  const registration: Registration = {
    ...before,
    cseq: before.cseq + 1,
    known: isRegister ? known : before.known,
    asked: { branch: `${MAGIC_COOKIE}${chance.token()}`, method, challenges },
  }
  const uri = `sip:${domain}`
  const headers: string[] = []
  if (isRegister) {
    headers.push(
      `Contact: <${contactOf(account)}>;+sip.instance="<urn:uuid:${trunkId}>";reg-id=1;expires=${registration.expires}`,
      `Expires: ${registration.expires}`,
      'Supported: outbound, path',
    )
    if (known) {
      const request = { method, uri, count: known.count, cnonce: chance.token() }
      headers.push(authorization(known.challenge, known.isProxy, account, request))
    }
  }
  const text = writeRequest({
    method,
    uri,
    branch: registration.asked!.branch,
    from: `<sip:${username}@${domain}>;tag=${registration.tag}`,
    to: isRegister ? `<sip:${username}@${domain}>` : `<${uri}>`,
    callId: registration.callId,
    cseq: registration.cseq,
    headers,
  })
  return { registration, sends: [text], timers: { answer: ANSWER_MS } }
}

/** The whole header line. */
export function authorization(
  challenge: DigestChallenge,
  isProxy: boolean,
  { username, authName, password }: Pick<Account, 'username' | 'authName' | 'password'>,
  request: { method: string; uri: string; count: number; cnonce: string },
): string {
  const credentials = credentialsFor(challenge, { ...request, username: authName ?? username, password })
  return `${isProxy ? 'Proxy-Authorization' : 'Authorization'}: ${credentials}`
}

const still = (registration: Registration): Step => ({ registration, sends: [], timers: {} })
const failed = (registration: Registration, failure: Failure): Step => ({
  ...still({ ...registration, isRegistered: false }),
  timers: { answer: null },
  failure,
})
const wordsOf = ({ status, reason }: SipResponse): string => `${status} ${reason}`.slice(0, 120)
const wrongCredentials = (response: SipResponse): Failure => ({
  code: 'wrong-credentials',
  detail: wordsOf(response),
  isRefused: true,
})
