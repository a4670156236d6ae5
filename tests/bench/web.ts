import { gzipSync } from 'node:zlib'
import { chromium, type Page } from '@playwright/test'
import { CHROMIUM_FLAGS, findChromium } from '../support/chromium'
import { startHouse, type House } from '../support/house'
import { closing, median } from './machine'

/**
 * `npm run bench:web`: what a person waits for, on Lighthouse's mobile profile (4 × slower processor, 1.6 Mbit/s, 150 ms).
 * Medians of five visits with an empty cache; offline start with the installed worker and the server gone.
 */
const ROUNDS = Number(process.env.ROUNDS ?? 5)
const MOBILE = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }
const SLOW = {
  offline: false,
  latency: 150,
  downloadThroughput: (1.6 * 1024 * 1024) / 8,
  uploadThroughput: (0.75 * 1024 * 1024) / 8,
}
const PASSWORD = 'bench-password-1'

const house = await startHouse({ demo: true, password: PASSWORD })
const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS })
const lcp: number[] = []
const cls: number[] = []
const inp: number[] = []
let firstRouteKB = 0
try {
  for (let round = 0; round < ROUNDS; round++) {
    const visit = await visitOnce(house)
    lcp.push(visit.lcp)
    cls.push(visit.cls)
    inp.push(visit.inp)
    firstRouteKB = visit.kilobytes
  }
  const offline = await offlineStart(house)
  console.log(
    `first route ${firstRouteKB} kB of scripts (gz) · LCP ${median(lcp)} ms · INP ${median(inp)} ms · CLS ${median(cls)} · offline start ${offline} ms`,
  )
  closing('web', { firstRouteKB, lcpMs: median(lcp), inpMs: median(inp), cls: median(cls), offlineStartMs: offline })
} finally {
  await browser.close()
  await house.stop()
}

async function slow(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', SLOW)
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 })
}

/** Largest paint and layout shift of the first page, and the slowest answer to a press while signing in. */
async function visitOnce({ url }: House) {
  const context = await browser.newContext({ ...MOBILE, baseURL: url, serviceWorkers: 'block' })
  const page = await context.newPage()
  await slow(page)
  const scripts: Promise<number>[] = []
  page.on('response', (reply) => {
    if (reply.request().resourceType() === 'script' || reply.url().endsWith('.js'))
      scripts.push(
        reply
          .body()
          .then((bytes) => gzipSync(bytes).length)
          .catch(() => 0),
      )
  })
  await page.addInitScript(() => {
    const seen = { lcp: 0, cls: 0, inp: 0 }
    Object.assign(globalThis, { seen })
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => (seen.lcp = entry.startTime))).observe({
      type: 'largest-contentful-paint',
      buffered: true,
    })
    new PerformanceObserver((list) =>
      list.getEntries().forEach((entry) => {
        const shift = entry as PerformanceEntry & { hadRecentInput: boolean; value: number }
        if (!shift.hadRecentInput) seen.cls += shift.value
      }),
    ).observe({ type: 'layout-shift', buffered: true })
    new PerformanceObserver((list) =>
      list.getEntries().forEach((entry) => (seen.inp = Math.max(seen.inp, entry.duration))),
    ).observe({
      type: 'event',
      buffered: true,
      durationThreshold: 16,
    } as PerformanceObserverInit)
  })
  await page.goto('/')
  await page.locator('input[name=username]').waitFor()
  await page.waitForLoadState('networkidle')
  const bytes = (await Promise.all(scripts)).reduce((sum, size) => sum + size, 0)
  const first = await read(page)
  await page.locator('input[name=username]').tap()
  await page.keyboard.type('alice')
  await page.locator('input[name=password]').tap()
  await page.keyboard.type(PASSWORD)
  await page.locator('button[type=submit]').tap()
  await page.waitForURL(/\/desk/)
  await page.waitForTimeout(500)
  const { inp } = await read(page)
  await context.close()
  return {
    lcp: Math.round(first.lcp),
    cls: Math.round(first.cls * 1000) / 1000,
    inp,
    kilobytes: Math.round(bytes / 102.4) / 10,
  }
}

function read(page: Page) {
  return page.evaluate(() => (globalThis as unknown as { seen: { lcp: number; cls: number; inp: number } }).seen)
}

/** The installed app with the server killed: from navigation to the desk's main key. */
async function offlineStart(house: House): Promise<number> {
  const context = await browser.newContext({ ...MOBILE, baseURL: house.url })
  const page = await context.newPage()
  await page.goto('/sign-in')
  await page.locator('input[name=username]').fill('alice')
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('button[type=submit]').click()
  await page.waitForURL(/\/desk/)
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready
  })
  await page.reload()
  await page.locator('main').waitFor()
  await house.kill()
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const cold = await context.newPage()
    const session = await cold.context().newCDPSession(cold)
    await session.send('Emulation.setCPUThrottlingRate', { rate: 4 })
    const began = performance.now()
    await cold.goto('/desk', { waitUntil: 'commit' })
    await cold.locator('main button').first().waitFor()
    times.push(Math.round(performance.now() - began))
    await cold.close()
  }
  await context.close()
  return median(times)
}
