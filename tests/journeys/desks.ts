import type { Page } from '@playwright/test'
import { expect } from './fixtures'

/** A time as the desk says it: with its day where that is not today. Begins and ends as given. */
export const saysTime = (before: string, after = '') => new RegExp(`${before} (\\d{1,2} \\w+, )?\\d\\d:\\d\\d${after}`)

/** The desk as its person uses it. */
export const card = (page: Page) => page.locator('[data-lease]')
export const mainKey = (page: Page) => page.locator('.main-key')
export const leaseOf = (page: Page): Promise<string | null> => card(page).getAttribute('data-lease')
export const nameOf = (page: Page): Promise<string> => card(page).locator('h1').innerText()
export const attemptOf = (page: Page) => card(page).locator('[data-attempt]')
/** The newest of "just done". */
export const justDone = (page: Page) => page.locator('[data-done]').first()

export async function goAvailable(page: Page): Promise<void> {
  await page.goto('/desk')
  await page.locator('[data-ready]').waitFor()
  await expect(page.locator('[data-line]').first()).toHaveAttribute('data-line', /live|registered/)
  if ((await mainKey(page).getAttribute('data-does')) === 'go-available') await mainKey(page).click()
  await expect(page.locator('body')).toHaveAttribute('data-state', /available|with-customer/)
}

/** The next customer by its key; answers the lease. */
export async function nextCustomer(page: Page): Promise<string> {
  await expect(mainKey(page)).toHaveAttribute('data-does', 'next')
  await page.keyboard.press('n')
  await card(page).waitFor()
  return (await leaseOf(page))!
}

/** A disposition by its digit, then Enter. */
export async function say(page: Page, digit: string): Promise<void> {
  await page.keyboard.press(digit)
  await expect(mainKey(page)).toHaveAttribute('data-does', 'save')
  await page.keyboard.press('Enter')
}

/** Another customer than the one of that lease. */
export async function anotherThan(page: Page, lease: string): Promise<string> {
  await page.waitForFunction((known) => {
    const shown = document.querySelector<HTMLElement>('[data-lease]')?.dataset.lease
    return shown !== undefined && shown !== known
  }, lease)
  return (await leaseOf(page))!
}
