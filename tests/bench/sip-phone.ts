import WebSocket from 'ws'

/**
 * A telephone that does no more than a bench needs: a socket that REGISTERs on and on, calls, or answers at once. Its
 * messages are made of strings, so that the machine's time goes to who is measured.
 */
const CRLF = '\r\n'
let made = 0

export type Line = {
  url: string
  user: string
  domain: string
  /** Makes the Authorization line of a REGISTER from the challenge it got. */
  authorize?: (challenge: string) => string
}
export type SetUp = { ringingMs: number; answeredMs: number; doneMs: number }

export class BenchPhone {
  readonly user: string
  private readonly id = `b${++made}`
  private readonly host = `${this.id}.invalid`
  private readonly contact: string
  private cseq = 0
  private calls = 0
  private authorization = ''
  /** By method and Call-ID: who waits for a response. */
  private readonly waiting = new Map<string, (status: number, text: string) => void>()

  private constructor(
    private readonly socket: WebSocket,
    private readonly line: Line,
  ) {
    this.user = line.user
    this.contact = `sip:${line.user}@${this.host};transport=ws`
    socket.on('message', (data: Buffer) => this.hear(data.toString()))
  }

  static async open(line: Line): Promise<BenchPhone> {
    const socket = new WebSocket(line.url, 'sip', { perMessageDeflate: false })
    await new Promise<void>((resolve, reject) => socket.once('open', () => resolve()).once('error', reject))
    return new BenchPhone(socket, line)
  }

  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.socket.once('close', () => resolve()))
    this.socket.close()
    return closed
  }

  /** One REGISTER and what answers it: a 200, or, of who only echoes, the request. */
  async register(): Promise<void> {
    const { status, text } = await this.registered()
    if (status === 401 && this.line.authorize) {
      this.authorization = this.line.authorize(text) + CRLF
      return this.register()
    }
    if (status !== 200 && status !== 0) throw new Error(`REGISTER of ${this.user}: ${text.split(CRLF)[0]}`)
  }

  private registered(): Promise<{ status: number; text: string }> {
    const { user, domain } = { user: this.user, domain: this.line.domain }
    const number = ++this.cseq
    const text = [
      `REGISTER sip:${domain} SIP/2.0`,
      `Via: SIP/2.0/WS ${this.host};branch=z9hG4bK${this.id}r${number}`,
      'Max-Forwards: 70',
      `From: <sip:${user}@${domain}>;tag=${this.id}`,
      `To: <sip:${user}@${domain}>`,
      `Call-ID: ${this.id}`,
      `CSeq: ${number} REGISTER`,
      `${this.authorization}Contact: <${this.contact}>;+sip.instance="<urn:uuid:00000000-0000-4000-8000-${this.id.padStart(12, '0')}>";reg-id=1;expires=600`,
      'Supported: path, outbound',
      'Content-Length: 0',
      CRLF,
    ].join(CRLF)
    return new Promise((resolve) => {
      this.waiting.set('REGISTER', (status, text) => resolve({ status, text }))
      this.socket.send(text)
    })
  }

  /** Calls, is answered, hangs up; throws what it is refused with. */
  call(to: string): Promise<SetUp> {
    const callId = `${this.id}c${++this.calls}`
    const uri = `sip:${to}@${this.line.domain}`
    const began = performance.now()
    const times = { ringingMs: 0, answeredMs: 0, doneMs: 0 }
    const from = `<sip:${this.user}@${this.line.domain}>;tag=${callId}`
    const say = (method: string, number: number, target: string, toHeader: string, route = '', body = '') => {
      const branch = `z9hG4bK${callId}${method}`
      this.socket.send(
        [
          `${method} ${target} SIP/2.0`,
          `Via: SIP/2.0/WS ${this.host};branch=${branch}`,
          'Max-Forwards: 70',
          `From: ${from}`,
          `To: ${toHeader}`,
          `Call-ID: ${callId}`,
          `CSeq: ${number} ${method}`,
          `Contact: <${this.contact}>`,
          ...(route ? [`Route: ${route}`] : []),
          ...(body ? ['Content-Type: application/sdp'] : []),
          `Content-Length: ${body.length}`,
          '',
          body,
        ].join(CRLF),
      )
    }
    return new Promise((resolve, reject) => {
      const over = setTimeout(() => reject(new Error(`${this.user} calls ${to}: no end`)), 20_000)
      const settle = (fault?: Error) => {
        clearTimeout(over)
        this.waiting.delete(`INVITE ${callId}`)
        this.waiting.delete(`BYE ${callId}`)
        if (fault) reject(fault)
        else resolve(times)
      }
      this.waiting.set(`INVITE ${callId}`, (status, text) => {
        if (status === 180) times.ringingMs ||= performance.now() - began
        if (status < 200) return
        if (status >= 300) return settle(new Error(`${this.user} calls ${to}: ${text.split(CRLF)[0]}`))
        if (times.answeredMs > 0) return
        times.answeredMs = performance.now() - began
        const target = /^Contact: *<([^>]+)>/im.exec(text)?.[1] ?? uri
        const route = header(text, 'Record-Route')
        say('ACK', 1, target, header(text, 'To'), route)
        say('BYE', 2, target, header(text, 'To'), route)
      })
      this.waiting.set(`BYE ${callId}`, () => {
        times.doneMs = performance.now() - began
        settle()
      })
      say('INVITE', 1, uri, `<${uri}>`, '', SDP)
    })
  }

  private hear(text: string): void {
    const [method] = text.split(' ', 1)
    if (method === 'SIP/2.0') {
      const [number, answered] = header(text, 'CSeq').split(' ')
      if (!number || !answered) return
      const key = answered === 'REGISTER' ? answered : `${answered} ${header(text, 'Call-ID')}`
      return void this.waiting.get(key)?.(Number(text.slice(8, 11)), text)
    }
    // what only echoes sends the request back
    if (method === 'REGISTER') return void this.waiting.get('REGISTER')?.(0, text)
    if (method === 'INVITE') {
      this.answer(text, '180 Ringing')
      this.answer(text, '200 OK', SDP)
    } else if (method !== 'ACK') this.answer(text, '200 OK')
  }

  private answer(request: string, status: string, body = ''): void {
    const lines = request.split(CRLF)
    const echoed = lines.filter((line) => /^(via|record-route|from|call-id|cseq):/i.test(line))
    const to = header(request, 'To')
    this.socket.send(
      [
        `SIP/2.0 ${status}`,
        ...echoed,
        `To: ${to.includes(';tag=') ? to : `${to};tag=${this.id}`}`,
        `Contact: <${this.contact}>`,
        ...(body ? ['Content-Type: application/sdp'] : []),
        `Content-Length: ${body.length}`,
        '',
        body,
      ].join(CRLF),
    )
  }
}

function header(text: string, name: string): string {
  const at = text.indexOf(`${CRLF}${name}:`)
  return at < 0 ? '' : text.slice(at + name.length + 3, text.indexOf(CRLF, at + 2)).trim()
}

/** As long as a browser's, for its length is part of the work. */
const SDP = [
  'v=0',
  'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'm=audio 50000 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126',
  'c=IN IP4 127.0.0.1',
  'a=rtcp:9 IN IP4 0.0.0.0',
  'a=candidate:1 1 udp 2122260223 127.0.0.1 50000 typ host generation 0',
  'a=ice-ufrag:0000',
  'a=ice-pwd:000000000000000000000000',
  `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => '00').join(':')}`,
  'a=setup:actpass',
  'a=mid:0',
  'a=sendrecv',
  'a=rtcp-mux',
  'a=rtpmap:111 opus/48000/2',
  'a=fmtp:111 minptime=10;useinbandfec=1',
  'a=rtpmap:9 G722/8000',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:126 telephone-event/8000',
  '',
].join(CRLF)
