import { randomUUID } from 'node:crypto'
import { startHouse } from '../support/house'
import { closing, percentile } from './machine'
import { Bench } from './pool-driver'

/**
 * `npm run bench:do-not-call` (POOL-16): a list of a million numbers onto the global list, in chunks as the page sends them,
 * while pools follow it, one of them with customers on the list. What is acknowledged is in D1 and known to every pool. Then
 * how long a look-up by the last digits and "who bars this number" take, and the export.
 *
 *   NUMBERS=1000000 POOLS=5 ENTRIES=10000 npm run bench:do-not-call
 */
const number = (name: string, fallback: number) => Number(process.env[name] ?? fallback)
const NUMBERS = number('NUMBERS', 1_000_000)
const POOLS = number('POOLS', 5)
const ENTRIES = number('ENTRIES', 10_000)
const CHUNK = 5_000
const PASSWORD = randomUUID()
const say = (words: string) => console.error(words)

const house = await startHouse({ demo: false, password: PASSWORD, env: { BENCH: '1', LOG_LEVEL: 'error' } })
try {
  const bench = new Bench(house.url)
  await bench.signIn(PASSWORD, 1)
  const token = await tokenOf('admin')
  const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const reply = await fetch(`${house.url}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`)
    return (reply.headers.get('content-type')?.includes('json') ? reply.json() : reply.text()) as Promise<T>
  }
  say(`making ${POOLS} pools, one of ${ENTRIES} customers`)
  await bench.fillPool('Bench', ENTRIES)
  for (let n = 1; n < POOLS; n += 1) await ask('POST', '/pools', { name: `Pool ${n}`, country: 'TR' })

  const { id } = await ask<{ id: string }>('POST', '/do-not-call/imports', { fileName: 'million.csv', country: 'TR' })
  const chunks: number[] = []
  const began = performance.now()
  for (let n = 0; n * CHUNK < NUMBERS; n += 1) {
    const rows = Array.from(
      { length: CHUNK },
      (_, at) =>
        `+9054${String((n * CHUNK + at) * 7919)
          .padStart(8, '0')
          .slice(-8)}`,
    )
    const at = performance.now()
    await ask('PUT', `/do-not-call/imports/${id}/chunks/${n}`, { rows })
    chunks.push(performance.now() - at)
    if (n % 40 === 39) say(`${(n + 1) * CHUNK} numbers, ${Math.round((performance.now() - began) / 1000)} s`)
  }
  const report = await ask<{ added: number; rows: number }>('POST', `/do-not-call/imports/${id}/finish`)
  const importMs = performance.now() - began
  say(`${report.rows} rows, ${report.added} added in ${(importMs / 1000).toFixed(1)} s`)

  const timed = async (path: string, times: number) => {
    const took: number[] = []
    for (let n = 0; n < times; n += 1) {
      const at = performance.now()
      await ask('GET', path)
      took.push(performance.now() - at)
    }
    return round(percentile(took, 0.5))
  }
  const endingMs = await timed('/do-not-call?q=4711&limit=50', 20)
  const barsMs = await timed(`/do-not-call/${encodeURIComponent('+905400007919')}`, 20)
  const exportAt = performance.now()
  const text = await ask<string>('GET', '/do-not-call/export')
  const exportMs = performance.now() - exportAt
  say(`export of ${text.split('\n').length} lines in ${(exportMs / 1000).toFixed(1)} s`)
  closing('do-not-call', {
    importSeconds: round(importMs / 1000),
    numbersPerSecond: Math.round(NUMBERS / (importMs / 1000)),
    chunkP95Ms: round(percentile(chunks, 0.95)),
    endingMs,
    barsMs,
    exportSeconds: round(exportMs / 1000),
  })
} finally {
  await house.stop()
}

async function tokenOf(username: string): Promise<string> {
  const reply = await fetch(`${house.url}/api/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: PASSWORD }),
  })
  return ((await reply.json()) as { accessToken: string }).accessToken
}
function round(value: number): number {
  return Math.round(value * 10) / 10
}
