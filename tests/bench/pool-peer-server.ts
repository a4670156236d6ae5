import http from 'node:http'
import { PostgresWire } from './postgres-wire'

/** The thin Node server in front of PostgreSQL: a pull and a disposition, one statement each, connections shared in turn. */
const CONNECTIONS = 20
const PULL = `PREPARE pull AS UPDATE entry SET state='leased', token=token+1, holder=$1, expires_at=now()+interval '10 min'
  WHERE id=(SELECT id FROM entry WHERE state='pending' ORDER BY priority DESC, id FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING id, token, phone, name`
const DISPOSE = `PREPARE dispose AS WITH done AS (UPDATE entry SET state='completed', attempts=attempts+1, holder=NULL WHERE id=$1 AND token=$2 RETURNING id, token)
  INSERT INTO attempt (entry_id, token, disposition) SELECT id, token, $3 FROM done RETURNING id`

const [socket = '', port = ''] = process.argv.slice(2)
const wires = await Promise.all(Array.from({ length: CONNECTIONS }, () => PostgresWire.open(socket, 'bench')))
await Promise.all(wires.map((wire) => wire.query(`${PULL}; ${DISPOSE}`)))
let turn = 0
const next = () => wires[(turn += 1) % wires.length]!

const server = http.createServer((request, response) => {
  let text = ''
  request.on('data', (part) => (text += part))
  request.on('end', () => {
    const body = JSON.parse(text || '{}') as { id?: number; token?: number }
    answer(request.url ?? '', body).then(
      (reply) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply)),
      (fault: Error) => response.writeHead(500).end(fault.message),
    )
  })
})
server.listen(Number(port), '127.0.0.1', () => console.log('ready'))
process.once('SIGTERM', () => process.exit(0))

async function answer(url: string, { id, token }: { id?: number; token?: number }) {
  if (url === '/pulls') {
    const [row] = await next().query(`EXECUTE pull('agent')`)
    return row ? { id: Number(row[0]), token: Number(row[1]), phone: row[2], name: row[3] } : { id: null }
  }
  const [row] = await next().query(`EXECUTE dispose(${Number(id)}, ${Number(token)}, 'reached')`)
  return { id: Number(row?.[0]) }
}
