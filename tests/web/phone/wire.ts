import { TransportState, type SessionDescriptionHandler, type Transport } from 'sip.js'
import type { MicrophoneState } from '../../../web/src/lib/phone/phone'

const CRLF = '\r\n'
/** What the silent media below takes for a description. */
const SDP = 'v=0\r\n'

/** The edge's end of a socket, played by a test: what was sent is kept, what it should answer is said. */
export class Wire {
  requests: string[] = []
  responses: string[] = []
  /** Settles when the browser may use the microphone. */
  asking: Promise<void> = Promise.resolve()
  private socket: FakeTransport | null = null
  private invited = ''

  get last(): string {
    return this.requests.at(-1)!
  }
  get transport() {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- SIP.js makes the transport itself, by its constructor
    const wire = this
    return class extends FakeTransport {
      constructor() {
        super((text) => (text.startsWith('SIP/2.0') ? wire.responses : wire.requests).push(text))

        wire.socket = this
      }
    } as unknown as new () => Transport
  }
  async microphone(): Promise<{ stream: MediaStream; state: MicrophoneState }> {
    await this.asking
    const stream = { getTracks: () => [], getAudioTracks: () => [] } as unknown as MediaStream
    return { stream, state: 'ready' }
  }

  /** The n-th request of this method, as soon as it was sent. */
  async sent(method: string, n = 1): Promise<string> {
    const found = () => this.requests.filter((request) => request.startsWith(`${method} `))[n - 1]
    await until(() => found() !== undefined)
    return found()!
  }
  answer(request: string, status: number, reason: string, headers: string[] = []): void {
    const to = field(request, 'To')
    this.deliver(
      [
        `SIP/2.0 ${status} ${reason}`,
        `Via: ${field(request, 'Via')}`,
        `From: ${field(request, 'From')}`,
        `To: ${to}${to.includes('tag=') ? '' : ';tag=edge'}`,
        `Call-ID: ${field(request, 'Call-ID')}`,
        `CSeq: ${field(request, 'CSeq')}`,
        ...(request.startsWith('INVITE') && status < 300 ? ['Contact: <sip:edge@call.example;transport=ws>'] : []),
        ...headers,
      ],
      request.startsWith('INVITE') && status >= 200 && status < 300 ? SDP : '',
    )
  }
  invite(call: string, name: string, user: string, headers: string[] = []): void {
    const branch = `z9hG4bK${call}`
    this.invited = branch
    const contact = /<([^>]+)>/.exec(field(this.requests[0]!, 'Contact'))![1]!
    this.deliver(
      [
        `INVITE ${contact} SIP/2.0`,
        ...this.within(branch, call, `"${name}" <sip:${user}@call.example>;tag=a`, '1 INVITE'),
        'Contact: <sip:edge@call.example;transport=ws>',
        `X-Switchroom-Call: ${call}`,
        ...headers,
      ],
      SDP,
    )
  }
  cancel(reason: string): void {
    const call = this.invited.replace('z9hG4bK', '')
    const contact = /<([^>]+)>/.exec(field(this.requests[0]!, 'Contact'))![1]!
    const from = field(
      this.responses.find((response) => response.includes('1 INVITE'))!,
      'From',
    )
    this.deliver([`CANCEL ${contact} SIP/2.0`, ...this.within(this.invited, call, from, '1 CANCEL'), reason])
  }
  cut(code: number): void {
    this.socket!.cut(code)
  }

  private within(branch: string, call: string, from: string, cseq: string): string[] {
    return [
      `Via: SIP/2.0/WSS edge.invalid;branch=${branch}`,
      'Max-Forwards: 70',
      `From: ${from}`,
      'To: <sip:alice@call.example>',
      `Call-ID: ${call}.1@edge`,
      `CSeq: ${cseq}`,
    ]
  }
  private deliver(lines: string[], body = ''): void {
    const type = body ? ['Content-Type: application/sdp'] : []
    this.socket!.onMessage?.([...lines, ...type, `Content-Length: ${body.length}`, '', body].join(CRLF))
  }
}

/** A header's value as it was written. */
export function field(message: string, name: string): string {
  const found = message.split(CRLF).find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
  return found?.slice(name.length + 1).trim() ?? ''
}

/** Waits for what events bring about; fails with the condition's own words. */
export async function until(condition: () => boolean, ms = 2_000): Promise<void> {
  const end = Date.now() + ms
  while (!condition()) {
    if (Date.now() > end) throw new Error(`never came true: ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

class FakeTransport {
  state = TransportState.Disconnected
  protocol = 'WSS'
  onConnect?: () => void
  onDisconnect?: (error?: Error) => void
  onMessage?: (message: string) => void
  stateChange = { addListener: () => undefined, removeListener: () => undefined }
  constructor(private readonly sent: (text: string) => void) {}
  async connect(): Promise<void> {
    if (this.state === TransportState.Connected) return
    this.state = TransportState.Connected
    this.onConnect?.()
  }
  async disconnect(): Promise<void> {
    this.state = TransportState.Disconnected
  }
  dispose(): Promise<void> {
    return this.disconnect()
  }
  isConnected(): boolean {
    return this.state === TransportState.Connected
  }
  async send(message: string): Promise<void> {
    if (!this.isConnected()) throw new Error('Not connected.')
    this.sent(message)
  }
  cut(code: number): void {
    this.state = TransportState.Disconnected
    this.onDisconnect?.(new Error(`WebSocket closed wss://call.example/sip (code: ${code})`))
  }
}

/** Session descriptions without WebRTC. */
export const silentMedia = (): SessionDescriptionHandler => ({
  close: () => undefined,
  hasDescription: (type) => type === 'application/sdp',
  getDescription: async () => ({ body: 'v=0\r\n', contentType: 'application/sdp' }),
  setDescription: async () => undefined,
  sendDtmf: () => true,
})
