import { expect, type Page } from '@playwright/test'
import { expectCall, expectHears } from '../journeys/telephones'
import type { House } from '../support/house'
import type { Cable } from './cable'

/**
 * What cuts a call off. `socket`: its TCP is reset. `stall`: its TCP leads nowhere, and nobody is told. `link`: the network goes for some
 * seconds, with the media. `server`: SIGKILL, and a start on what was on the disk.
 */
export const CUTS = ['socket', 'link', 'server', 'stall'] as const
export type Cut = (typeof CUTS)[number]
export type Outcome = {
  cut: Cut
  isKept: boolean
  why: string | null
  /** From the moment the network or server was there again, in ms: both hear; both lines are registered. */
  audioMs: number
  lineMs: number
  /** The longest that one of them heard nothing, the outage included. */
  silenceMs: number
}
export type Scene = { house: House; cable: Cable; alice: Page; bob: Page }

type Watched = {
  flow: [at: number, packets: number][]
  lines: number[]
  said: string[]
  connections?: RTCPeerConnection[]
}

/** Longer than this is not coming back; the call counts as lost. */
const PATIENCE_MS = 30_000

/** Notes on the page when packets came in, and when a SIP socket was opened. After `watchSound`, before the first page. */
export async function watchFlow(page: Page): Promise<void> {
  await page.context().addInitScript(() => {
    const flow: [at: number, packets: number][] = []
    const watched = globalThis as typeof globalThis & Watched
    watched.flow = flow
    watched.lines = []
    const Real = WebSocket
    globalThis.WebSocket = class extends Real {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols)
        if (!String(url).includes('/sip')) return
        this.addEventListener('open', () => watched.lines.push(Date.now()))
        this.addEventListener('close', ({ code }) => note(`closed ${code}`))
        this.addEventListener('message', ({ data }) => note(`< ${String(data)}`))
      }
      override send(data: string): void {
        if (this.url.includes('/sip')) note(`> ${data}`)
        super.send(data)
      }
    }
    watched.said = []
    const note = (text: string) => {
      const cseq = /^CSeq: (.*)$/m.exec(text)?.[1] ?? ''
      if (text.length > 8)
        watched.said.push(`${new Date().toISOString().slice(14, 23)} ${text.split('\r\n')[0]!.slice(0, 40)} ${cseq}`)
      if (watched.said.length > 400) watched.said.splice(0, 200)
    }
    setInterval(() => {
      const open = watched.connections?.filter((one) => one.connectionState !== 'closed') ?? []
      void Promise.all(open.map((one) => one.getStats())).then((reports) => {
        let packets = 0
        for (const report of reports)
          for (const entry of report.values()) if (entry.type === 'inbound-rtp') packets += entry.packetsReceived
        flow.push([Date.now(), packets])
        if (flow.length > 4_000) flow.splice(0, 1_000)
      })
    }, 40)
  })
}

/** When this page had heard ten packets since `since`; null: not yet. And its longest silence since `from`. */
const flowOf = (page: Page, from: number, since: number) =>
  page.evaluate(
    ([from, since]) => {
      const { flow } = globalThis as typeof globalThis & Watched
      const known = flow.filter(([at]) => at >= from - 200)
      const base = known.filter(([at]) => at <= since).at(-1)?.[1] ?? 0
      const again = known.find(([at, packets]) => at > since && packets >= base + 10)?.[0] ?? null
      let silence = 0
      let last = known[0]
      for (const one of known) {
        if (last && one[1] !== last[1]) {
          silence = Math.max(silence, one[0] - last[0])
          last = one
        }
      }
      return { again, silence }
    },
    [from, since] as const,
  )

export async function placeCall({ alice, bob }: Scene): Promise<void> {
  await alice.bringToFront()
  await alice.keyboard.type('102')
  await alice.keyboard.press('Enter')
  await expectCall(bob, 'ringing-in')
  await bob.keyboard.press('Enter')
  await Promise.all([expectCall(alice, 'talking'), expectCall(bob, 'talking')])
  await Promise.all([expectHears(alice), expectHears(bob)])
}

/** Cuts, brings back, and looks what became of the call. `outageMs`: how long the link is away. */
export async function survive(scene: Scene, cut: Cut, outageMs: number): Promise<Outcome> {
  const { alice, bob } = scene
  const from = Date.now()
  const since = await make(scene, cut, outageMs)
  const heard = await Promise.all([alice, bob].map((page) => hears(page, from, since)))
  const isHeard = heard.every(({ again }) => again !== null)
  if (cut !== 'link') await hasNewSocket(alice, from)
  const lines = await Promise.all([alice, bob].map((page) => hasLine(page)))
  const lineMs = Date.now() - since
  const states = await Promise.all(
    [alice, bob].map((page) => page.locator('.phone[data-call]').getAttribute('data-call')),
  )
  const isKept = isHeard && lines.every(Boolean) && states.every((state) => state === 'talking')
  return {
    cut,
    why: isKept ? null : `heard ${isHeard}, lines ${lines.join()}, calls ${states.join()}`,
    isKept,
    audioMs: isHeard ? Math.max(...heard.map(({ again }) => again! - since)) : PATIENCE_MS,
    lineMs,
    silenceMs: Math.max(...heard.map(({ silence }) => silence)),
  }
}

/** The moment all was there again. */
async function make({ house, cable }: Scene, cut: Cut, outageMs: number): Promise<number> {
  switch (cut) {
    case 'socket':
      cable.cutSockets()
      return Date.now()
    case 'stall':
      cable.stallSockets()
      return Date.now()
    case 'link':
      cable.linkDown()
      await new Promise((back) => setTimeout(back, outageMs))
      cable.linkUp()
      return Date.now()
    case 'server':
      await house.kill()
      await house.restart()
      return Date.now()
  }
}

async function hears(page: Page, from: number, since: number) {
  for (;;) {
    const found = await flowOf(page, from, since)
    if (found.again !== null || Date.now() - since > PATIENCE_MS) return found
    await new Promise((later) => setTimeout(later, 60))
  }
}

/** What went over the page's SIP sockets lately, for who looks for what went wrong. */
export const saidOn = (page: Page, most = 40): Promise<string[]> =>
  page.evaluate((most) => (globalThis as typeof globalThis & Watched).said.slice(-most), most)

/** A light may still be green over a socket that has died. */
const hasNewSocket = (page: Page, from: number) =>
  page
    .waitForFunction((from) => (globalThis as typeof globalThis & Watched).lines.some((at) => at >= from), from, {
      timeout: PATIENCE_MS,
    })
    .catch(() => undefined)

const hasLine = (page: Page): Promise<boolean> =>
  expect(page.locator('[data-line=registered]').first())
    .toBeVisible({ timeout: PATIENCE_MS })
    .then(
      () => true,
      () => false,
    )

/** The signalling still reaches the other side: alice holds, bob is told, and alice comes back. */
export async function controls({ alice, bob }: Scene): Promise<void> {
  const told = bob.getByText('The other side put you on hold')
  await alice.keyboard.press('h')
  await expect(told).toBeVisible({ timeout: 15_000 })
  await alice.keyboard.press('h')
  await expect(told).toBeHidden({ timeout: 15_000 })
  await Promise.all([expectCall(alice, 'talking'), expectCall(bob, 'talking')])
}

export async function endCall({ alice, bob }: Scene): Promise<void> {
  await alice.keyboard.press('Shift+E')
  await Promise.all([expectCall(alice, 'ended'), expectCall(bob, 'ended')])
}
