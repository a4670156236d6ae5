import path from 'node:path'
import { chromium, type Browser, type Page } from '@playwright/test'
import { CHROMIUM_FLAGS, findChromium } from '../../tests/support/chromium'
import { startHouse, type House } from '../../tests/support/house'
import { root } from '../build/root.mjs'

const PASSWORD = 'picture-password-1'
const LAPTOP = { width: 1280, height: 720 }
const PHONE = { width: 360, height: 740 }

/** Makes docs/screenshots anew: a real call between two windows, seen from the desk and the floor. */
export async function takeScreenshots(): Promise<void> {
  const house = await startHouse({ demo: true, password: PASSWORD })
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: CHROMIUM_FLAGS,
    ignoreDefaultArgs: ['--mute-audio'],
  })
  try {
    const telephone = await open(browser, house, LAPTOP)
    await telephone.goto('/demo/telephone')
    await telephone.locator('[data-line=registered]').waitFor()
    await telephone.getByRole('switch').click()

    const alice = await signIn(browser, house, 'alice', LAPTOP)
    await goAvailable(alice)
    await alice.locator('[data-line=registered]').first().waitFor()
    await takeCustomer(alice)
    await alice.keyboard.press('c')
    await alice.locator('.phone[data-call=talking]').waitFor({ timeout: 30_000 })
    await alice.waitForTimeout(4000)
    await shoot(alice, 'desk')

    const bob = await signIn(browser, house, 'bob', PHONE, 'ar')
    await goAvailable(bob)
    await takeCustomer(bob)
    await bob.waitForTimeout(500)
    await shoot(bob, 'desk-phone-ar')

    const supervisor = await signIn(browser, house, 'supervisor', { width: 1440, height: 900 })
    await supervisor.waitForTimeout(1500)
    await shoot(supervisor, 'floor')

    const admin = await signIn(browser, house, 'admin', LAPTOP)
    await admin.locator('a[href^="/pools/"]:not([href$="/new"])').first().click()
    await admin.getByRole('table').waitFor()
    await admin.mouse.wheel(0, 560)
    await admin.waitForTimeout(1000)
    await shoot(admin, 'pool')
    await admin.locator('a[href$="/import"]').first().click()
    await admin.locator('input[type=file]').setInputFiles(path.join(root, 'web/static/sample.xlsx'))
    await admin.waitForTimeout(3000)
    await shoot(admin, 'import')
  } finally {
    await browser.close()
    await house.stop()
  }
}

async function open(
  browser: Browser,
  house: House,
  viewport: { width: number; height: number },
  locale = 'en',
): Promise<Page> {
  const context = await browser.newContext({
    baseURL: house.url,
    viewport,
    deviceScaleFactor: viewport === PHONE ? 2 : 1,
    locale,
    permissions: ['microphone', 'notifications'],
  })
  return context.newPage()
}

async function signIn(
  browser: Browser,
  house: House,
  username: string,
  viewport: { width: number; height: number },
  locale?: string,
): Promise<Page> {
  const page = await open(browser, house, viewport, locale)
  await page.goto('/sign-in')
  await page.locator('input[name=username]').fill(username)
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('button[type=submit]').click()
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
  return page
}

async function goAvailable(page: Page): Promise<void> {
  await page.locator('[data-ready]').waitFor()
  const key = page.locator('.main-key')
  if ((await key.getAttribute('data-does')) === 'go-available') await key.click()
  await page.locator('.main-key[data-does=next]').waitFor()
}

async function takeCustomer(page: Page): Promise<void> {
  await page.locator('.main-key').click()
  await page.locator('[data-lease]').waitFor()
}

const shoot = (page: Page, name: string) =>
  page.screenshot({ path: path.join(root, 'docs/screenshots', `${name}.png`) })
