import { vi } from 'vitest'
import { SDP } from '#tests/support/sip-agent'
import { strongestChallenge, digestParams, digestResponse } from '#worker/sip/digest'
import { parseMessage, type SipMessage, type SipRequest } from '#worker/sip/message'
import { echoOf, writeResponse } from '#worker/sip/write'

type Answer = { status: number; reason?: string; headers?: string[]; body?: string }
const CHALLENGE = 'Digest realm="sbc.test", nonce="n1", qop="auth", algorithm=SHA-256'

/**
 * An SBC as a trunk sees it: the other end of its WebSocket, within the same runtime. It checks what a registrar checks, and
 * answers INVITEs as it is told. Only what the TrunkRoom connects to by `ws://sbc.test` reaches it.
 */
export class FakeSbc {
  readonly requests: SipRequest[] = []
  readonly responses: SipMessage[] = []
  /** How often it was connected to. */
  connections = 0
  isUp = true
  registers: 'with credentials' | 'nobody' = 'with credentials'
  /** What the next INVITEs are answered with, in order; then 486. */
  invites: Answer[] = []
  private socket: WebSocket | null = null

  constructor(
    readonly host: string,
    private readonly password: string,
  ) {
    const others = globalThis.fetch
    vi.stubGlobal('fetch', (input: RequestInfo, init?: RequestInit) => {
      const url = new URL(typeof input === 'string' ? input : input.url)
      return url.hostname === host ? this.upgrade() : others(input, init)
    })
  }
  get url(): string {
    return `ws://${this.host}`
  }

  private upgrade(): Promise<Response> {
    this.connections++
    if (!this.isUp) return Promise.reject(new Error('connection refused'))
    const { 0: theirs, 1: ours } = new WebSocketPair()
    ours.accept()
    this.socket = ours
    ours.addEventListener('message', ({ data }) => this.hear(String(data)))
    return Promise.resolve(new Response(null, { status: 101, webSocket: theirs }))
  }

  private hear(text: string): void {
    const parsed = parseMessage(text)
    if (!parsed.ok) throw new Error(`the trunk said ${text}`)
    const { message } = parsed
    if (message.kind === 'response') return void this.responses.push(message)
    this.requests.push(message)
    const answer = this.answerTo(message)
    if (answer) this.say(message, answer)
  }

  private answerTo(request: SipRequest): Answer | null {
    switch (request.method) {
      case 'ACK':
        return null
      case 'REGISTER':
        if (this.registers === 'nobody') return { status: 403, reason: 'Forbidden' }
        return this.knows(request, 'authorization')
          ? { status: 200, headers: [`Contact: ${request.header('contact')!}`] }
          : { status: 401, headers: [`WWW-Authenticate: ${CHALLENGE}`] }
      case 'INVITE':
        return this.knows(request, 'proxy-authorization')
          ? (this.invites.shift() ?? { status: 486 })
          : { status: 407, headers: [`Proxy-Authenticate: ${CHALLENGE}`] }
      default:
        return { status: 200 }
    }
  }

  private knows(request: SipRequest, header: string): boolean {
    const params = digestParams(request.header(header) ?? '')
    if (!params) return false
    const expected = digestResponse(strongestChallenge([CHALLENGE])!, {
      username: 'switchroom',
      password: this.password,
      method: request.method,
      uri: request.uri,
      count: parseInt(params.get('nc')!, 16),
      cnonce: params.get('cnonce')!,
    })
    return params.get('response') === expected
  }

  private say(request: SipRequest, { status, reason = 'x', headers = [], body }: Answer): void {
    const lines = [...headers, ...(request.method === 'INVITE' && status < 300 ? ['Contact: <sip:far@sbc.test>'] : [])]
    this.socket!.send(
      writeResponse(echoOf(request), status, reason, { toTag: 'far', headers: lines, ...(body ? { body } : {}) }),
    )
  }

  /** The connection goes, and with it the registration. */
  cut(): void {
    this.socket!.close(1011, 'cut')
  }

  /** The last final answer to a call that `call` made. */
  finalOf(callId: string): number | null {
    const finals = this.responses.flatMap((one) =>
      one.kind === 'response' && one.callId === callId && one.cseq.method === 'INVITE' && one.status >= 200
        ? one.status
        : [],
    )
    return finals.at(-1) ?? null
  }

  /** A telephone of the network calls one of the trunk's numbers. `hangUp` gives it up while it rings. */
  call(from: string, number: string): { callId: string; hangUp(): void } {
    const [id, branch] = [crypto.randomUUID(), `z9hG4bK${crypto.randomUUID()}`]
    const ask = (method: string, body: string) =>
      [
        `${method} sip:${number}@switchroom SIP/2.0`,
        `Via: SIP/2.0/WS ${this.host};branch=${branch}`,
        'Max-Forwards: 70',
        `From: <sip:${from}@${this.host}>;tag=caller`,
        `To: <sip:${number}@switchroom>`,
        `Call-ID: ${id}`,
        `CSeq: 1 ${method}`,
        `Contact: <sip:caller@${this.host}>`,
        ...(body ? ['Content-Type: application/sdp'] : []),
        `Content-Length: ${body.length}`,
        '',
        body,
      ].join('\r\n')
    this.socket!.send(ask('INVITE', SDP('network')))
    return { callId: id, hangUp: () => this.socket!.send(ask('CANCEL', '')) }
  }

  methods(): string[] {
    return this.requests.map(({ method }) => method)
  }
}
