import { describe, expect, it } from 'vitest'
import { credentialsFor, digestParams, digestResponse, strongestChallenge } from '#worker/sip/digest'

/** RFC 7616 §3.9.1: one request, answered with both hashes. */
const mufasa = {
  username: 'Mufasa',
  password: 'Circle of Life',
  method: 'GET',
  uri: '/dir/index.html',
  count: 1,
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
}
const offered = (algorithm: string) =>
  `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`

describe('[SIP-9] digest', () => {
  it.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('answers the example of RFC 7616 with %s', (algorithm, response) => {
    const challenge = strongestChallenge([offered(algorithm)])!
    expect(digestResponse(challenge, mufasa)).toBe(response)
    const params = digestParams(credentialsFor(challenge, mufasa))!
    expect(params.get('response')).toBe(response)
    expect(params.get('nc')).toBe('00000001')
    expect(params.get('opaque')).toBe('FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS')
  })

  it('takes SHA-256 where both are offered, in whatever order (RFC 8760 §2.4)', () => {
    expect(strongestChallenge([offered('MD5'), offered('SHA-256')])?.algorithm).toBe('SHA-256')
    expect(strongestChallenge([offered('SHA-256'), offered('MD5')])?.algorithm).toBe('SHA-256')
  })

  it('answers a challenge without qop as RFC 2069 did', () => {
    const challenge = strongestChallenge([
      'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"',
    ])!
    const old = { ...mufasa, password: 'CircleOfLife' }
    expect(digestResponse(challenge, old)).toBe('1949323746fe6a43ef61f9606e7febea')
    expect(credentialsFor(challenge, old)).not.toContain('qop')
  })

  it.each([
    'Basic realm="x"',
    'Digest realm="x"',
    'Digest realm="x", nonce="y", algorithm=SHA-512-256',
    'Digest realm="x", nonce="y", qop="auth-int"',
    'Digest realm="x, nonce=y',
  ])('has no answer to %s', (header) => {
    expect(strongestChallenge([header])).toBeNull()
  })

  it('a name cannot add a parameter of its own', () => {
    const challenge = strongestChallenge([offered('MD5')])!
    const named = credentialsFor(challenge, { ...mufasa, username: 'a", nonce="b\r\nX: y' })
    expect(digestParams(named)?.get('username')).toBe('a", nonce="bX: y')
    expect(named).not.toContain('\r')
  })
})
