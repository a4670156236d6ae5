import type { Browser, BrowserContext, Page } from '@playwright/test'
import { expect, newContext, type PersonOptions } from './fixtures'
import type { House } from '../support/house'

/** What WebRTC itself counts on a page: packets both ways, sound both ways. */
export type Sound = { sent: number; received: number; energyIn: number; energyOut: number; connections: number }

type Watched = typeof globalThis & { connections: RTCPeerConnection[] }

/** Keeps hold of the page's peer connections, so that a journey can ask WebRTC and not the screen. Before the first page. */
export async function watchSound(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const kept: RTCPeerConnection[] = []
    const Real = RTCPeerConnection
    ;(globalThis as Watched).connections = kept
    globalThis.RTCPeerConnection = class extends Real {
      constructor(configuration?: RTCConfiguration) {
        super(configuration)
        kept.push(this)
      }
    }
  })
}

export function soundOf(page: Page): Promise<Sound> {
  return page.evaluate(async () => {
    const sound = { sent: 0, received: 0, energyIn: 0, energyOut: 0, connections: 0 }
    const open = (globalThis as Watched).connections.filter((one) => one.connectionState !== 'closed')
    for (const connection of open) {
      sound.connections++
      for (const entry of (await connection.getStats()).values()) {
        if (entry.type === 'inbound-rtp') {
          sound.received += entry.packetsReceived
          sound.energyIn += entry.totalAudioEnergy ?? 0
        } else if (entry.type === 'outbound-rtp') sound.sent += entry.packetsSent
        else if (entry.type === 'media-source') sound.energyOut += entry.totalAudioEnergy ?? 0
      }
    }
    return sound
  })
}

/** How much more came in while `doing` went on, or in the next `ms`. */
export async function heardDuring(page: Page, ms: number): Promise<Sound> {
  const before = await soundOf(page)
  await page.waitForTimeout(ms)
  const after = await soundOf(page)
  return {
    sent: after.sent - before.sent,
    received: after.received - before.received,
    energyIn: after.energyIn - before.energyIn,
    energyOut: after.energyOut - before.energyOut,
    connections: after.connections,
  }
}

/**
 * Packets and sound energy arrive on this page: the other side is heard. WebRTC counts the energy after the loudspeaker's
 * volume, and a telephone that answers by itself whispers.
 */
export async function expectHears(page: Page, energy = 0.0005): Promise<void> {
  let before = await soundOf(page)
  await expect
    .poll(async () => {
      const now = await soundOf(page)
      // the stream that was counted has gone: a call taken up anew counts from nothing
      if (now.received < before.received || now.energyIn < before.energyIn) before = now
      return { packets: now.received > before.received + 20, sound: now.energyIn > before.energyIn + energy }
    })
    .toEqual({ packets: true, sound: true })
}

/** The customer's telephone in a browser of its own, switched on. */
export async function openTelephone(browser: Browser, house: House, options: PersonOptions = {}): Promise<Telephone> {
  const context = await newContext(browser, house, options)
  await watchSound(context)
  const page = await context.newPage()
  await page.goto(`${house.url}/demo/telephone`)
  const device = page.locator('[data-line]')
  await expect(device).toHaveAttribute('data-line', 'registered')
  return {
    page,
    state: (state) => expect(device).toHaveAttribute('data-state', state),
    answer: () => page.getByRole('button', { name: 'Answer', exact: true }).click(),
    decline: () => page.getByRole('button', { name: 'Decline' }).click(),
    sayBusy: () => page.getByRole('button', { name: 'Say I am busy' }).click(),
    hangUp: () => page.getByRole('button', { name: 'Hang up' }).click(),
    answerByItself: () => page.getByRole('switch').click(),
    close: () => context.close(),
  }
}
export type Telephone = {
  page: Page
  state: (state: 'idle' | 'ringing-in' | 'talking' | 'ended') => Promise<void>
  answer: () => Promise<void>
  decline: () => Promise<void>
  sayBusy: () => Promise<void>
  hangUp: () => Promise<void>
  answerByItself: () => Promise<void>
  close: () => Promise<void>
}

/** The state of the call on an agent's desk. */
export async function expectCall(
  page: Page,
  state: 'none' | 'ringing-out' | 'ringing-in' | 'talking' | 'held' | 'ended',
): Promise<void> {
  await expect(page.locator('.phone[data-call]')).toHaveAttribute('data-call', state)
}

/** A desk whose sound is watched, available, with its line up. */
export async function openDesk(page: Page, house: House): Promise<void> {
  await watchSound(page.context())
  await page.goto(`${house.url}/desk`)
  await page.locator('[data-ready]').waitFor()
  const goAvailable = page.getByRole('button', { name: /^Go available/ })
  if (await goAvailable.isVisible()) await goAvailable.click()
  await expect(page.locator('[data-line=registered]').first()).toBeVisible()
}

/** A customer in hand: the one that was there, or the next. */
export async function takeCustomer(page: Page): Promise<void> {
  const inHand = page.locator('.phone.ready')
  const next = page.getByRole('button', { name: /^Next customer/ })
  // the next one may come by itself while we reach for the key
  await expect(async () => {
    if (!(await inHand.isVisible())) await next.and(page.locator(':not([aria-disabled])')).click({ timeout: 1_500 })
    await expect(inHand).toBeVisible({ timeout: 3_000 })
  }).toPass({ timeout: 20_000 })
}
