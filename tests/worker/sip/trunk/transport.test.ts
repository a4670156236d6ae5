import { describe, expect, it } from 'vitest'
import { trunkAddress } from '#shared/protocol/trunks'
import { asSaidOver } from '#worker/sip/trunk/transport'
import { writeRequest, writeResponse } from '#worker/sip/write'
import { overStream } from '#worker/rooms/trunk/stream-wire'

const invite = writeRequest({
  method: 'INVITE',
  uri: 'sip:+442079460000@sbc.test',
  branch: 'z9hG4bK1',
  from: '<sip:+15558887777@sbc.test>;tag=a',
  to: '<sip:+442079460000@sbc.test>',
  callId: 'c',
  cseq: 1,
  contact: 'sip:call@edge.invalid;transport=ws',
  body: 'Via: SIP/2.0/WSS edge.invalid;branch=inside',
})
const line = (text: string, name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)![1]!.trim()

describe('[SIP-9] the address of a trunk', () => {
  it.each([
    ['wss://sbc.example.com:8443/ws', { transport: 'wss', url: 'wss://sbc.example.com:8443/ws' }],
    ['sip:sbc.example.com;transport=tcp', { transport: 'tcp', host: 'sbc.example.com', port: 5060 }],
    ['sip:SBC.example.com:5070;transport=TLS', { transport: 'tls', host: 'sbc.example.com', port: 5070 }],
    ['sips:10.0.0.7', { transport: 'tls', host: '10.0.0.7', port: 5061 }],
    ['sip:[2001:db8::7]:5060;transport=tcp', { transport: 'tcp', host: '[2001:db8::7]', port: 5060 }],
    // UDP cannot be had from the edge
    ['sip:sbc.example.com', null],
    ['sip:sbc.example.com;transport=udp', null],
    ['sip:user@sbc.example.com;transport=tcp', null],
    ['sip:sbc.example.com:70000;transport=tcp', null],
    ['ws://user:word@sbc.example.com', null],
    ['https://sbc.example.com', null],
  ])('%s', (text, address) => expect(trunkAddress(text)).toEqual(address))
})

describe('[SIP-9] a message says what it goes over', () => {
  it.each([
    ['wss', 'SIP/2.0/WSS edge.invalid;branch=z9hG4bK1', 'ws'],
    ['ws', 'SIP/2.0/WS edge.invalid;branch=z9hG4bK1', 'ws'],
    ['tcp', 'SIP/2.0/TCP edge.invalid;branch=z9hG4bK1;rport;alias', 'tcp'],
    ['tls', 'SIP/2.0/TLS edge.invalid;branch=z9hG4bK1;rport;alias', 'tls'],
  ] as const)('over %s in Via and Contact, and nowhere else', (transport, via, contact) => {
    const said = asSaidOver(transport, invite)
    expect(line(said, 'Via')).toBe(via)
    expect(line(said, 'Contact')).toBe(`<sip:call@edge.invalid;transport=${contact}>`)
    expect(said.split('\r\n\r\n')[1]).toBe('Via: SIP/2.0/WSS edge.invalid;branch=inside')
  })
  it('the Via of who asked is repeated as it came (RFC 3261 §8.2.6.2)', () => {
    const theirs = 'SIP/2.0/WSS proxy.test;branch=z9hG4bK2'
    const said = asSaidOver('tcp', writeResponse([['via', theirs]], 200, 'OK'))
    expect(line(said, 'Via')).toBe(theirs)
  })
})

describe('[SIP-9] a connection over TCP', () => {
  const opened = () => {
    const [inward, outward] = [new TransformStream<Uint8Array>(), new TransformStream<Uint8Array>()]
    const heard: string[] = []
    let closed = 0
    const socket = { readable: inward.readable, writable: outward.writable, close: () => Promise.resolve() }
    const events = {
      onText: (text: string | ArrayBuffer) => void heard.push(String(text)),
      onClose: () => void closed++,
    }
    const wire = overStream(socket, events, (text) => text)
    const [sbc, said] = [inward.writable.getWriter(), outward.readable.getReader()]
    const encoder = new TextEncoder()
    return {
      wire,
      heard,
      closed: () => closed,
      says: (text: string) => sbc.write(encoder.encode(text)),
      ends: () => sbc.close(),
      hears: async () => new TextDecoder().decode((await said.read()).value),
    }
  }

  it('gives whole messages, answers pings, says what it is told', async () => {
    const { wire, heard, says, hears } = opened()
    await says(`${invite.slice(0, 50)}`)
    await says(`${invite.slice(50)}\r\n\r\n`)
    expect(await hears()).toBe('\r\n')
    expect(heard).toEqual([invite, '\r\n'])
    wire.send('OPTIONS')
    expect(await hears()).toBe('OPTIONS')
  })
  it('is over once when the SBC ends it, or when the next message cannot be found', async () => {
    for (const end of ['ends', 'says'] as const) {
      const line = opened()
      if (end === 'ends') await line.ends()
      else await line.says('OPTIONS sip:x SIP/2.0\r\n\r\n')
      await expect.poll(line.closed).toBe(1)
      line.wire.send('nothing any more')
    }
  })
})
