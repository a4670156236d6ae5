import { createHash, timingSafeEqual } from 'node:crypto'
import { digestParams } from './digest'

/**
 * SIP-2: the digest of a foreign user agent's REGISTER (RFC 7616), with the device's own random password and never the login
 * password. MD5, for SIP.js and JsSIP answer nothing else, over a socket that is encrypted; the nonce is the socket's alone, so
 * what was heard on one opens no other.
 */
export const DEVICE_REALM = 'switchroom'

/** H(A1) of RFC 7616 §3.4.2: all that is kept of the password. */
export const deviceSecret = (username: string, password: string): string =>
  md5(`${username}:${DEVICE_REALM}:${password}`)

export const deviceChallenge = (nonce: string, stale: boolean): string =>
  `WWW-Authenticate: Digest realm="${DEVICE_REALM}", nonce="${nonce}", algorithm=MD5, qop="auth"${stale ? ', stale=true' : ''}`

export type Proof = 'right' | 'wrong' | 'none' | 'other-nonce'
export type Proving = { authorization: string | null; method: string; username: string; secret: string; nonce: string }

/** Whether the one who sent this Authorization has the device's password. Without qop it is RFC 2069's form. */
export function proofOf({ authorization, method, username, secret, nonce }: Proving): Proof {
  if (authorization === null) return 'none'
  const params = digestParams(authorization)
  const response = params?.get('response')?.toLowerCase()
  const uri = params?.get('uri')
  if (!params || !response || uri === undefined) return 'wrong'
  if (params.get('username') !== username || params.get('realm') !== DEVICE_REALM) return 'wrong'
  if ((params.get('algorithm') ?? 'MD5').toUpperCase() !== 'MD5') return 'wrong'
  if (params.get('nonce') !== nonce) return 'other-nonce'
  const a2 = md5(`${method}:${uri}`)
  const qop = params.get('qop')?.toLowerCase()
  if (qop !== undefined && qop !== 'auth') return 'wrong'
  const middle = qop ? `:${params.get('nc') ?? ''}:${params.get('cnonce') ?? ''}:auth` : ''
  const expected = md5(`${secret}:${nonce}${middle}:${a2}`)
  return isSame(expected, response) ? 'right' : 'wrong'
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')
const isSame = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
