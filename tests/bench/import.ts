import { readFileSync } from 'node:fs'
import http from 'node:http'
import { createRequire } from 'node:module'
import { chromium, type Browser, type Page } from '@playwright/test'
import { uuidv7 } from 'uuidv7'
import { api, signIn, token } from '../journeys/fixtures'
import { CHROMIUM_FLAGS, findChromium } from '../support/chromium'
import { startHouse, type House } from '../support/house'
import { fileOf, turkishList } from '../support/lists'
import { closing, median, percentile } from './machine'

/**
 * `npm run bench:import` (IMP-9): 100,000 rows from the file to all pullable, over SheetJS parsing the same file alone in a
 * Web Worker of the same browser; the page's peak memory; and how long an agent's pull takes meanwhile.
 * ROWS=… for another size.
 */
const ROWS = Number(process.env.ROWS ?? 100_000)
const ROUNDS = Number(process.env.ROUNDS ?? 3)
const PASSWORD = 'bench-password-1'
const list = turkishList({ good: ROWS - 1_000, nameless: 500, repeats: 400, bad: 100 })
const file = {
  name: 'list.xlsx',
  mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  buffer: Buffer.from(fileOf(list.rows)),
}

const parser = await serveParser()
const house = await startHouse({ demo: true, password: PASSWORD })
const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS })
const parse: number[] = []
const whole: number[] = []
const peaks: number[] = []
const pulls: number[] = []
try {
  const admin = await token(house, 'admin', PASSWORD)
  for (let round = 0; round < ROUNDS; round += 1) {
    parse.push(await parseAlone(browser))
    const one = await importOnce(house, browser, admin)
    whole.push(one.ms)
    peaks.push(one.peakMB)
    pulls.push(...one.pulls)
    console.log(
      `round ${round + 1}: parse ${parse.at(-1)!.toFixed(0)} ms · import ${one.ms.toFixed(0)} ms · peak ${one.peakMB.toFixed(0)} MB · ${one.pulls.length} pulls`,
    )
  }
  const two = (value: number) => Math.round(value * 100) / 100
  closing('import', {
    rows: ROWS,
    importOverParse: two(median(whole) / median(parse)),
    importPeakMB: Math.round(median(peaks)),
    pullP99DuringImport: two(percentile(pulls, 0.99)),
    pullP50DuringImport: two(percentile(pulls, 0.5)),
    parseMs: Math.round(median(parse)),
    importMs: Math.round(median(whole)),
  })
} finally {
  await browser.close()
  await house.stop()
  parser.close()
}

/** The peer: SheetJS by itself, with the same options, in a Web Worker. */
async function parseAlone(on: Browser): Promise<number> {
  const page = await on.newPage()
  await page.goto(`http://localhost:${(parser.address() as { port: number }).port}/`)
  await page.setInputFiles('input', file)
  const ms = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const worker = new Worker('/worker.js')
        worker.onmessage = ({ data }) => resolve(data as number)
        worker.postMessage((document.querySelector('input') as HTMLInputElement).files![0])
      }),
  )
  await page.close()
  return ms
}

async function importOnce(
  { url }: House,
  on: Browser,
  admin: string,
): Promise<{ ms: number; peakMB: number; pulls: number[] }> {
  const { body: pool } = await api<{ id: string }>(house, admin, 'POST', '/api/pools', {
    name: `Bench ${uuidv7()}`,
    country: 'TR',
  })
  await seed(pool.id, admin)
  const context = await on.newContext({ baseURL: url, locale: 'en-GB', serviceWorkers: 'block' })
  const page = await context.newPage()
  await signIn(page, house, 'admin', PASSWORD)
  await page.goto(`/pools/${pool.id}/import`)
  await page.getByTestId('drop-zone').waitFor()
  const memory = await watchMemory(on)
  const agent = pullOnAndOn(pool.id)
  const started = performance.now()
  await page.setInputFiles('input[type=file]', file)
  await page.getByRole('button', { name: /^Import [\d,]+ customers$/ }).click({ timeout: 600_000 })
  await page.getByRole('heading', { level: 1, name: /customers imported/ }).waitFor({ timeout: 600_000 })
  const ms = performance.now() - started
  const taken = await agent.stop()
  const peakMB = memory.stop()
  await expectTotal(page, pool.id)
  await context.close()
  return { ms, peakMB, pulls: taken }
}

/** Customers that can be pulled from the beginning. */
async function seed(poolId: string, admin: string): Promise<void> {
  const rows = Array.from({ length: 6_000 }, (_, index) => ({
    row: index + 2,
    phone: `+90560${String(index).padStart(7, '0')}`,
  }))
  const { body: opened } = await api<{ id: string }>(house, admin, 'POST', `/api/pools/${poolId}/imports`, {
    fileName: 'seed.csv',
    sha256: '0'.repeat(64),
    rowCount: rows.length,
  })
  for (let n = 0; n * 1_000 < rows.length; n += 1)
    await api(house, admin, 'PUT', `/api/imports/${opened.id}/chunks/${n}`, {
      rows: rows.slice(n * 1_000, (n + 1) * 1_000),
    })
  const { body } = await api<{ state: string }>(house, admin, 'POST', `/api/imports/${opened.id}/commit`)
  if (body.state !== 'committed') throw new Error(`seed is ${body.state}`)
}

/** alice pulls and says what came of it, one after the other; each pull is timed. */
function pullOnAndOn(poolId: string): { stop: () => Promise<number[]> } {
  let isOn = true
  const times: number[] = []
  const work = (async () => {
    const alice = await token(house, 'alice', PASSWORD)
    await api(house, alice, 'PATCH', '/api/me', { dialWith: 'handset' })
    await api(house, alice, 'PUT', '/api/me/state', { state: 'available' })
    while (isOn) {
      const started = performance.now()
      const { body } = await api<{ lease: { token: number } | null; entry: { id: string } }>(
        house,
        alice,
        'POST',
        `/api/pools/${poolId}/pulls`,
        { id: uuidv7() },
      )
      if (!body.lease) throw new Error(`nothing pulled: ${JSON.stringify(body)}`)
      times.push(performance.now() - started)
      const command = {
        id: uuidv7(),
        kind: 'record-disposition',
        at: Date.now(),
        poolId,
        entryId: body.entry.id,
        token: body.lease.token,
        disposition: 'reached',
      }
      await api(house, alice, 'POST', '/api/commands', { commands: [command] })
      await api(house, alice, 'PUT', '/api/me/state', { state: 'available' })
    }
  })()
  return {
    stop: async () => {
      isOn = false
      await work
      return times
    },
  }
}

/** What the browser's page processes hold more than before, at most: the page, its worker, the file. */
async function watchMemory(on: Browser): Promise<{ stop: () => number }> {
  const session = await on.newBrowserCDPSession()
  const { processInfo } = (await session.send('SystemInfo.getProcessInfo')) as {
    processInfo: { type: string; id: number }[]
  }
  const pages = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id)
  const held = () => pages.reduce((sum, id) => sum + residentKB(id), 0) / 1024
  const before = held()
  let peak = before
  const timer = setInterval(() => (peak = Math.max(peak, held())), 50)
  return {
    stop: () => {
      clearInterval(timer)
      return peak - before
    },
  }
}
function residentKB(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

async function expectTotal(page: Page, poolId: string): Promise<void> {
  const total = await page.evaluate(
    async (id) => ((await (await fetch(`/api/pools/${id}`)).json()) as { stats: { total: number } }).stats.total,
    poolId,
  )
  const expected = list.good + list.nameless + 6_000
  if (total !== expected) throw new Error(`${total} in the pool, expected ${expected}`)
}

/** A page with nothing but SheetJS. */
function serveParser(): Promise<http.Server> {
  const sheetjs = readFileSync(createRequire(import.meta.url).resolve('xlsx/dist/xlsx.full.min.js'))
  const worker = `importScripts('/xlsx.js'); onmessage = async ({ data }) => {
    const started = performance.now()
    XLSX.read(new Uint8Array(await data.arrayBuffer()), { type: 'array', dense: true, cellText: false })
    postMessage(performance.now() - started)
  }`
  const pages: Record<string, [string, string | Buffer]> = {
    '/': ['text/html', '<!doctype html><input type="file">'],
    '/worker.js': ['text/javascript', worker],
    '/xlsx.js': ['text/javascript', sheetjs],
  }
  const server = http.createServer((request, response) => {
    const [type, content] = pages[request.url ?? '/'] ?? ['text/plain', '']
    response.writeHead(200, { 'content-type': type }).end(content)
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}
