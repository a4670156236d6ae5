import type { HistoryEvent, Outcome } from '#tests/support/history-checker'
import type { Seeded } from '#tests/support/seeded'

export type Seen = { pool: string; event: HistoryEvent }
type Lease = {
  lease: { token: number; since: number; expiresAt: number }
  entry: { id: string; poolId: string }
  customer: { phone: string }
}
type Command = { id: string; kind: string; at: number; poolId: string; entryId: string; token: number }
const WORDS = ['reached', 'no-answer', 'busy', 'rejected', 'interested'] as const
const AGAIN_MS = 150

/** What all agents of one history share: one order of moments, and what everyone saw. */
export class Notebook {
  readonly seen: Seen[] = []
  readonly numbers = new Map<string, string>()
  requests = 0
  unanswered = 0
  private moment = 0
  tick = () => (this.moment += 1)
}

/**
 * One agent over HTTP, as a program: pulls, says what came of it, skips or gives back. What is not answered, because the server
 * was killed, is sent again with the same id until it is.
 */
export class ServedAgent {
  private token = ''

  constructor(
    private readonly url: string,
    private readonly who: { username: string; password: string },
    private readonly pools: readonly string[],
    private readonly chance: Seeded,
    private readonly book: Notebook,
  ) {}

  async work(until: () => boolean): Promise<void> {
    while (!until()) {
      const lease = await this.pull()
      if (lease) await this.finish(lease)
      else await pause(AGAIN_MS)
    }
  }

  async beAvailable(): Promise<void> {
    await this.ask('PATCH', '/api/me', { dialWith: 'handset' })
    await this.ask('PUT', '/api/me/state', { state: 'available' })
  }

  private async pull(): Promise<Lease | null> {
    const id = this.chance.uuid()
    const pool = this.chance.pick(this.pools)
    const sent = this.book.tick()
    const { status, body } = await this.ask<Lease | { lease: null }>('POST', `/api/pools/${pool}/pulls`, { id })
    if (status === 409) {
      await this.beAvailable()
      return null
    }
    if (status !== 200 && status !== 201) throw new Error(`pull: ${status} ${JSON.stringify(body)}`)
    if (body.lease === null) return null
    const lease = body as Lease
    this.book.numbers.set(`${lease.entry.poolId}:${lease.entry.id}`, lease.customer.phone)
    const { token, since, expiresAt } = lease.lease
    const grant = {
      kind: 'granted' as const,
      agentId: this.who.username,
      entryId: lease.entry.id,
      token,
      since,
      expiresAt,
    }
    this.see(lease.entry.poolId, { ...grant, sent, answered: this.book.tick() })
    return lease
  }

  private async finish({ lease, entry }: Lease): Promise<void> {
    const base = { id: this.chance.uuid(), at: Date.now(), poolId: entry.poolId, entryId: entry.id, token: lease.token }
    const roll = this.chance.next()
    if (roll < 0.12) return this.send({ ...base, kind: 'release-lease' })
    if (roll < 0.2) return this.send({ ...base, kind: 'skip-entry', reason: 'not now' } as Command)
    return this.send({ ...base, kind: 'record-disposition', disposition: this.chance.pick(WORDS) } as Command)
  }

  private async send(command: Command): Promise<void> {
    const sent = this.book.tick()
    for (;;) {
      const { body } = await this.ask<{ results: { outcome: Outcome; code?: string }[] }>('POST', '/api/commands', {
        commands: [command],
      })
      const result = body.results[0]!
      if (result.code === 'unavailable') {
        await pause(AGAIN_MS)
        continue
      }
      const { id, poolId, entryId, token } = command
      const span = { sent, answered: this.book.tick() }
      if (command.kind !== 'record-disposition') return this.see(poolId, { kind: 'ended', entryId, token, ...span })
      const { disposition } = command as Command & { disposition: string }
      const hold = { entryId, token, agentId: this.who.username }
      return this.see(poolId, { kind: 'recorded', id, ...hold, disposition, outcome: result.outcome, ...span })
    }
  }

  private see(pool: string, event: HistoryEvent): void {
    this.book.seen.push({ pool, event })
  }

  /** Until it is answered: by the server, not by the network. */
  private async ask<T>(method: string, path: string, body: unknown): Promise<{ status: number; body: T }> {
    for (;;) {
      this.book.requests += 1
      try {
        if (this.token === '') this.token = await tokenOf(this.url, this.who)
        const reply = await fetch(this.url + path, {
          method,
          headers: { 'content-type': 'application/json', authorization: `Bearer ${this.token}` },
          body: JSON.stringify(body),
        })
        const said = (await reply.json()) as T
        if (reply.status < 500 && reply.status !== 401 && reply.status !== 429)
          return { status: reply.status, body: said }
        if (reply.status === 401) this.token = ''
      } catch {
        this.book.unanswered += 1
      }
      await pause(AGAIN_MS)
    }
  }
}

export async function tokenOf(url: string, who: { username: string; password: string }): Promise<string> {
  const reply = await fetch(`${url}/api/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(who),
  })
  if (!reply.ok) throw new Error(`${who.username} could not sign in: ${reply.status}`)
  return ((await reply.json()) as { accessToken: string }).accessToken
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
