import { Miniflare } from 'miniflare'
import { openDoor } from '../../scripts/serve/proxy'

/**
 * The ceiling of bench:sip: rooms in the same runtime, behind the same door, that send every SIP frame back as it came, by
 * hibernating sockets as the AgentRoom's. A process of its own (`tsx sip-echo.ts PORT`), as a house is; it says when it is ready.
 */
const WORKER = `
import { DurableObject } from 'cloudflare:workers'
export class EchoRoom extends DurableObject {
  fetch() {
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server, ['sip'])
    return new Response(null, { status: 101, webSocket: client, headers: { 'Sec-WebSocket-Protocol': 'sip' } })
  }
  webSocketMessage(ws, data) {
    ws.send(data)
  }
}
const echo = {
  fetch: (request, env) => env.ECHO.getByName(new URL(request.url).searchParams.get('device')).fetch(request),
}
export { echo as default, echo as Straight }
`
const port = Number(process.argv[2])
const runtime = new Miniflare({
  name: 'echo',
  host: '127.0.0.1',
  port: 0,
  cf: false,
  compatibilityDate: '2026-04-20',
  modules: [{ type: 'ESModule', path: 'echo.js', contents: WORKER }],
  durableObjects: { ECHO: { className: 'EchoRoom', useSQLite: true } },
  unsafeDirectSockets: [{ host: '127.0.0.1', port: 0, entrypoint: 'Straight' }],
})
await runtime.ready
const straight = Number((await runtime.unsafeGetDirectURL('echo', 'Straight')).port)
const target = { host: '127.0.0.1', files: straight, worker: straight, isWorkers: () => true, secret: 'none' }
const door = await openDoor(target, { host: '127.0.0.1', port }, null)
process.once('SIGTERM', () => {
  door.close()
  door.closeAllConnections()
  void runtime.dispose().then(() => process.exit(0))
})
console.log('ready')
