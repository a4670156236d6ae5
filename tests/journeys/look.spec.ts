import type { Page } from '@playwright/test'
import { findings } from '../support/axe'
import { api, DEMO, expect, newContext, test, token } from './fixtures'

test.use(DEMO)

const LANGUAGES = ['en', 'tr', 'es', 'ar'] as const
const THEMES = ['light', 'dark'] as const
const SIZES = [
  { width: 1280, height: 720 },
  { width: 360, height: 740 },
]

/** As another tab of the same browser would: the language and look change without a reload (LOOK-3). */
const choose = (page: Page, key: 'language' | 'theme', value: string) =>
  page.evaluate(
    ([name, next]) => {
      localStorage.setItem(name!, next!)
      dispatchEvent(new StorageEvent('storage', { key: name!, newValue: next! }))
    },
    [key, value],
  )

/** How far the page reaches past the screen, and what sticks out. */
const overflow = (page: Page) =>
  page.evaluate(() => {
    const past = document.documentElement.scrollWidth - innerWidth
    if (past <= 0) return ''
    const widest = [...document.querySelectorAll('body *')].find((element) => {
      const box = element.getBoundingClientRect()
      return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1)
    })
    return `${past} px by ${widest?.outerHTML.slice(0, 120)}`
  })

/** Every page in every language, look and size: nothing for axe, nothing past the edge, nothing the content policy refused. */
async function lookAt(page: Page): Promise<void> {
  const refused: string[] = []
  page.on('console', (line) => line.text().includes('Content Security Policy') && refused.push(line.text()))
  await page.locator('main h1, [data-ready]').first().waitFor()
  await expect(page.locator('.skeleton')).toHaveCount(0)
  const wrong: string[] = []
  for (const language of LANGUAGES) {
    await choose(page, 'language', language)
    await expect(page.locator('html')).toHaveAttribute('dir', language === 'ar' ? 'rtl' : 'ltr')
    for (const size of SIZES) {
      await page.setViewportSize(size)
      const past = await overflow(page)
      if (past) wrong.push(`${language} ${size.width}: ${past}`)
    }
    for (const theme of THEMES) {
      await page.setViewportSize(SIZES[language === 'en' || language === 'ar' ? 0 : 1]!)
      await choose(page, 'theme', theme)
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
      wrong.push(...(await findings(page)).map((one) => `${language} ${theme}: ${one}`))
    }
  }
  expect([...wrong, ...refused]).toEqual([])
}

test.describe.configure({ timeout: 240_000 })

for (const path of ['/sign-in', '/set-up', '/set-up#one-time-token-of-no-house', '/demo/telephone'])
  test(`[LOOK-4] ${path} can be used by everyone`, async ({ browser, house }) => {
    const context = await newContext(browser, house, {})
    const page = await context.newPage()
    await page.emulateMedia({ reducedMotion: 'reduce' })
    // the form of a house without an administrator; that of this house is used up
    if (path.startsWith('/set-up#')) {
      await page.route('**/api/setup/status', (route) => route.fulfill({ json: { needed: true, demo: false } }))
    }
    await page.goto(path)
    await lookAt(page)
    await context.close()
  })

const PAGES = [
  ['alice', '/desk'],
  ['supervisor', '/floor'],
  ['supervisor', '/attempts'],
  ['admin', '/pools'],
  ['admin', '/pools/new'],
  ['admin', '/pools/{pool}'],
  ['admin', '/pools/{pool}/import'],
  ['admin', '/people'],
  ['admin', '/do-not-call'],
  ['admin', '/settings'],
  ['admin', '/password'],
  ['alice', '/people'],
] as const
for (const [who, path] of PAGES)
  test(`[LOOK-4] ${path} can be used by everyone, as ${who}`, async ({ person, house }) => {
    const { body } = await api<{ items: { id: string }[] }>(house, await token(house, 'admin'), 'GET', '/api/pools')
    const page = await person(who, { path: path.replace('{pool}', body.items[0]!.id) })
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await lookAt(page)
  })

test('[LOOK-4] the whole of sign-in, a page and the list of keys by keyboard alone', async ({ browser, house }) => {
  const context = await newContext(browser, house)
  const page = await context.newPage()
  await page.goto('/sign-in')
  await expect(page.locator('input[name=username]')).toBeFocused()
  await page.keyboard.type('admin')
  await page.keyboard.press('Tab')
  await page.keyboard.type('journey-password-1')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/pools')
  await expect(page.locator('main h1')).toBeFocused()

  await page.keyboard.press('?')
  const keys = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await expect(keys).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(keys).toBeHidden()

  await page.reload()
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Pools' }).waitFor()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'New pool' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'New pool', level: 1 })).toBeFocused()
  expect(await page.title()).toBe('New pool · Switchroom')
  await context.close()
})

test('[LOOK-3] the language follows the person to another browser', async ({ browser, house }) => {
  // Somebody of this test's own: the others of this house go on in their language.
  const layla = {
    username: 'layla',
    name: 'Layla Mansour',
    role: 'agent',
    password: 'three quiet words',
    mustChangePassword: false,
  }
  expect((await api(house, await token(house, 'admin'), 'POST', '/api/users', layla)).status).toBe(201)
  const [one, two] = [await newContext(browser, house), await newContext(browser, house)]
  const [first, second] = [await one.newPage(), await two.newPage()]
  const enter = async (page: Page) => {
    await page.locator('input[name=username]').fill(layla.username)
    await page.locator('input[name=password]').fill(layla.password)
    await page.locator('button[type=submit]').click()
    await page.waitForURL('**/desk')
  }
  await first.goto('/sign-in')
  const kept = first.waitForResponse((reply) => reply.url().endsWith('/api/me') && reply.request().method() === 'PATCH')
  await first.getByRole('radio', { name: 'العربية' }).click()
  await expect(first.locator('html')).toHaveAttribute('dir', 'rtl')
  await enter(first)
  expect((await kept).ok()).toBe(true)

  await second.goto('/sign-in')
  await expect(second.locator('html')).toHaveAttribute('lang', 'en')
  await enter(second)
  await expect(second.locator('html')).toHaveAttribute('lang', 'ar')
  await Promise.all([one.close(), two.close()])
})
