import { randomUUID } from 'node:crypto'
import { chromium, type Page } from '@playwright/test'
import { CHROMIUM_FLAGS, findChromium } from '../support/chromium'
import { startHouse } from '../support/house'
import { closing, percentile } from './machine'
import { Bench } from './pool-driver'

/**
 * `npm run bench:list` (POOL-24): the list of a pool of 100,000 in a browser (first rows, frames while it scrolls from end to
 * end, a search), and an action on 50,000 of them while agents pull: how long it takes, and what a pull waits meanwhile.
 *
 *   ENTRIES=100000 npm run bench:list
 */
const ENTRIES = Number(process.env.ENTRIES ?? 100_000)
const CHUNK = 1_000
const PASSWORD = randomUUID()
const PULLS = { forMs: 5_000, perSecond: 50 }
const say = (words: string) => console.error(words)
const round = (value: number) => Math.round(value * 10) / 10

const house = await startHouse({ demo: false, password: PASSWORD, env: { LOG_LEVEL: 'error' } })
const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS })
try {
  const bench = new Bench(house.url)
  await bench.signIn(PASSWORD, 10)
  say(`making a pool of ${ENTRIES}`)
  const token = await tokenOf('admin')
  const { id: poolId } = await ask<{ id: string }>('POST', '/pools', { name: 'Bench', country: 'TR', hours: null })
  await fill()
  await shown()

  const page = await (
    await browser.newContext({ baseURL: house.url, viewport: { width: 1280, height: 720 } })
  ).newPage()
  await page.goto('/sign-in')
  await page.locator('input[name=username]').fill('admin')
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('button[type=submit]').click()
  await page.waitForURL('**/pools')
  const opened = performance.now()
  await page.goto(`/pools/${poolId}`)
  await page.locator('[role=row][aria-rowindex="1"]').waitFor()
  const firstRowsMs = performance.now() - opened
  const frames = await scrollThrough(page)
  const search = performance.now()
  await page.locator('input[type=search]').first().fill(`Customer ${ENTRIES}`)
  await page.locator(`[role=row][aria-rowindex="1"]`, { hasText: `Customer ${ENTRIES}` }).waitFor()
  const searchMs = performance.now() - search
  await page.context().close()

  say('pulls alone, then with the action')
  const quiet = await bench.pullAndDispose(poolId, PULLS)
  const began = performance.now()
  const id = randomUUID()
  const half = { filter: { priorityFrom: 1 } }
  await ask('POST', `/pools/${poolId}/bulk`, { id, action: { kind: 'prioritise', priority: 5 }, selection: half })
  const pulls = bench.pullAndDispose(poolId, PULLS)
  const handled = await finished(id)
  const bulkMs = performance.now() - began
  const during = await pulls
  say(`${handled} handled in ${round(bulkMs / 1000)} s`)
  closing('list', {
    firstRowsMs: Math.round(firstRowsMs),
    frameP50Ms: round(percentile(frames, 0.5)),
    frameP95Ms: round(percentile(frames, 0.95)),
    searchMs: Math.round(searchMs),
    bulkSeconds: round(bulkMs / 1000),
    bulkPerSecond: Math.round(handled / (bulkMs / 1000)),
    pullP99Ms: round(percentile(quiet.milliseconds, 0.99)),
    pullP99DuringBulkMs: round(percentile(during.milliseconds, 0.99)),
  })

  /** As a program does it: a list in chunks; every second customer has a priority. */
  async function fill(): Promise<void> {
    const { id } = await ask<{ id: string }>('POST', `/pools/${poolId}/imports`, {
      fileName: 'bench.csv',
      sha256: 'a'.repeat(64),
      rowCount: ENTRIES,
      policy: 'merge',
    })
    for (let from = 0, n = 0; from < ENTRIES; from += CHUNK, n += 1) {
      const rows = Array.from({ length: Math.min(CHUNK, ENTRIES - from) }, (_, at) => ({
        row: from + at + 2,
        name: `Customer ${from + at + 1}`,
        phone: `+90530${String(1_000_000 + from + at)}`,
        priority: String((from + at) % 2),
      }))
      await ask('PUT', `/imports/${id}/chunks/${n}`, { rows })
    }
    for (;;) {
      const { state } = await ask<{ state: string }>('POST', `/imports/${id}/commit`, {})
      if (state === 'committed') return
    }
  }
  /** The list in D1 follows the pool's journal: until it has them all. */
  async function shown(): Promise<void> {
    for (;;) {
      const { total } = await ask<{ total: number }>('POST', `/pools/${poolId}/entries/outline`, { filter: {} })
      if (total >= ENTRIES) return
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }
  async function finished(bulkId: string): Promise<number> {
    for (;;) {
      const view = await ask<{ state: string; total: number }>('GET', `/pools/${poolId}/bulk/${bulkId}`)
      if (view.state === 'finished') return view.total
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
  async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const reply = await fetch(`${house.url}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`)
    return reply.json() as Promise<T>
  }
} finally {
  await browser.close()
  await house.stop()
}

/** Milliseconds between frames while the list is scrolled, a screen a frame, for ten seconds, over its whole length. */
function scrollThrough(page: Page): Promise<number[]> {
  return page.getByRole('table').evaluate(async (list) => {
    const took: number[] = []
    const step = list.scrollHeight / 600
    let before = performance.now()
    for (let n = 1; n <= 600; n += 1) {
      list.scrollTop = n * step
      const now = await new Promise<number>((frame) => requestAnimationFrame(frame))
      took.push(now - before)
      before = now
    }
    return took
  })
}

async function tokenOf(username: string): Promise<string> {
  const reply = await fetch(`${house.url}/api/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: PASSWORD }),
  })
  return ((await reply.json()) as { accessToken: string }).accessToken
}
