import { describe, expect, it } from 'vitest'
import { asOffer, direct, isHolding, raiseVersion } from '#worker/sip/sdp'

const SDP =
  'v=0\r\no=alice 9007199254740993 7 IN IP4 1.2.3.4\r\ns=-\r\na=sendrecv\r\nm=audio 9 X 111\r\na=setup:active\r\na=recvonly\r\na=mid:0\r\nm=video 0 X 96\r\na=mid:1\r\n'

describe('a session description', () => {
  it('[SIP-4] gets one direction a media section, whatever it had', () => {
    const held = direct(SDP, 'inactive')
    expect(held.match(/^a=inactive\r$/gm)).toHaveLength(2)
    expect(held).not.toMatch(/sendrecv|recvonly/)
    expect(held.indexOf('a=inactive')).toBeGreaterThan(held.indexOf('m=audio'))
    expect(direct(direct(held, 'sendrecv'), 'inactive')).toBe(held)
    expect([isHolding(held), isHolding(direct(SDP, 'sendrecv')), isHolding(null)]).toEqual([true, false, false])
  })
  it('[SIP-4] keeps its version rising (RFC 3264 §8), and opens its DTLS role as an offer', () => {
    expect(raiseVersion(SDP, 3)).toContain('o=alice 9007199254740993 10 IN')
    expect(raiseVersion(SDP, 0)).toBe(SDP)
    expect(asOffer(SDP)).toContain('a=setup:actpass\r\n')
    expect(raiseVersion('no origin here', 2)).toBe('no origin here')
  })
})
