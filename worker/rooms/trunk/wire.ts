import { connect } from 'cloudflare:sockets'
import { trunkAddress, type TrunkAddress } from '#shared/protocol/trunks'
import { asSaidOver } from '../../sip/trunk/transport'
import { overStream } from './stream-wire'

/** A connection to an SBC: SIP messages over a WebSocket (RFC 7118), TCP or TLS (RFC 3261 §18). */
export type Wire = {
  send(text: string): void
  close(): void
}
export type WireEvents = {
  /** A message, or an empty line: a keep-alive or its answer. */
  onText(data: string | ArrayBuffer): void
  onClose(): void
}

const CONNECT_MS = 5_000

/** Rejects when there is no connection within 5 s, or the other side does not speak SIP. */
export async function openWire(url: string, events: WireEvents): Promise<Wire> {
  const address = trunkAddress(url)
  if (!address) throw new Error('no address of an SBC')
  return 'url' in address ? openSocket(address, events) : openStream(address, events)
}

async function openStream(
  { host: hostname, port, transport }: Extract<TrunkAddress, { host: string }>,
  events: WireEvents,
): Promise<Wire> {
  const secureTransport = transport === 'tls' ? 'on' : 'off'
  const socket = connect(
    { hostname: hostname.replace(/^\[|\]$/g, ''), port },
    { secureTransport, allowHalfOpen: false },
  )
  try {
    await withinTime(() => socket.opened)
  } catch (fault) {
    void socket.close().catch(() => {})
    throw fault
  }
  return overStream(socket, events, (text) => asSaidOver(transport, text))
}

async function openSocket(
  { url, transport }: Extract<TrunkAddress, { url: string }>,
  events: WireEvents,
): Promise<Wire> {
  const response = await withinTime((signal) =>
    fetch(url.replace(/^ws/, 'http'), {
      headers: { Upgrade: 'websocket', 'Sec-WebSocket-Protocol': 'sip' },
      signal,
    }),
  )
  const socket = response.webSocket
  if (!socket) throw new Error(`HTTP ${response.status}`)
  socket.accept()
  let isOpen = true
  const over = () => {
    if (!isOpen) return
    isOpen = false
    events.onClose()
  }
  socket.addEventListener('message', ({ data }) => {
    if (isOpen) events.onText(data as string | ArrayBuffer)
  })
  socket.addEventListener('close', () => {
    // from both sides, or the runtime keeps it half open
    try {
      socket.close()
    } catch {
      // it is closed already
    }
    over()
  })
  socket.addEventListener('error', over)
  return {
    send: (text) => socket.send(asSaidOver(transport, text)),
    close: () => {
      isOpen = false
      try {
        socket.close(1000)
      } catch {
        // it is closed already
      }
    },
  }
}

/** The signal alone does not end an upgrade that is never answered; and it must not fire later: it would cut the socket. */
async function withinTime<T>(task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => {
      abort.abort()
      fail(new Error(`no connection within ${CONNECT_MS} ms`))
    }, CONNECT_MS)
  })
  try {
    return await Promise.race([task(abort.signal), late])
  } finally {
    clearTimeout(timer)
  }
}
