import { afterAll, beforeAll, expect, it } from 'vitest'
import { judgeLeases, type HistoryEvent } from '#tests/support/history-checker'
import { startHouse, type House } from '#tests/support/house'
import { judgeNumbers } from '#tests/support/number-checker'
import { Seeded } from '#tests/support/seeded'
import { Notebook, pause, ServedAgent, tokenOf } from './served-agent'

const PASSWORD = 'history-password-1'
const AGENTS = 6
const SHARED = 60
const OWN = 20
const seconds = Number(process.env.SERVED_SECONDS ?? '10')
const seed = Number(process.env.HISTORY_SEED ?? String(Date.now() % 1_000_000))
const LEAST_LEASES = 20
/** Between two power cuts agents get so much done. */
const CALM_MS = { least: 2_000, most: 6_000 }

let house: House
let admin: string
beforeAll(async () => {
  house = await startHouse({ demo: false, password: PASSWORD })
  admin = await tokenOf(house.url, { username: 'admin', password: PASSWORD })
})
afterAll(() => house.stop())

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const reply = await fetch(house.url + path, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${admin}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const said = (await reply.json()) as T
  if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(said)}`)
  return said
}

async function makePool(name: string, phones: string[]): Promise<string> {
  const { id } = await ask<{ id: string }>('POST', '/api/pools', {
    name,
    country: 'GB',
    maxAttempts: 20,
    leaseMinutes: 5,
  })
  const rows = phones.map((phone, n) => ({ row: n + 2, name: `Erin ${n}`, phone }))
  const head = { fileName: 'erins.csv', sha256: 'a'.repeat(64), rowCount: rows.length, policy: 'merge' }
  const opened = await ask<{ id: string }>('POST', `/api/pools/${id}/imports`, head)
  await ask('PUT', `/api/imports/${opened.id}/chunks/0`, { rows })
  for (let state = ''; state !== 'committed';)
    state = (await ask<{ state: string }>('POST', `/api/imports/${opened.id}/commit`, {})).state
  return id
}

type Attempt = { id: string; entryId: string; disposition: string | null }
async function attemptsOf(poolId: string): Promise<Attempt[]> {
  const all: Attempt[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { items: Attempt[]; nextCursor: string | null } = await ask(
      'GET',
      `/api/attempts?poolId=${poolId}&limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
    )
    all.push(...page.items)
    cursor = page.nextCursor
  }
  return all
}

it(`[POOL-1] [POOL-30] seed ${seed}: served, killed and started again, two pools never hold one number twice and lose nothing`, async () => {
  const chance = new Seeded(seed)
  const number = (n: number) => `+4420794${String(60_000 + n)}`
  const shared = Array.from({ length: SHARED }, (_, n) => number(n))
  const own = (from: number) => Array.from({ length: OWN }, (_, n) => number(from + n))
  const pools = [
    await makePool('North', [...chance.shuffled(shared), ...own(1_000)]),
    await makePool('South', [...chance.shuffled(shared), ...own(2_000)]),
  ]
  const book = new Notebook()
  const agents: ServedAgent[] = []
  for (let n = 0; n < AGENTS; n += 1) {
    const who = { username: `agent${n}`, password: PASSWORD }
    await ask('POST', '/api/users', { ...who, name: `Agent ${n}`, role: 'agent', mustChangePassword: false })
    agents.push(new ServedAgent(house.url, who, pools, chance, book))
  }
  await Promise.all(agents.map((agent) => agent.beAvailable()))
  const granted = () => book.seen.filter(({ event }) => event.kind === 'granted').length
  let kills = 0
  /** Only the time between power cuts counts: how long a start takes is the machine's business. */
  const cutting = async () => {
    for (let leftMs = seconds * 1000; leftMs > 0;) {
      const calmMs = Math.min(leftMs, CALM_MS.least + chance.below(CALM_MS.most - CALM_MS.least))
      await pause(calmMs)
      leftMs -= calmMs
      if (leftMs <= 0 && kills > 0 && granted() > LEAST_LEASES) return
      kills += 1
      await house.kill()
      await house.restart()
      leftMs = Math.max(leftMs, granted() > LEAST_LEASES ? 1 : CALM_MS.least)
    }
  }
  let isOver = false
  const working = Promise.all(agents.map((agent) => agent.work(() => isOver)))
  await Promise.all([cutting().finally(() => (isOver = true)), working])

  const histories = pools.map((pool) => ({
    pool,
    numberOf: (entryId: string) => book.numbers.get(`${pool}:${entryId}`)!,
    events: book.seen.flatMap((one): HistoryEvent[] => (one.pool === pool ? [one.event] : [])),
  }))
  // eslint-disable-next-line no-console -- the seed is what lets a failure be had again
  console.log(
    `seed ${seed}: ${book.requests} requests, ${book.unanswered} unanswered, ${kills} kills, ${granted()} leases`,
  )
  expect(judgeNumbers(histories, [])).toEqual([])
  for (const { pool, events } of histories) {
    expect(judgeLeases(events)).toEqual([])
    const said = events.flatMap((event) => (event.kind === 'recorded' && event.outcome !== 'refused' ? [event.id] : []))
    // D1 shows what the room has booked within moments of its last word
    await expect
      .poll(async () => (await attemptsOf(pool)).map(({ id }) => id).sort(), { timeout: 30_000, interval: 500 })
      .toEqual([...new Set(said)].sort())
    const { stats } = await ask<{ stats: Record<string, number> }>('GET', `/api/pools/${pool}`)
    const states = ['pending', 'leased', 'completed', 'unreachable', 'doNotCall', 'paused'] as const
    expect(stats.total).toBe(SHARED + OWN)
    expect(states.reduce((sum, state) => sum + stats[state]!, 0)).toBe(SHARED + OWN)
  }
})
