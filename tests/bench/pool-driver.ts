import { createHash, randomUUID } from 'node:crypto'
import http from 'node:http'

export type Figures = { perSecond: number; p50: number; p99: number }
export type Latencies = { milliseconds: number[]; tookMs: number }
type Agent = { token: string }
type Lease = { lease: { token: number; since: number } | null; entry: { id: string } }

const CHUNK = 1_000
/** Rows one import takes here. */
const LIST = 100_000

/** Agents over HTTP with kept-alive connections, each one waiting for its answer before it asks again. */
export class Bench {
  private agents: Agent[] = []
  private admin = ''
  private readonly connections = new http.Agent({ keepAlive: true, maxSockets: 256 })

  constructor(
    private readonly url: string,
    private readonly roundMs: number,
  ) {}

  async signIn(password: string, agents: number): Promise<void> {
    this.admin = await this.token('admin', password)
    for (let n = 0; n < agents; n += 1) {
      const username = `bench-${n}`
      const person = { username, name: `Agent ${n}`, role: 'agent', password, mustChangePassword: false }
      await this.prepare('POST', '/api/users', this.admin, person)
      const token = await this.token(username, password)
      await this.prepare('PATCH', '/api/me', token, { dialWith: 'handset' })
      await this.prepare('PUT', '/api/me/state', token, { state: 'available' })
      this.agents.push({ token })
    }
  }

  async fillPool(name: string, entries: number): Promise<string> {
    const settings = { name, country: 'TR', preset: 'simple-panel' }
    const { id } = await this.prepare<{ id: string }>('POST', '/api/pools', this.admin, settings)
    for (let from = 0; from < entries; from += LIST)
      await this.importList(id, name, from, Math.min(LIST, entries - from))
    return id
  }

  /** Through the import as any program does it: chunks, then commit. */
  private async importList(poolId: string, name: string, from: number, rowCount: number): Promise<void> {
    const sha256 = createHash('sha256').update(`${name} ${from}`).digest('hex')
    const head = { fileName: `${name}.csv`, sha256, rowCount, policy: 'merge' }
    const { id } = await this.prepare<{ id: string }>('POST', `/api/pools/${poolId}/imports`, this.admin, head)
    for (let sent = 0; sent < rowCount; sent += CHUNK) {
      const rows = Array.from({ length: Math.min(CHUNK, rowCount - sent) }, (_, n) => {
        const row = sent + n + 2
        return { row, name: `Customer ${from + row}`, phone: `+905${String(300_000_000 + from + row)}` }
      })
      await this.prepare('PUT', `/api/imports/${id}/chunks/${sent / CHUNK}`, this.admin, { rows })
    }
    for (let state = ''; state !== 'committed';) {
      state = (await this.prepare<{ state: string }>('POST', `/api/imports/${id}/commit`, this.admin, {})).state
    }
  }

  /** Milliseconds of each pull; the disposition after it is made too, but not timed. */
  pullAndDispose(poolId: string, forMs = this.roundMs): Promise<Latencies> {
    return this.everyone(forMs, async ({ token }, timed) => {
      const held = await timed(() => this.ask<Lease>('POST', `/api/pools/${poolId}/pulls`, token, { id: randomUUID() }))
      if (!held.lease) throw new Error('the pool is empty')
      const target = { poolId, entryId: held.entry.id, token: held.lease.token }
      const command = {
        id: randomUUID(),
        kind: 'record-disposition',
        at: Date.now(),
        ...target,
        disposition: 'reached',
      }
      const { results } = await this.ask<{ results: { outcome: string }[] }>('POST', '/api/commands', token, {
        commands: [command],
      })
      if (results[0]?.outcome !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(results)}`)
    })
  }

  emptyCalls(): Promise<Latencies> {
    return this.everyone(this.roundMs, async ({ token }, timed) => {
      for (let n = 0; n < 2; n += 1) await timed(() => this.ask('GET', '/api/bench/empty', token))
    })
  }

  peerPulls(url: string): Promise<Latencies> {
    return this.everyone(this.roundMs, async (_agent, timed) => {
      const held = await timed(() => this.ask<{ id: number; token: number }>('POST', '/pulls', '', {}, url))
      await this.ask('POST', '/dispositions', '', held, url)
    })
  }

  private async everyone(
    forMs: number,
    act: (agent: Agent, timed: <T>(ask: () => Promise<T>) => Promise<T>) => Promise<void>,
  ): Promise<Latencies> {
    const milliseconds: number[] = []
    const timed = async <T>(ask: () => Promise<T>): Promise<T> => {
      const started = performance.now()
      const answer = await ask()
      milliseconds.push(performance.now() - started)
      return answer
    }
    const started = performance.now()
    const work = async (agent: Agent) => {
      while (performance.now() - started < forMs) await act(agent, timed)
    }
    await Promise.all(this.agents.map(work))
    return { milliseconds, tookMs: performance.now() - started }
  }

  private async token(username: string, password: string): Promise<string> {
    return (await this.prepare<{ accessToken: string }>('POST', '/api/tokens', '', { username, password })).accessToken
  }

  /** What comes before the figures: a door that was hung up on while all were idle is knocked at again. */
  private async prepare<T>(...asked: Parameters<Bench['ask']>): Promise<T> {
    try {
      return await this.ask<T>(...asked)
    } catch (fault) {
      if (!String(fault).includes('answered 502')) throw fault
      return this.ask<T>(...asked)
    }
  }

  private ask<T>(method: string, path: string, token: string, body?: unknown, base = this.url): Promise<T> {
    return new Promise((resolve, reject) => {
      const text = body === undefined ? null : JSON.stringify(body)
      const headers = {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(text === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      }
      const request = http.request(base + path, { method, headers, agent: this.connections }, (response) => {
        let answer = ''
        response.setEncoding('utf8')
        response.on('data', (part: string) => (answer += part))
        response.on('end', () => {
          const status = response.statusCode ?? 0
          if (status >= 300) reject(new Error(`${method} ${path} answered ${status}: ${answer.slice(0, 300)}`))
          else resolve((answer ? JSON.parse(answer) : null) as T)
        })
      })
      request.on('error', reject)
      request.end(text ?? undefined)
    })
  }
}
