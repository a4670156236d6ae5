import { describe, expect, it } from 'vitest'
import { Spoken } from '../../../web/src/lib/phone/spoken'

const request = (method: string, branch: string, { toTag = ';tag=b' } = {}) =>
  `${method} sip:x@edge SIP/2.0\r\nVia: SIP/2.0/WSS a.invalid;branch=${branch}\r\nTo: <sip:b@x>${toTag}\r\nCSeq: 7 ${method}\r\n\r\n`
const answer = (status: number, method: string, branch: string) =>
  `SIP/2.0 ${status} Any\r\nVia: SIP/2.0/WSS a.invalid;branch=${branch}\r\nCSeq: 7 ${method}\r\n\r\n`

describe('[PHONE-8] what was said into a socket that died', () => {
  it('is said again in order, but for what an answered keep-alive proves to have arrived', () => {
    const spoken = new Spoken()
    spoken.say(request('ACK', 'z1'), 0)
    spoken.beat()
    spoken.say(answer(200, 'BYE', 'z2'), 1)
    spoken.echoed()
    spoken.say(request('BYE', 'z3'), 2)
    expect(spoken.again(3)).toEqual([answer(200, 'BYE', 'z2'), request('BYE', 'z3')])
  })
  it('a request is asked until it is answered, though it arrived; a provisional answer is none', () => {
    const spoken = new Spoken()
    const info = request('INFO', 'z1')
    spoken.say(info, 0)
    spoken.beat()
    spoken.echoed()
    spoken.hear(answer(100, 'INFO', 'z1'))
    expect(spoken.again(1)).toEqual([info])
    spoken.hear(answer(200, 'INFO', 'z1'))
    expect(spoken.again(2)).toEqual([])
  })
  it('a CANCEL and its INVITE have one branch and are two requests', () => {
    const spoken = new Spoken()
    const [invite, cancel] = [request('INVITE', 'z1', { toTag: '' }), request('CANCEL', 'z1', { toTag: '' })]
    spoken.say(invite, 0)
    spoken.say(cancel, 1)
    spoken.hear(answer(200, 'CANCEL', 'z1'))
    expect(spoken.again(2)).toEqual([invite])
  })
  it('a call nobody has heard of is not placed 8 s later; one that rings is asked about', () => {
    const unheard = new Spoken()
    unheard.say(request('INVITE', 'z1', { toTag: '' }), 0)
    expect(unheard.again(7_900)).toHaveLength(1)
    expect(unheard.again(8_100)).toEqual([])
    const ringing = new Spoken()
    ringing.say(request('INVITE', 'z1', { toTag: '' }), 0)
    ringing.hear(answer(180, 'INVITE', 'z1'))
    expect(ringing.again(30_000)).toHaveLength(1)
    expect(ringing.again(65_000)).toEqual([])
  })
  it('a request that comes again is answered as before, and asks nobody twice', () => {
    const spoken = new Spoken()
    const invite = request('INVITE', 'z9', { toTag: '' })
    expect(spoken.hear(invite)).toBeNull()
    spoken.say(answer(180, 'INVITE', 'z9'), 0)
    expect(spoken.hear(invite)).toBeNull()
    spoken.say(answer(603, 'INVITE', 'z9'), 1)
    expect(spoken.hear(invite)).toBe(answer(603, 'INVITE', 'z9'))
    expect(spoken.hear(request('ACK', 'z9'))).toBeNull()
  })
})
