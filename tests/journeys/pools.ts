import type { House } from '../support/house'
import { api, token } from './fixtures'

export type PoolOptions = {
  preset?: 'telecalling' | 'simple-panel' | 'contact-ageing'
  listMode?: boolean
  leaseMinutes?: number
  maxAttempts?: number
  script?: string
  /** Of every customer, as the list gives it. */
  customerZone?: string
  /** When its customers were last seen, as a list dates them; one that is not named, now. */
  lastSeen?: Record<number, string>
  /** The first of its numbers; else the next that nobody in the house has. */
  numbersFrom?: number
}
type Pool = { id: string; stats: Record<string, number> & { byDisposition: Record<string, number> } }
export type Attempt = {
  id: string
  agentName: string
  disposition: string | null
  late: boolean
  byHandset: boolean
  note: string | null
  correctedAt: number | null
  customerName: string | null
  entryId: string
}

/** Ofcom's numbers for fiction, 020 7946 0xxx, behind those of the demo. */
const FIRST_NUMBER = 442_079_460_310
/** A number is held, and barred, over all pools of a house: each pool of a journey has numbers of its own. */
const nextNumber = new WeakMap<House, number>()

/** Programs' side of a journey: a pool made to measure, the only one that agents may pull from, and what is in the books. */
export class Programs {
  private constructor(
    private readonly house: House,
    readonly admin: string,
  ) {}
  static async of(house: House): Promise<Programs> {
    return new Programs(house, await token(house, 'admin'))
  }

  /** A new pool of that many fictional customers; nobody holds anyone else's, and no other pool is open to its agents. */
  async onlyPool(
    name: string,
    customers: number,
    { numbersFrom: asked, lastSeen = {}, customerZone, ...options }: PoolOptions = {},
  ): Promise<string> {
    const { items } = await this.ask<{ items: Pool[] }>('GET', '/api/pools')
    const { agents } = await this.ask<{ agents: { lease: { poolId: string; entryId: string } | null }[] }>(
      'GET',
      '/api/floor/main',
    )
    for (const { lease } of agents) if (lease) await this.release(lease.poolId, lease.entryId, 'the next journey')
    for (const { id } of items) await this.ask('PATCH', `/api/pools/${id}`, { members: [] })
    const pool = await this.ask<Pool>('POST', '/api/pools', {
      name,
      country: 'GB',
      timeZone: 'Europe/London',
      script: 'Hello {name}',
      ...options,
    })
    const numbersFrom = asked ?? nextNumber.get(this.house) ?? FIRST_NUMBER
    if (!asked) nextNumber.set(this.house, numbersFrom + customers)
    const rows = Array.from({ length: customers }, (_, at) => ({
      row: at + 2,
      name: `Erin ${String(at + 1).padStart(3, '0')}`,
      phone: `+${numbersFrom + at}`,
      userCode: `E${at + 1}`,
      ...(customerZone && { timeZone: customerZone }),
      ...(lastSeen[at + 1] && { lastSeenAt: lastSeen[at + 1] }),
    }))
    const opened = await this.ask<{ id: string }>('POST', `/api/pools/${pool.id}/imports`, {
      fileName: 'erins.csv',
      sha256: 'a'.repeat(64),
      rowCount: rows.length,
      policy: 'merge',
    })
    await this.ask('PUT', `/api/imports/${opened.id}/chunks/0`, { rows })
    for (let state = ''; state !== 'committed';)
      state = (await this.ask<{ state: string }>('POST', `/api/imports/${opened.id}/commit`, {})).state
    return pool.id
  }
  stats = async (poolId: string): Promise<Pool['stats']> => (await this.ask<Pool>('GET', `/api/pools/${poolId}`)).stats
  attempts = async (poolId: string): Promise<Attempt[]> =>
    (await this.ask<{ items: Attempt[] }>('GET', `/api/attempts?poolId=${poolId}&limit=500`)).items
  /** As the floor does it. */
  release = (poolId: string, entryId: string, reason: string) =>
    this.ask('POST', '/api/floor/leases/release', { poolId, entryId, reason })

  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const reply = await api<T>(this.house, this.admin, method, path, body)
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`)
    return reply.body
  }
}
