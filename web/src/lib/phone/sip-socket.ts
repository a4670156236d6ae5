import { EmitterImpl, TransportState, type Transport } from 'sip.js'
import { CALL_PACE, Heartbeat, IDLE_PACE } from './heartbeat'
import { methodOf, Spoken } from './spoken'

const CONNECT_MS = 4_000

/** SIP.js tells a closed socket's code only in words; so do we, that its reader needs to know one form. */
const closedWith = (code: number) => new Error(`WebSocket closed (code: ${code})`)

/**
 * The telephone's socket (RFC 7118), instead of the one of SIP.js, which never notices that its network has gone, waits for
 * the close of a dead socket, and forgets what it said into it. PHONE-8.
 *
 *   connect ──▶ open ──REGISTER 200, resume──▶ in use ──close, or no answer to a keep-alive──▶ cut
 *
 * While it is cut, and until it is registered again, what belongs to calls that stand is kept and then said in order; a new
 * call is refused.
 */
export class SipSocket implements Transport {
  state = TransportState.Disconnected
  readonly stateChange = new EmitterImpl<TransportState>()
  readonly protocol: string
  onConnect: (() => void) | undefined
  onDisconnect: ((error?: Error) => void) | undefined
  onMessage: ((message: string) => void) | undefined
  private readonly server: string
  private socket: WebSocket | null = null
  private connecting: Promise<void> | null = null
  private notOpened: ((error: Error) => void) | null = null
  private isInUse = false
  private isInCall = false
  private readonly spoken = new Spoken()
  private readonly heart = new Heartbeat({
    ask: () => {
      this.spoken.beat()
      this.socket?.send('\r\n\r\n')
    },
    died: () => this.drop(closedWith(1006)),
    now: () => Date.now(),
    later: (ms, run) => {
      const timer = setTimeout(run, ms)
      return () => clearTimeout(timer)
    },
  })

  constructor(_logger: unknown, { server }: { server: string }) {
    this.server = server
    this.protocol = server.startsWith('wss') ? 'WSS' : 'WS'
  }

  connect(): Promise<void> {
    if (this.state === TransportState.Connected) return Promise.resolve()
    return (this.connecting ??= this.open())
  }

  private open(): Promise<void> {
    this.become(TransportState.Connecting)
    return new Promise((opened, fail) => {
      const socket = new WebSocket(this.server, 'sip')
      socket.binaryType = 'arraybuffer'
      this.socket = socket
      this.notOpened = fail
      const giveUp = (error: Error) => {
        clearTimeout(timer)
        if (this.socket === socket) this.drop(error)
      }
      const timer = setTimeout(() => giveUp(closedWith(1006)), CONNECT_MS)
      socket.onopen = () => {
        if (this.socket !== socket) return
        clearTimeout(timer)
        this.connecting = this.notOpened = null
        this.become(TransportState.Connected)
        this.heart.start()
        this.onConnect?.()
        opened()
      }
      socket.onclose = ({ code }) => giveUp(closedWith(code))
      socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => this.socket === socket && this.hear(data)
    })
  }

  disconnect(): Promise<void> {
    this.spoken.forget()
    this.drop()
    return Promise.resolve()
  }
  dispose(): Promise<void> {
    return this.disconnect()
  }
  isConnected(): boolean {
    return this.state === TransportState.Connected
  }

  send(message: string): Promise<void> {
    const method = methodOf(message)
    const isOpen = this.isConnected()
    if (method === 'REGISTER') {
      if (!isOpen) return Promise.reject(new Error('Not connected.'))
      this.socket!.send(message)
      return Promise.resolve()
    }
    const isNew = method === 'INVITE' && !/^to\s*:[^\r\n]*;\s*tag=/im.test(message)
    if (isNew && !(isOpen && this.isInUse)) return Promise.reject(new Error('Not registered.'))
    this.spoken.say(message, Date.now())
    if (isOpen && this.isInUse) this.socket!.send(message)
    this.pace()
    return Promise.resolve()
  }

  /** The device is registered over this socket: what was said into the last one is said again, and what was kept. */
  resume(): void {
    if (!this.isConnected() || this.isInUse) return
    this.isInUse = true
    for (const text of this.spoken.again(Date.now())) this.socket!.send(text)
  }

  /** Whether a call depends on it. */
  keepPace(isInCall: boolean): void {
    this.isInCall = isInCall
    this.pace()
  }
  /** What was asked waits for an answer too: a BYE that a dead socket swallowed leaves somebody in silence. */
  private pace(): void {
    this.heart.keepPace(this.isInCall || this.spoken.isAsking ? CALL_PACE : IDLE_PACE)
  }
  /** Something hints that it may be dead. */
  doubt(): void {
    this.heart.hurry()
  }

  private hear(data: string | ArrayBuffer): void {
    const text = typeof data === 'string' ? data : new TextDecoder().decode(data)
    if (/^(?:\r\n)+$/.test(text)) this.spoken.echoed()
    this.heart.heard()
    if (text.trim() === '') return
    const reply = this.spoken.hear(text)
    this.pace()
    if (reply === null) this.onMessage?.(text)
    else if (this.isInUse) this.socket!.send(reply)
  }

  /** Leaves the socket where it is: the closing handshake of a dead one takes as long as it likes. */
  private drop(error?: Error): void {
    const { socket } = this
    const was = this.state
    this.socket = this.connecting = null
    this.isInUse = false
    this.heart.stop()
    this.notOpened?.(error ?? closedWith(1000))
    this.notOpened = null
    if (socket) {
      socket.onopen = socket.onclose = socket.onmessage = null
      socket.close(1000)
    }
    if (was === TransportState.Disconnected) return
    this.become(TransportState.Disconnected)
    if (was === TransportState.Connected) this.onDisconnect?.(error)
  }

  private become(state: TransportState): void {
    this.state = state
    this.stateChange.emit(state)
  }
}
