import { feed, newFraming } from '../../sip/trunk/framing'
import type { Wire, WireEvents } from './wire'

/** What `connect` of cloudflare:sockets gives, as far as it is used. */
export type StreamSocket = {
  readable: ReadableStream<Uint8Array>
  writable: WritableStream<Uint8Array>
  close(): Promise<void>
}

const encoder = new TextEncoder()
const CRLF = encoder.encode('\r\n')

/**
 * A connection to an SBC over TCP or TLS (RFC 3261 §18): messages framed by their length. Pings are answered (RFC 5626 §4.4.1); a
 * stream whose next message cannot be found is closed.
 */
export function overStream(socket: StreamSocket, events: WireEvents, said: (text: string) => string): Wire {
  const writer = socket.writable.getWriter()
  let isOpen = true
  const shut = () => void socket.close().catch(() => {})
  const over = () => {
    if (!isOpen) return
    isOpen = false
    shut()
    events.onClose()
  }
  const write = (bytes: Uint8Array) => void writer.write(bytes).catch(over)
  const read = async () => {
    let framing = newFraming()
    for await (const bytes of socket.readable) {
      const fed = feed(framing, bytes)
      framing = fed.framing
      for (const frame of fed.frames) {
        if (!isOpen) return
        if (frame.kind === 'ping') write(CRLF)
        else events.onText(frame.text)
      }
      if (isOpen && fed.empties > 0) events.onText('\r\n')
      if (fed.lost) return
    }
  }
  void read()
    .catch(() => {})
    .finally(over)
  return {
    send: (text) => {
      if (isOpen) write(encoder.encode(said(text)))
    },
    close: () => {
      isOpen = false
      // what was said before goes out first
      void writer.close().then(shut, shut)
    },
  }
}
