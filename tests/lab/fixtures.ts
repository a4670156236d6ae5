import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from '@playwright/test'
import type { Trunk, TrunkState } from '../../shared/protocol/trunks'
import { api, expect, PASSWORD as PEOPLES_PASSWORD, test as base, token } from '../journeys/fixtures'
import { openDesk } from '../journeys/telephones'
import { CHROMIUM_FLAGS, findChromium } from '../support/chromium'
import { startHouse, type House } from '../support/house'
import { DOMAIN, MICROPHONE_TONE, PASSWORD, startLab, type Lab } from './lab'
import { writeTone } from './sound'

/** A house with a trunk to the lab's SBC, whose number is Alice's: the specs that use it share one of each, and a browser. */
export const DID = '+15558887777'
const microphone = path.join(tmpdir(), `switchroom-microphone-${process.pid}.wav`)

type Shared = { house: House; lab: Lab; admin: string; trunkId: string; desk: Page }

export const test = base.extend<{ whatTheHouseSaid: void }, Omit<Shared, 'house'> & { house: House }>({
  /** Beside what failed: who reads of it elsewhere has no house to look at. */
  whatTheHouseSaid: [
    async ({ house }, use, info) => {
      const before = house.output().length
      await use()
      if (info.status === info.expectedStatus) return
      throw new Error(`meanwhile the house said:\n${house.output().slice(before).slice(-4_000)}`)
    },
    { auto: true },
  ],
  house: [
    async ({ lab }, use) => {
      const env = { NODE_EXTRA_CA_CERTS: lab.authority }
      const house = await startHouse({ demo: true, password: PEOPLES_PASSWORD, env })
      await use(house)
      await house.stop()
    },
    { scope: 'worker', timeout: 240_000 },
  ],
  lab: [
    async ({}, use) => {
      const lab = await startLab()
      await use(lab)
      await lab.stop()
    },
    { scope: 'worker' },
  ],
  admin: [async ({ house }, use) => use(await token(house, 'admin')), { scope: 'worker' }],
  trunkId: [
    async ({ house, lab, admin }, use) => {
      const { items } = (await api<{ items: { id: string; username: string }[] }>(house, admin, 'GET', '/api/users'))
        .body
      const alice = items.find(({ username }) => username === 'alice')!
      const made = await connect(house, admin, {
        ...trunkAt(lab.sbc.url),
        numbers: [{ number: DID, userId: alice.id }],
      })
      await use(made.id)
    },
    { scope: 'worker' },
  ],
  /** Alice's desk, available. */
  desk: [
    async ({ browser, house, trunkId: _ready }, use) => {
      const context = await browser.newContext({ baseURL: house.url, locale: 'en-GB', permissions: ['microphone'] })
      const page = await context.newPage()
      await page.goto(`${house.url}/sign-in`)
      await page.locator('input[name=username]').fill('alice')
      await page.locator('input[name=password]').fill(PEOPLES_PASSWORD)
      await page.locator('button[type=submit]').click()
      await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
      await openDesk(page, house)
      await use(page)
      await context.close()
    },
    { scope: 'worker' },
  ],
  launchOptions: [
    async ({}, use) => {
      writeTone(microphone, MICROPHONE_TONE, 10, { rate: 48_000, bursts: true })
      await use({
        executablePath: findChromium(),
        args: [...CHROMIUM_FLAGS, `--use-file-for-fake-audio-capture=${microphone}`],
        ignoreDefaultArgs: ['--mute-audio'],
      })
    },
    { scope: 'worker' },
  ],
})

export const trunkAt = (url: string) => ({
  name: 'Lab',
  url,
  domain: DOMAIN,
  username: 'switchroom',
  password: PASSWORD,
  callerNumber: DID,
})
/** Makes a trunk and waits until it is registered. */
export async function connect(house: House, admin: string, trunk: object): Promise<Trunk> {
  const made = await api<Trunk>(house, admin, 'POST', '/api/trunks', trunk)
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  await expectPhase(house, admin, made.body.id, 'registered')
  return made.body
}
export const trunksOf = async (house: House, admin: string) =>
  (await api<{ items: Trunk[] }>(house, admin, 'GET', '/api/trunks')).body.items
export const stateOf = async (house: House, admin: string, id: string): Promise<TrunkState> =>
  (await trunksOf(house, admin)).find((trunk) => trunk.id === id)!.state
export const expectPhase = (house: House, admin: string, id: string, phase: TrunkState['phase'], timeout = 10_000) =>
  expect.poll(async () => (await stateOf(house, admin, id)).phase, { timeout, intervals: [50] }).toBe(phase)
