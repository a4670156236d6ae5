import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import type { Duplex } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { Certificate } from './certificate'

/**
 * The door. The runtime behind it believes CF-Connecting-IP, MF-Original-URL and its own /cdn-cgi tools from anyone; so
 * nothing a client says about itself passes: such headers are dropped, the address is the socket's, and a secret that
 * only this process and the Worker know proves it (docs/decisions/0002).
 */
type Target = {
  host: string
  /** The port that serves the app's files, and the one that leads straight to the Worker: three routers less (0135). */
  files: number
  worker: number
  isWorkers: (path: string) => boolean
  secret: string
}
const portFor = (target: Target, url: string) =>
  target.isWorkers(url.split('?', 1)[0]!) ? target.worker : target.files

const FORGED = /^(cf-|mf-|x-forwarded|x-real-ip$|x-switchroom-(proxy|address)$|forwarded$|true-client-ip$|via$)/i
const HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'])
const MAX_HEADER_BYTES = 16 * 1024

export function openDoor(
  target: Target,
  where: { host: string; port: number },
  certificate: Certificate | null,
): Promise<http.Server | https.Server> {
  // the runtime hangs up on a connection after 5 idle seconds; one taken again at that moment would be a lost request
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1024, keepAliveMsecs: 30_000, timeout: 3_000 })
  const onRequest = (request: http.IncomingMessage, response: http.ServerResponse) =>
    pass(request, response, target, agent, certificate)
  const options = { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: 65_000, noDelay: true }
  const door = certificate
    ? https.createServer({ ...options, key: certificate.key, cert: certificate.cert }, onRequest)
    : http.createServer(options, onRequest)
  door.on('upgrade', (request: http.IncomingMessage, socket: Duplex, head: Buffer) =>
    passUpgrade(request, socket, head, target),
  )
  door.on('clientError', (_fault: Error, socket: Duplex) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  })
  return new Promise((resolve, reject) => {
    door.once('error', reject)
    door.listen(where.port, where.host, () => resolve(door))
  })
}

function cleaned(request: http.IncomingMessage, target: Target, keepUpgrade: boolean): string[] {
  const kept: string[] = []
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i]!
    const lower = name.toLowerCase()
    if (FORGED.test(lower) || (HOP.has(lower) && !keepUpgrade)) continue
    kept.push(name, request.rawHeaders[i + 1]!)
  }
  kept.push('x-switchroom-proxy', target.secret, 'x-switchroom-address', request.socket.remoteAddress ?? 'unknown')
  return kept
}

const isOurs = (url: string) => url.startsWith('/') && !url.startsWith('/cdn-cgi')

function pass(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  target: Target,
  agent: http.Agent,
  certificate: Certificate | null,
): void {
  const url = request.url ?? '/'
  if (certificate && url === '/switchroom-ca.crt') {
    response.writeHead(200, {
      'content-type': 'application/x-x509-ca-cert',
      'content-disposition': 'attachment; filename="switchroom-ca.crt"',
    })
    return void response.end(certificate.ca)
  }
  if (!isOurs(url)) return void response.writeHead(404, { 'content-length': '0' }).end()
  const port = portFor(target, url)
  const kept = new KeptBody(request)
  const send = (again: boolean): http.ClientRequest => {
    const onward = http.request(
      {
        host: target.host,
        port,
        method: request.method,
        path: url,
        agent: again ? false : agent,
        headers: cleaned(request, target, false),
      },
      (answer) => {
        if (isWorthPacking(request, answer)) return packed(answer, response)
        response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders)
        answer.pipe(response)
      },
    )
    onward.on('error', (fault: NodeJS.ErrnoException) => {
      // the runtime had hung up an idle connection just before we wrote to it: it has read nothing of this request
      const unread = !again && onward.reusedSocket && fault.code === 'ECONNRESET' && !response.headersSent
      const body = unread ? kept.whole() : null
      if (body) return void send(true).end(body)
      if (!response.headersSent) response.writeHead(502, { 'content-type': 'text/plain' })
      response.end()
    })
    response.on('close', () => onward.destroy())
    return onward
  }
  request.pipe(send(false))
}

/** What has come of a request's body, so that it can be sent once more; a large one is not kept. */
class KeptBody {
  private static readonly MOST_BYTES = 1024 * 1024
  private parts: Buffer[] = []
  private size = 0

  constructor(private readonly request: http.IncomingMessage) {
    request.on('data', (part: Buffer) => {
      this.size += part.length
      if (this.size <= KeptBody.MOST_BYTES) this.parts.push(part)
      else this.parts = []
    })
  }

  /** null: too large, or not all of it has come. */
  whole(): Buffer | null {
    return this.request.complete && this.size <= KeptBody.MOST_BYTES ? Buffer.concat(this.parts) : null
  }
}

/** Cloudflare packs by itself; here the door does, for files of the app only: an answer of the API is small and must be quick. */
function isWorthPacking(request: http.IncomingMessage, answer: http.IncomingMessage): boolean {
  if (request.method !== 'GET' || answer.statusCode !== 200 || request.url?.startsWith('/api/')) return false
  if (answer.headers['content-encoding'] || !/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return false
  return /javascript|css|html|json|svg|wasm/.test(answer.headers['content-type'] ?? '')
}

function packed(answer: http.IncomingMessage, response: http.ServerResponse): void {
  const kept: string[] = []
  for (let i = 0; i < answer.rawHeaders.length; i += 2) {
    const name = answer.rawHeaders[i]!
    // the tag is of the unpacked bytes: weak, as RFC 9110 section 8.8.1 asks
    if (/^etag$/i.test(name)) kept.push(name, `W/${answer.rawHeaders[i + 1]!.replace(/^W\//, '')}`)
    else if (!/^content-length$/i.test(name)) kept.push(name, answer.rawHeaders[i + 1]!)
  }
  response.writeHead(200, answer.statusMessage, [...kept, 'content-encoding', 'gzip', 'vary', 'accept-encoding'])
  answer.pipe(createGzip({ level: 6 })).pipe(response)
}

function passUpgrade(request: http.IncomingMessage, socket: Duplex, head: Buffer, target: Target): void {
  const url = request.url ?? '/'
  if (!isOurs(url)) return void socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n')
  const onward = net.connect({ host: target.host, port: portFor(target, url), noDelay: true }, () => {
    const lines = [`${request.method} ${url} HTTP/1.1`]
    const headers = cleaned(request, target, true)
    for (let i = 0; i < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`)
    onward.write(`${lines.join('\r\n')}\r\n\r\n`)
    if (head.length) onward.write(head)
    onward.pipe(socket).pipe(onward)
  })
  const end = () => {
    onward.destroy()
    socket.destroy()
  }
  onward.on('error', end).on('close', end)
  socket.on('error', end).on('close', end)
}
