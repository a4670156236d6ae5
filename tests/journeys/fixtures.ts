import { test as base, type Browser, type BrowserContext, type Page } from '@playwright/test'
import { demoState } from '../support/demo-state'
import { startHouse, type House } from '../support/house'

/** Two words that every journey shares: the password of the demo users, and how a person comes in. */
export const PASSWORD = 'journey-password-1'
export const POOLS = { file: 'pools' }
export const DEMO = { file: 'demo' }

type Fixtures = {
  /**
   * `test.use({ file: … })` at the head of a spec: a house of its own, so that no journey meets what another left behind.
   * Files that say the same word share one: POOLS, whose every journey makes the pool it works in, and DEMO, which only look.
   */
  file: string
  /** What its house is told beside what every house is. */
  env: Record<string, string>
  /** A server of this worker's own, with the demo, fresh for each word. */
  house: House
}
type PersonFixtures = {
  /** Opens a browser of its own for a person who is signed in there; `path` is where it stands, nowhere yet without one. */
  person: (username: string, options?: PersonOptions) => Promise<Page>
}
export type PersonOptions = {
  password?: string
  path?: string
  locale?: string
  viewport?: { width: number; height: number }
  permissions?: string[]
  colorScheme?: 'light' | 'dark'
  serviceWorkers?: 'allow' | 'block'
}

export const test = base.extend<PersonFixtures, Fixtures>({
  file: ['', { scope: 'worker', option: true }],
  env: [{}, { scope: 'worker', option: true }],
  house: [
    async ({ file: _file, env }, use) => {
      const house = await startHouse({ demo: true, password: PASSWORD, stateDir: await demoState(PASSWORD), env })
      await use(house)
      await house.stop()
    },
    // the first one builds the app, on a machine that may be busy
    { scope: 'worker', timeout: 240_000 },
  ],
  person: async ({ browser, house, serviceWorkers }, use) => {
    const opened: BrowserContext[] = []
    await use(async (username, options = {}) => {
      const context = await newContext(browser, house, { serviceWorkers, ...options })
      opened.push(context)
      await beginSession(context, house, username, options.password ?? PASSWORD)
      const page = await context.newPage()
      if (options.path) await page.goto(house.url + options.path)
      return page
    })
    await Promise.all(opened.map((context) => context.close()))
  },
})
export { expect } from '@playwright/test'

export function newContext(browser: Browser, house: House, options: PersonOptions = {}): Promise<BrowserContext> {
  return browser.newContext({
    baseURL: house.url,
    viewport: options.viewport ?? { width: 1280, height: 720 },
    locale: options.locale ?? 'en-GB',
    colorScheme: options.colorScheme ?? 'light',
    permissions: options.permissions ?? ['microphone', 'notifications'],
    acceptDownloads: true,
    // a browser of its own would install the whole app each time: those do whose journey needs it
    serviceWorkers: options.serviceWorkers ?? 'block',
    reducedMotion: 'reduce',
  })
}

/** What the form asks of the server, without the form: the browser has its cookie when the first page opens. */
export async function beginSession(
  context: BrowserContext,
  house: House,
  username: string,
  password: string,
): Promise<void> {
  const reply = await context.request.post(`${house.url}/api/session`, {
    data: { username, password },
    headers: { origin: house.url },
  })
  if (!reply.ok()) throw new Error(`${username} could not sign in: ${await reply.text()}`)
}

/** As a person does it: the form. */
export async function signIn(page: Page, house: House, username: string, password = PASSWORD): Promise<void> {
  await page.goto(`${house.url}/sign-in`)
  await page.locator('input[name=username]').fill(username)
  await page.locator('input[name=password]').fill(password)
  await page.locator('button[type=submit]').click()
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
}

/** The API as a program uses it. */
export async function token(house: House, username: string, password = PASSWORD): Promise<string> {
  const reply = await fetch(`${house.url}/api/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  })
  if (!reply.ok) throw new Error(`${username} could not sign in: ${await reply.text()}`)
  return ((await reply.json()) as { accessToken: string }).accessToken
}

export async function api<T>(
  house: House,
  as: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: T }> {
  const reply = await fetch(house.url + path, {
    method,
    headers: { authorization: `Bearer ${as}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await reply.text()
  return { status: reply.status, body: (text ? JSON.parse(text) : null) as T }
}
