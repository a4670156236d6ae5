import http from 'node:http'
import { uuidv7 } from 'uuidv7'

export type Figures = { perSecond: number; p50: number; p99: number }
export type Latencies = { milliseconds: number[]; tookMs: number }
type Agent = { username: string; token: string }
/** `perSecond` requests together, or null: as fast as answers come. */
export type Pace = { forMs: number; perSecond: number | null }
type Results = { results: { outcome: string }[] }
type Lease = { lease: { token: number; since: number } | null; entry: { id: string } }

const STEP = 5_000

/** Agents over HTTP with kept-alive connections, each one waiting for its answer before it asks again. */
export class Bench {
  private agents: Agent[] = []
  private admin = ''
  private given = 0
  private readonly connections = new http.Agent({ keepAlive: true, maxSockets: 256 })

  constructor(private readonly url: string) {}

  async signIn(password: string, agents: number): Promise<void> {
    this.admin = await this.token('admin', password)
    for (let n = 0; n < agents; n += 1) {
      const username = `bench-${n}`
      const person = { username, name: `Agent ${n}`, role: 'agent', password, mustChangePassword: false }
      await this.prepare('POST', '/api/users', this.admin, person)
      const token = await this.token(username, password)
      await this.prepare('PATCH', '/api/me', token, { dialWith: 'handset' })
      await this.prepare('PUT', '/api/me/state', token, { state: 'available' })
      this.agents.push({ username, token })
    }
  }

  /** Numbers are given once: no two pools of a bench share a customer. */
  async fillPool(name: string, entries: number): Promise<string> {
    const settings = { name, country: 'TR', preset: 'simple-panel', hours: null }
    const { id } = await this.prepare<{ id: string }>('POST', '/api/pools', this.admin, settings)
    for (let filled = 0; filled < entries; filled += STEP) {
      const count = Math.min(STEP, entries - filled)
      await this.prepare('POST', `/api/bench/pools/${id}/entries`, this.admin, { from: this.given, count })
      this.given += count
    }
    return id
  }

  /** Pulls and the dispositions after them, as the desk makes them: ids are UUIDs of version 7 (RFC 9562). */
  pullAndDispose(poolId: string, pace: Pace): Promise<Latencies> {
    return this.everyone(pace, async ({ token }, timed) => {
      const held = await timed(() => this.ask<Lease>('POST', `/api/pools/${poolId}/pulls`, token, { id: uuidv7() }))
      if (!held.lease) throw new Error('the pool is empty')
      const said = { entryId: held.entry.id, token: held.lease.token, disposition: 'reached' }
      const command = { id: uuidv7(), kind: 'record-disposition', at: Date.now(), poolId, ...said }
      const { results } = await timed(() => this.ask<Results>('POST', '/api/commands', token, { commands: [command] }))
      if (results[0]?.outcome !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(results)}`)
    })
  }

  emptyCalls(pace: Pace): Promise<Latencies> {
    return this.everyone(pace, async ({ token }, timed) => {
      for (let n = 0; n < 2; n += 1) await timed(() => this.ask('GET', '/api/bench/empty', token))
    })
  }

  /** The same over the peer, with tokens of its own. */
  async peerPulls(url: string, pace: Pace): Promise<Latencies> {
    const tokens = new Map<string, string>()
    for (const { username } of this.agents) {
      const { accessToken } = await this.ask<{ accessToken: string }>('POST', '/tokens', '', { username }, url)
      tokens.set(username, accessToken)
    }
    return this.everyone(pace, async ({ username }, timed) => {
      const token = tokens.get(username)!
      const held = await timed(() => this.ask<Lease>('POST', '/pulls', token, { id: uuidv7() }, url))
      if (!held.lease) throw new Error('the peer is empty')
      const command = { id: uuidv7(), entryId: held.entry.id, token: held.lease.token, disposition: 'reached' }
      const { results } = await timed(() => this.ask<Results>('POST', '/dispositions', token, command, url))
      if (results[0]?.outcome !== 'accepted') throw new Error(`the peer did not accept: ${JSON.stringify(results)}`)
    })
  }

  private async everyone(
    { forMs, perSecond }: Pace,
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
    // each agent makes two requests in its turn; turns are spread evenly
    const everyMs = perSecond === null ? 0 : (this.agents.length * 2 * 1000) / perSecond
    const work = async (agent: Agent, index: number) => {
      for (let at = started + (everyMs * index) / this.agents.length; at - started < forMs; at += everyMs) {
        const wait = at - performance.now()
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
        if (performance.now() - started >= forMs) return
        await act(agent, timed)
      }
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
