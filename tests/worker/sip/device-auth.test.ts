import { expect, it } from 'vitest'
import { deviceChallenge, deviceSecret, proofOf, type Proving } from '#worker/sip/device-auth'
import { credentialsFor, strongestChallenge } from '#worker/sip/digest'

const secret = deviceSecret('alice', 'k7mw-4c9e')
function proving(password: string, change: Partial<Proving> = {}): Proving {
  const challenge = strongestChallenge([deviceChallenge('n1', false).replace('WWW-Authenticate: ', '')])!
  const asked = { username: 'alice', password, method: 'REGISTER', uri: 'sip:x', count: 1, cnonce: 'c' }
  return {
    authorization: credentialsFor(challenge, asked),
    method: 'REGISTER',
    username: 'alice',
    secret,
    nonce: 'n1',
    ...change,
  }
}

it('[SIP-2] the device’s password proves it, for this socket’s nonce, this method and this user alone', () => {
  expect(proofOf(proving('k7mw-4c9e'))).toBe('right')
  expect(proofOf(proving('wrong'))).toBe('wrong')
  expect(proofOf(proving('k7mw-4c9e', { nonce: 'n2' }))).toBe('other-nonce')
  expect(proofOf(proving('k7mw-4c9e', { method: 'INVITE' }))).toBe('wrong')
  expect(proofOf(proving('k7mw-4c9e', { username: 'bob' }))).toBe('wrong')
  expect(proofOf(proving('k7mw-4c9e', { authorization: null }))).toBe('none')
  for (const authorization of ['', 'Basic x', 'Digest username="', 'Digest realm="switchroom"'])
    expect(proofOf(proving('', { authorization }))).toBe('wrong')
})

it('[SIP-2] the form without qop (RFC 2069), as RFC 3261 §22.4 still allows it', () => {
  const challenge = {
    realm: 'switchroom',
    nonce: 'n1',
    algorithm: 'MD5',
    opaque: null,
    qop: false,
    stale: false,
  } as const
  const asked = { username: 'alice', password: 'k7mw-4c9e', method: 'REGISTER', uri: 'sip:x', count: 1, cnonce: 'c' }
  expect(proofOf({ ...proving(''), authorization: credentialsFor(challenge, asked) })).toBe('right')
})
