import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import http from 'node:http'
import { PostgresWire } from './postgres-wire'

/**
 * The thin Node server in front of PostgreSQL, doing what a pull and a disposition cannot do without: who asks (a signed token,
 * HS256), bodies as JSON with their fields checked, the lease an agent holds already, a repeated command answered once, the
 * grant and the attempt booked with the change. One statement each, connections shared in turn. It has no queue of news for
 * other readers, no live floor, no hours, caps, do-not-call or receipts.
 */
const CONNECTIONS = 20
const PULL = `PREPARE pull AS
  WITH held AS (SELECT id, token, phone, name, attempts FROM entry WHERE holder=$1 LIMIT 1),
  next AS (SELECT id FROM entry WHERE state='pending' AND NOT EXISTS (SELECT 1 FROM held) ORDER BY priority DESC, id FOR UPDATE SKIP LOCKED LIMIT 1),
  taken AS (UPDATE entry SET state='leased', token=token+1, holder=$1, expires_at=now()+interval '10 min' FROM next WHERE entry.id=next.id
    RETURNING entry.id, token, phone, name, attempts),
  granted AS (INSERT INTO lease_grant (id, entry_id, token, agent) SELECT $2::uuid, id, token, $1 FROM taken)
  SELECT * FROM taken UNION ALL SELECT * FROM held`
const DISPOSE = `PREPARE dispose AS
  WITH done AS (UPDATE entry SET state='completed', attempts=attempts+1, holder=NULL WHERE id=$2 AND token=$3 AND holder=$1 RETURNING id, token)
  INSERT INTO attempt (id, entry_id, token, agent, disposition) SELECT $4::uuid, id, token, $1, $5 FROM done ON CONFLICT (id) DO NOTHING RETURNING entry_id`

const [socket = '', port = ''] = process.argv.slice(2)
const wires = await Promise.all(Array.from({ length: CONNECTIONS }, () => PostgresWire.open(socket, 'bench')))
await Promise.all(wires.map((wire) => wire.query(`${PULL}; ${DISPOSE}`)))
let turn = 0
const next = () => wires[(turn += 1) % wires.length]!

const server = http.createServer((request, response) => {
  let text = ''
  request.setEncoding('utf8')
  request.on('data', (part: string) => (text += part))
  request.on('end', () => {
    answer(request.url ?? '', request.headers.authorization ?? '', text).then(
      ([status, reply]) => {
        const body = JSON.stringify(reply)
        const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
        response.writeHead(status, headers).end(body)
      },
      (fault: Error) => response.writeHead(500).end(fault.message),
    )
  })
})
server.listen(Number(port), '127.0.0.1', () => console.log('ready'))
process.once('SIGTERM', () => process.exit(0))

async function answer(url: string, authorization: string, text: string): Promise<[number, unknown]> {
  const body = JSON.parse(text || '{}') as Record<string, unknown>
  if (url === '/tokens') return [200, { accessToken: sign(`${String(body.username)}.${Date.now() + 3_600_000}`) }]
  const agent = agentOf(authorization)
  if (agent === null) return [401, { code: 'not-signed-in' }]
  const id = uuid(body.id)
  if (url === '/pulls') {
    const [row] = await next().query(`EXECUTE pull('${agent}', '${id}')`)
    if (!row) return [200, { lease: null }]
    const [entryId, token, phone, name, attempts] = row
    return [
      201,
      {
        lease: { token: Number(token) },
        customer: { phone, name },
        entry: { id: entryId, attempt: Number(attempts) + 1 },
      },
    ]
  }
  const { entryId, token, disposition } = body
  if (!/^\d+$/.test(String(entryId)) || !Number.isInteger(token) || disposition !== 'reached')
    return [400, { code: 'invalid-input' }]
  const rows = await next().query(
    `EXECUTE dispose('${agent}', ${Number(entryId)}, ${Number(token)}, '${id}', '${String(disposition)}')`,
  )
  return [200, { results: [{ id, outcome: rows.length > 0 ? 'accepted' : 'refused' }] }]
}

const key = randomBytes(32)
const mac = (text: string) => createHmac('sha256', key).update(text).digest()
function sign(text: string): string {
  return `${Buffer.from(text).toString('base64url')}.${mac(text).toString('base64url')}`
}

/** A token whose signature was found good is not verified again, as ours is not. */
const known = new Map<string, { agent: string; until: number }>()
function agentOf(authorization: string): string | null {
  const found = known.get(authorization)
  if (found) return found.until > Date.now() ? found.agent : null
  const [said = '', given = ''] = authorization.replace(/^Bearer /, '').split('.')
  const text = Buffer.from(said, 'base64url').toString()
  const [expected, signature] = [mac(text), Buffer.from(given, 'base64url')]
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return null
  const [agent = '', until = '0'] = text.split('.')
  if (!/^[\w-]+$/.test(agent)) return null
  known.set(authorization, { agent, until: Number(until) })
  return agentOf(authorization)
}

function uuid(given: unknown): string {
  if (typeof given === 'string' && /^[0-9a-f-]{36}$/.test(given)) return given
  throw new Error('a UUID is expected')
}
