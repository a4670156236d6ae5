import { describe, expect, it } from 'vitest'
import { digestParams } from '#worker/sip/digest'
import { challengeLines, signed } from '#worker/sip/trunk/signed'
import { writeRequest } from '#worker/sip/write'

const account = { username: 'switchroom', authName: 'auth-7', password: 'secret' }
const invite = (headers: string[]) =>
  writeRequest({
    method: 'INVITE',
    uri: 'sip:+15551230000@sbc.test',
    branch: 'z9hG4bKx',
    from: '<sip:+15558887777@sbc.test>;tag=a',
    to: '<sip:+15551230000@sbc.test>',
    callId: 'abcdefgh.1@edge',
    cseq: 2,
    headers,
    body: 'v=0\r\n',
  })

describe('[SIP-9] credentials of a call', () => {
  it('stand where the challenge stood', () => {
    const challenge = 'Digest realm="sbc.test", nonce="n", qop="auth"'
    const text = signed(invite(challengeLines(407, [challenge])), account, 'cn')
    expect(text).not.toContain('X-Switchroom-Challenge')
    const line = /^Proxy-Authorization: (.*)$/m.exec(text)![1]!.trim()
    const params = digestParams(line)!
    expect([params.get('username'), params.get('uri')]).toEqual(['auth-7', 'sip:+15551230000@sbc.test'])
    expect(text.endsWith('\r\n\r\nv=0\r\n')).toBe(true)
  })
  it('of a 401 are Authorization', () => {
    const text = signed(invite(challengeLines(401, ['Digest realm="r", nonce="n"'])), account, 'cn')
    expect(text).toMatch(/^Authorization: Digest /m)
  })
  it('a request without a challenge is not touched', () => {
    expect(signed(invite([]), account, 'cn')).toBe(invite([]))
  })
})
