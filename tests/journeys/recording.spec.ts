import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { chromium, type Browser, type Page } from '@playwright/test'
import type { RecordingPage } from '#shared/protocol/recordings'
import { CHROMIUM_FLAGS, findChromium } from '../support/chromium'
import type { House } from '../support/house'
import { api, beginSession, expect, PASSWORD, test, token } from './fixtures'
import { Programs } from './pools'
import { expectCall, expectHears, openDesk, openTelephone, takeCustomer } from './telephones'

test.use({ file: 'recording' })
/** Also when the journey fails on its way, nothing is left running. */
const running: (() => void)[] = []
test.afterEach(() => running.splice(0).forEach((kill) => kill()))

test('[PHONE-11] the browser killed in a recorded call, the next sign-in delivers it, a supervisor plays it', async ({
  browser,
  person,
  house,
}) => {
  // three browsers, one of them started twice
  test.setTimeout(120_000)
  const poolId = await (await Programs.of(house)).onlyPool('Recorded', 3)
  const admin = await token(house, 'admin')
  expect((await api(house, admin, 'PATCH', `/api/pools/${poolId}`, { recording: 'always' })).status).toBe(200)
  const list = async () => (await api<RecordingPage>(house, admin, 'GET', '/api/recordings')).body.items
  const telephone = await openTelephone(browser, house)
  await telephone.answerByItself()

  const profile = test.info().outputPath('profile')
  const first = await ownBrowser(profile)
  const doomed = await deskOf(first.browser, house)
  await doomed.keyboard.press('c')
  await expectCall(doomed, 'talking')
  const strip = doomed.locator('[data-recording]')
  await expect(strip).toHaveAttribute('data-recording', 'on')
  await expectHears(doomed, 0.000001)

  await test.step('muted, the agent is not in it; paused by R, nobody is; it arrives while the call runs', async () => {
    await doomed.keyboard.press('m')
    await doomed.keyboard.press('r')
    await expect(strip).toHaveAttribute('data-recording', 'paused')
    await doomed.keyboard.press('r')
    await expect(strip).toHaveAttribute('data-recording', 'on')
    await expect.poll(async () => (await list())[0]?.bytes ?? 0, { timeout: 20_000 }).toBeGreaterThan(0)
    expect((await list())[0]).toMatchObject({ state: 'recording', consent: 'told', poolId })
  })

  await test.step('the edge is away, then the browser is killed: what was recorded meanwhile is on its disk', async () => {
    await doomed.context().setOffline(true)
    await expect.poll(() => keptChunks(doomed), { timeout: 20_000 }).toBeGreaterThan(0)
    first.kill()
    await telephone.hangUp()
  })
  const arrived = (await list())[0]!.bytes

  const second = await ownBrowser(profile)
  const again = second.browser.contexts()[0]!
  await beginSession(again, house, 'alice', PASSWORD)
  const alice = await again.newPage()
  await alice.goto(`${house.url}/calls`)
  await expect.poll(async () => (await list())[0]?.state, { timeout: 30_000 }).toBe('finished')
  const whole = (await list())[0]!
  expect(whole.bytes).toBeGreaterThan(arrived)
  expect(whole).toMatchObject({ isCut: true, channels: 2, gaps: [expect.objectContaining({ why: 'hand' })] })
  expect(await keptChunks(alice)).toBe(0)
  await second.browser.close()
  second.kill()

  const carol = await person('supervisor', { path: '/recordings' })
  await carol.getByRole('button', { name: /^Listen to Alice Moreno/ }).click()
  const player = carol.locator('[data-player]')
  await test.step('the voice of the telephone is on the right, and the muted agent is not on the left', async () => {
    const loud = await loudness(carol, whole.id)
    // its length in the books is that of its sound
    expect(Math.abs(loud.seconds - whole.durationMs / 1000)).toBeLessThan(1)
    // its second half: the agent was not muted from the first moment
    expect(loud.right).toBeGreaterThan(0.01)
    expect(loud.left).toBeLessThan(loud.right / 10)
  })
  await test.step('it plays, faster, from where one likes, one side alone', async () => {
    await player.getByRole('radio', { name: '2×' }).click()
    await player.getByRole('radio', { name: 'Other side' }).click()
    await player.getByRole('button', { name: 'Play', exact: true }).click()
    const position = player.getByRole('slider', { name: 'Position' })
    await expect.poll(async () => Number(await position.inputValue())).toBeGreaterThan(300)
    // to its end, and back by the keyboard
    await expect(player.getByRole('button', { name: 'Play', exact: true })).toBeVisible({ timeout: 15_000 })
    const end = Number(await position.inputValue())
    await position.press('ArrowLeft')
    await expect.poll(async () => Number(await position.inputValue())).toBeLessThan(Math.max(end - 4_000, 100))
  })
  await test.step('who listened is shown, and who downloaded', async () => {
    await expect(player.locator('[data-listens] li')).toHaveText([/^Carol Adeyemi listened/])
    const download = carol.waitForEvent('download')
    await player.getByRole('button', { name: 'Download' }).click()
    expect((await download).suggestedFilename()).toMatch(/\.webm$/)
    await expect(player.locator('[data-listens] li')).toHaveCount(2)
  })
  await telephone.close()
})

/** A browser with a profile on the disk: what was stored outlives its process. Connected to, so that it can be killed like any. */
async function ownBrowser(profile: string): Promise<{ browser: Browser; kill: () => void }> {
  rmSync(`${profile}/SingletonLock`, { force: true })
  const flags = [...CHROMIUM_FLAGS, '--headless=new', `--user-data-dir=${profile}`, '--remote-debugging-port=0']
  const child = spawn(findChromium(), [...flags, '--no-default-browser-check', 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  })
  const kill = () => {
    try {
      process.kill(-child.pid!, 'SIGKILL')
    } catch {
      // gone already
    }
  }
  running.push(kill)
  const address = await new Promise<string>((found, fail) => {
    let said = ''
    child.stderr!.on('data', (part: Buffer) => {
      said += part.toString()
      const at = /DevTools listening on (ws:\S+)/.exec(said)?.[1]
      if (at) found(at)
    })
    child.once('exit', () => fail(new Error(said)))
  })
  return { browser: await chromium.connectOverCDP(address), kill }
}

async function deskOf(browser: Browser, house: House): Promise<Page> {
  const context = browser.contexts()[0]!
  await context.grantPermissions(['microphone', 'notifications'], { origin: house.url })
  await beginSession(context, house, 'alice', PASSWORD)
  const page = await context.newPage()
  await page.setViewportSize({ width: 1280, height: 720 })
  await openDesk(page, house)
  await takeCustomer(page)
  return page
}

/** Chunks on this browser's disk that the edge does not have. */
const keptChunks = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((count, fail) => {
        const opening = indexedDB.open('switchroom-recordings-alice')
        opening.onerror = () => fail(new Error('no database'))
        opening.onsuccess = () => {
          const counting = opening.result.transaction('chunks').objectStore('chunks').count()
          counting.onsuccess = () => {
            count(counting.result)
            opening.result.close()
          }
        }
      }),
  )

/** Root mean square of each channel of its second half. */
const loudness = (page: Page, id: string) =>
  page.evaluate(async (recordingId) => {
    const answer = await fetch(`/api/recordings/${recordingId}/sound`)
    const buffer = await new OfflineAudioContext(2, 1, 48_000).decodeAudioData(await answer.arrayBuffer())
    const of = (channel: number) => {
      const samples = buffer.getChannelData(channel).subarray(buffer.length / 2)
      return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length)
    }
    return { seconds: buffer.duration, left: of(0), right: of(1) }
  }, id)
