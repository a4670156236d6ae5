/**
 * A bare SIP user agent over a WebSocket, for tests: it says exactly what it is told, knows no transaction timers and
 * reads with a few regular expressions of its own, so that it shares no mistake with the edge's parser.
 */
/** Any WebSocket: a browser's, workerd's, or that of the package `ws`. */
export type Wire = Pick<WebSocket, 'send' | 'close' | 'addEventListener'>

/** A message as it came. */
export class Heard {
  readonly start: string
  readonly method: string | null
  readonly status: number
  readonly body: string
  constructor(readonly text: string) {
    this.start = text.split('\r\n', 1)[0]!
    const status = /^SIP\/2\.0 (\d{3})/.exec(this.start)
    this.status = status ? Number(status[1]) : 0
    this.method = status ? null : this.start.split(' ')[0]!
    this.body = text.slice(text.indexOf('\r\n\r\n') + 4)
  }
  header(name: string): string {
    return new RegExp(`^${name}\\s*: *(.*)$`, 'im').exec(this.text)?.[1]?.trim() ?? ''
  }
  get cseqMethod(): string {
    return this.header('CSeq').split(' ')[1] ?? ''
  }
  get target(): string {
    return /<([^>]+)>/.exec(this.header('Contact'))?.[1] ?? ''
  }
}

export const SDP = (session: string | number, direction = 'sendrecv', version = 1): string =>
  [
    'v=0',
    `o=- ${session} ${version} IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'c=IN IP4 0.0.0.0',
    'a=setup:actpass',
    `a=${direction}`,
    '',
  ].join('\r\n')

type Waiting = { is: (heard: Heard) => boolean; found: (heard: Heard) => void }
type Body = { body?: string; headers?: string[] }
let made = 0
const unique = (prefix: string) => `${prefix}${++made}-${Math.random().toString(36).slice(2, 10)}`

export class SipAgent {
  readonly instance: string
  readonly contact: string
  readonly heard: Heard[] = []
  closed: { code: number } | null = null
  private unread: Heard[] = []
  private waiting: Waiting[] = []
  readonly registration = { callId: unique('reg'), cseq: 0 }
  private wire!: Wire

  constructor(
    readonly user: string,
    wire: Wire,
    instance?: string,
    readonly domain = 'switchroom.test',
  ) {
    this.instance = instance ?? `urn:uuid:${unique('device')}`
    this.contact = `sip:${unique('c')}@phone.invalid;transport=ws`
    this.plug(wire)
  }

  /** Goes on over another socket, as after a network change. */
  plug(wire: Wire): void {
    this.wire = wire
    this.closed = null
    wire.addEventListener('message', (event) => {
      this.hear(String(event.data))
    })
    wire.addEventListener('close', (event) => {
      this.closed = { code: event.code }
    })
  }
  unplug(): void {
    this.wire.close(1000, 'gone')
  }
  /** As a page that is closed or reloaded (RFC 6455 §7.4.1). */
  leave(): void {
    this.wire.close(1001, 'gone')
  }

  send(text: string | ArrayBuffer): void {
    this.wire.send(text)
  }

  private hear(text: string): void {
    const heard = new Heard(text)
    this.heard.push(heard)
    const at = this.waiting.findIndex((one) => one.is(heard))
    if (at >= 0) this.waiting.splice(at, 1)[0]!.found(heard)
    else this.unread.push(heard)
  }

  /** The next message (or one not yet read) for which this holds. */
  async next(is: (heard: Heard) => boolean, what = 'message', ms = 5_000): Promise<Heard> {
    const at = this.unread.findIndex(is)
    if (at >= 0) return this.unread.splice(at, 1)[0]!
    return new Promise((found, fail) => {
      const timer = setTimeout(
        () =>
          fail(
            new Error(`${this.user} waited for ${what}; unread: ${this.unread.map((one) => one.start).join(' | ')}`),
          ),
        ms,
      )
      this.waiting.push({
        is,
        found: (heard) => {
          clearTimeout(timer)
          found(heard)
        },
      })
    })
  }
  request(method: string, ms?: number): Promise<Heard> {
    return this.next((heard) => heard.method === method, method, ms)
  }
  response(status: number, method: string, ms?: number): Promise<Heard> {
    return this.next((heard) => heard.status === status && heard.cseqMethod === method, `${status} to ${method}`, ms)
  }
  /** What came and was not asked for. */
  get rest(): string[] {
    return this.unread.map((heard) => heard.start)
  }

  register({
    expires = 300,
    contact,
    from,
    headers = [],
  }: { expires?: number; contact?: string; from?: string; headers?: string[] } = {}): Promise<Heard> {
    const { callId } = this.registration
    const cseq = ++this.registration.cseq
    const address = `<sip:${from ?? this.user}@${this.domain}>`
    const where = contact ?? `<${this.contact}>;+sip.instance="<${this.instance}>";reg-id=1;expires=${expires}`
    this.send(
      lines(`REGISTER sip:${this.domain} SIP/2.0`, [
        `Via: SIP/2.0/WSS phone.invalid;branch=${unique('z9hG4bKr')}`,
        'Max-Forwards: 70',
        `From: ${address};tag=r`,
        `To: ${address}`,
        `Call-ID: ${callId}`,
        `CSeq: ${cseq} REGISTER`,
        ...(where ? [`Contact: ${where}`] : []),
        ...headers,
      ]),
    )
    return this.next(
      (heard) =>
        heard.status >= 200 && heard.header('Call-ID') === callId && heard.header('CSeq') === `${cseq} REGISTER`,
      'answer to REGISTER',
    )
  }

  invite(to: string, { body = SDP(this.user), headers = [], from = this.user }: Body & { from?: string } = {}): Dialog {
    const uri = `sip:${to}@${this.domain}`
    const dialog = new Dialog(this, unique('call'), `<sip:${from}@${this.domain}>;tag=${unique('t')}`, `<${uri}>`, uri)
    dialog.ask('INVITE', { body, headers })
    return dialog
  }

  /** Answers a request; a To without tag gets this dialog's. */
  answer(
    asked: Heard,
    status: number,
    { body = '', headers = [], tag = `t-${this.instance.slice(-8)}` }: Body & { tag?: string } = {},
  ): void {
    const to = asked.header('To')
    const vias = asked.text
      .split('\r\n\r\n')[0]!
      .split('\r\n')
      .filter((line) => /^via:/i.test(line))
    this.send(
      lines(
        `SIP/2.0 ${status} ${status === 200 ? 'OK' : 'Answer'}`,
        [
          ...vias,
          `From: ${asked.header('From')}`,
          `To: ${/;tag=/.test(to) || status === 100 ? to : `${to};tag=${tag}`}`,
          `Call-ID: ${asked.header('Call-ID')}`,
          `CSeq: ${asked.header('CSeq')}`,
          `Contact: <${this.contact}>`,
          ...headers,
        ],
        body,
      ),
    )
  }

  /** The dialog of an INVITE this agent received (and answered with the default tag). */
  dialogOf(invite: Heard): Dialog {
    return new Dialog(
      this,
      invite.header('Call-ID'),
      `${invite.header('To')};tag=t-${this.instance.slice(-8)}`,
      invite.header('From'),
      invite.target,
    )
  }
}

/** One dialog from this agent's side. */
export class Dialog {
  cseq = 0
  inviteBranch = ''
  constructor(
    private readonly agent: SipAgent,
    readonly callId: string,
    readonly from: string,
    public to: string,
    public target: string,
  ) {}

  /** Sends a request; answers its CSeq. */
  ask(
    method: string,
    { body = '', headers = [], cseq, branch, to }: Body & { cseq?: number; branch?: string; to?: string } = {},
  ): number {
    const number = cseq ?? ++this.cseq
    const via = branch ?? unique('z9hG4bKd')
    if (method === 'INVITE') this.inviteBranch = via
    this.agent.send(
      lines(
        `${method} ${this.target} SIP/2.0`,
        [
          `Via: SIP/2.0/WSS phone.invalid;branch=${via}`,
          'Max-Forwards: 70',
          `From: ${this.from}`,
          `To: ${to ?? this.to}`,
          `Call-ID: ${this.callId}`,
          `CSeq: ${number} ${method}`,
          `Contact: <${this.agent.contact}>`,
          ...headers,
        ],
        body,
      ),
    )
    return number
  }
  cancel(): void {
    this.ask('CANCEL', { cseq: this.cseq, branch: this.inviteBranch })
  }
  /** Takes the other side's tag and target from its answer. */
  follow(answer: Heard): this {
    this.to = answer.header('To')
    this.target = answer.target || this.target
    return this
  }
  ack(answer: Heard, body = ''): void {
    this.follow(answer).ask('ACK', { cseq: Number(answer.header('CSeq').split(' ')[0]), body })
  }
}

function lines(start: string, headers: string[], body = ''): string {
  const length = new TextEncoder().encode(body).length
  const type =
    body && !headers.some((header) => /^content-type:/i.test(header)) ? ['Content-Type: application/sdp'] : []
  return [start, ...headers, ...type, `Content-Length: ${length}`, '', body].join('\r\n')
}
