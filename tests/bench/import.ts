import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium, type Browser, type Page } from '@playwright/test'
import { uuidv7 } from 'uuidv7'
import { api, signIn, token } from '../journeys/fixtures'
import { CHROMIUM_FLAGS, findChromium } from '../support/chromium'
import { startHouse, type House } from '../support/house'
import { fileOf, turkishList } from '../support/lists'
import { pullOnAndOn, seed, SEEDED } from './import-agent'
import { closing, median, percentile } from './machine'

/**
 * `npm run bench:import` (IMP-9): 100,000 rows from the file to all pullable, over SheetJS parsing the same file alone in a
 * Web Worker of the same browser; the page's peak memory; and how long an agent's pulls take meanwhile, over those of the
 * seconds before. Alternating rounds, each in a house of its own, so that nothing of one is still at work in the next.
 *
 *   ROWS=100000 ROUNDS=5 QUIET=3 npm run bench:import
 */
const ROWS = Number(process.env.ROWS ?? 100_000)
const ROUNDS = Number(process.env.ROUNDS ?? 5)
const QUIET_MS = Number(process.env.QUIET ?? 3) * 1000
const PASSWORD = 'bench-password-1'
const list = turkishList({ good: ROWS - ROWS / 100, nameless: ROWS / 200, repeats: ROWS / 250, bad: ROWS / 1000 })
const folder = mkdtempSync(path.join(tmpdir(), 'switchroom-bench-'))
const file = path.join(folder, 'list.xlsx')
writeFileSync(file, fileOf(list.rows))

type Round = { parseMs: number; dryRunMs: number; importMs: number; peakMB: number; quiet: number[]; during: number[] }
const rounds: Round[] = []
const parser = await serveParser()
const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS })
try {
  for (let round = 1; round <= ROUNDS; round += 1) {
    const parseMs = await parseAlone(browser)
    const house = await startHouse({ demo: true, password: PASSWORD })
    // what the first one built serves the others, whatever is edited meanwhile
    process.env.AS_BUILT = '1'
    try {
      rounds.push({ parseMs, ...(await importOnce(house, browser)) })
    } finally {
      await house.stop()
    }
    tell(round, rounds.at(-1)!)
  }
  const middle = (of: (one: Round) => number) => Math.round(median(rounds.map(of)))
  const p99 = (of: (one: Round) => number[]) => percentile(rounds.flatMap(of), 0.99)
  const two = (value: number) => Math.round(value * 100) / 100
  closing('import', {
    rows: ROWS,
    importOverParse: two(median(rounds.map(({ importMs, parseMs }) => importMs / parseMs))),
    importPeakMB: middle(({ peakMB }) => peakMB),
    pullP99DuringImport: two(p99(({ during }) => during)),
    pullP99Quiet: two(p99(({ quiet }) => quiet)),
    pullP99OverQuiet: two(p99(({ during }) => during) / p99(({ quiet }) => quiet)),
    pullP50DuringImport: two(median(rounds.flatMap(({ during }) => during))),
    pullP50Quiet: two(median(rounds.flatMap(({ quiet }) => quiet))),
    parseMs: middle(({ parseMs }) => parseMs),
    dryRunMs: middle(({ dryRunMs }) => dryRunMs),
    importMs: middle(({ importMs }) => importMs),
  })
} finally {
  await browser.close()
  parser.close()
  rmSync(folder, { recursive: true, force: true })
}

function tell(round: number, { parseMs, dryRunMs, importMs, peakMB, quiet, during }: Round): void {
  const p = (pulls: number[]) =>
    `${median(pulls).toFixed(1)}/${percentile(pulls, 0.99).toFixed(1)} ms (${pulls.length})`
  console.log(
    `round ${round}: parse ${parseMs.toFixed(0)} ms · dry run ${dryRunMs.toFixed(0)} ms · import ${importMs.toFixed(0)} ms · ` +
      `peak ${peakMB.toFixed(0)} MB · pulls p50/p99 quiet ${p(quiet)}, during ${p(during)}`,
  )
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

async function importOnce(house: House, on: Browser): Promise<Omit<Round, 'parseMs'>> {
  const admin = await token(house, 'admin', PASSWORD)
  const settings = { name: `Bench ${uuidv7()}`, country: 'TR', hours: null }
  const { body: pool } = await api<{ id: string }>(house, admin, 'POST', '/api/pools', settings)
  await seed(house, pool.id, admin)
  const context = await on.newContext({ baseURL: house.url, locale: 'en-GB', serviceWorkers: 'block' })
  try {
    const page = await context.newPage()
    await signIn(page, house, 'admin', PASSWORD)
    await page.goto(`/pools/${pool.id}/import`)
    await page.getByTestId('drop-zone').waitFor()
    const agent = await pullOnAndOn(house, pool.id, PASSWORD)
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS))
    const quiet = agent.taken()
    const memory = await watchMemory(on)
    const started = performance.now()
    await page.setInputFiles('input[type=file]', file)
    const button = page.getByRole('button', { name: /^Import [\d,]+ customers$/ })
    await button.waitFor({ timeout: 600_000 })
    const dryRunMs = performance.now() - started
    await button.click()
    await page.getByRole('heading', { level: 1, name: /customers imported/ }).waitFor({ timeout: 600_000 })
    const importMs = performance.now() - started
    const during = agent.taken()
    await agent.stop()
    const peakMB = memory.stop()
    await expectTotal(page, pool.id)
    return { dryRunMs, importMs, peakMB, quiet, during }
  } finally {
    await context.close()
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
  const expected = list.good + list.nameless + SEEDED
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
