import { createHash } from 'node:crypto'

/**
 * Digest credentials (RFC 7616, with MD5 for what still asks for it: RFC 8760). The one who is challenged computes them, the
 * one who challenged computes them again. Pure but for the hash.
 */
export type DigestChallenge = {
  realm: string
  nonce: string
  algorithm: DigestAlgorithm
  opaque: string | null
  /** Whether `auth` is offered; else the old form of RFC 2069. */
  qop: boolean
  stale: boolean
}
export type DigestAlgorithm = 'MD5' | 'SHA-256'

const NAMES: Record<DigestAlgorithm, string> = { MD5: 'md5', 'SHA-256': 'sha256' }
/** RFC 8760 §2.4: the first of these that is offered. */
const PREFERRED: DigestAlgorithm[] = ['SHA-256', 'MD5']

/** `name=value, name="value"` of a Digest header; null: another scheme, or malformed. */
export function digestParams(header: string): Map<string, string> | null {
  const scheme = /^\s*Digest\s+/i.exec(header)
  if (!scheme) return null
  const params = new Map<string, string>()
  let rest = header.slice(scheme[0].length)
  while (rest.trim() !== '') {
    const part = /^\s*([A-Za-z0-9_.-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))\s*(?:,|$)/.exec(rest)
    if (!part) return null
    params.set(part[1]!.toLowerCase(), part[2] === undefined ? part[3]! : part[2].replace(/\\(.)/g, '$1'))
    rest = rest.slice(part[0].length)
  }
  return params
}

/** Of the challenges offered (one header each), the strongest this can answer; null: none. */
export function strongestChallenge(headers: readonly string[]): DigestChallenge | null {
  const known = headers.map(challengeOf).filter((one) => one !== null)
  for (const algorithm of PREFERRED) {
    const found = known.find((one) => one.algorithm === algorithm)
    if (found) return found
  }
  return null
}

function challengeOf(header: string): DigestChallenge | null {
  const params = digestParams(header)
  const realm = params?.get('realm')
  const nonce = params?.get('nonce')
  const asked = (params?.get('algorithm') ?? 'MD5').toUpperCase()
  const algorithm = PREFERRED.find((one) => one === asked)
  if (!params || realm === undefined || nonce === undefined || !algorithm) return null
  const offered = params
    .get('qop')
    ?.split(',')
    .map((one) => one.trim().toLowerCase())
  if (offered && !offered.includes('auth')) return null
  return {
    realm,
    nonce,
    algorithm,
    opaque: params.get('opaque') ?? null,
    qop: offered !== undefined,
    stale: params.get('stale')?.toLowerCase() === 'true',
  }
}

export type DigestRequest = {
  username: string
  password: string
  method: string
  uri: string
  /** How often this nonce was used, with this request; from 1. */
  count: number
  cnonce: string
}

/** RFC 7616 §3.4.1: the `response` of a request. */
export function digestResponse(challenge: DigestChallenge, request: DigestRequest): string {
  const { realm, nonce, algorithm, qop } = challenge
  const { username, password, method, uri, count, cnonce } = request
  const hash = (text: string) => createHash(NAMES[algorithm]).update(text).digest('hex')
  const a1 = hash(`${username}:${realm}:${password}`)
  const a2 = hash(`${method}:${uri}`)
  return qop ? hash(`${a1}:${nonce}:${countOf(count)}:${cnonce}:auth:${a2}`) : hash(`${a1}:${nonce}:${a2}`)
}

/** The value of Authorization or Proxy-Authorization. */
export function credentialsFor(challenge: DigestChallenge, request: DigestRequest): string {
  const { realm, nonce, algorithm, opaque, qop } = challenge
  const parts = [
    `username=${quote(request.username)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(request.uri)}`,
    `response="${digestResponse(challenge, request)}"`,
    `algorithm=${algorithm}`,
  ]
  if (opaque !== null) parts.push(`opaque=${quote(opaque)}`)
  if (qop) parts.push('qop=auth', `nc=${countOf(request.count)}`, `cnonce=${quote(request.cnonce)}`)
  return `Digest ${parts.join(', ')}`
}

const countOf = (count: number) => count.toString(16).padStart(8, '0')
const quote = (text: string) => `"${text.replace(/[\r\n]/g, '').replace(/["\\]/g, '\\$&')}"`
