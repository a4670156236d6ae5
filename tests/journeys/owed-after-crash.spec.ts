import { chromium } from '@playwright/test'
import { CHROMIUM_FLAGS, findChromium } from '../support/chromium'
import { card, mainKey, nameOf } from './desks'
import { api, expect, newContext, signIn, test, token } from './fixtures'
import { Programs } from './pools'
import { expectCall, openDesk, openTelephone, takeCustomer } from './telephones'

test.use({ file: 'owed-after-crash' })

test('[POOL-17] a browser killed in the call: the next sign-in asks what came of it, and it is settled once', async ({
  browser,
  person,
  house,
}) => {
  const programs = await Programs.of(house)
  const poolId = await programs.onlyPool('Crashed', 3)
  const telephone = await openTelephone(browser, house)
  const server = await chromium.launchServer({
    executablePath: findChromium(),
    args: CHROMIUM_FLAGS,
    ignoreDefaultArgs: ['--mute-audio'],
  })
  const doomed = await (await newContext(await chromium.connect(server.wsEndpoint()), house)).newPage()
  await signIn(doomed, house, 'alice')
  await openDesk(doomed, house)
  await takeCustomer(doomed)
  const name = await nameOf(doomed)
  await doomed.keyboard.press('c')
  await telephone.state('ringing-in')
  await telephone.answer()
  await expectCall(doomed, 'talking')

  server.process().kill('SIGKILL')
  await telephone.hangUp()
  const asAlice = await token(house, 'alice')
  const owed = async () =>
    (await api<{ owed: { entryId: string }[] }>(house, asAlice, 'GET', '/api/me/current')).body.owed.length
  await expect.poll(owed).toBe(1)

  // another browser that knows nothing of it
  const alice = await person('alice', { path: '/desk' })
  await expect(card(alice).locator('h1')).toHaveText(name)
  await expect(mainKey(alice)).toHaveAttribute('data-does', 'choose')
  await alice.keyboard.press('2')
  await expect(mainKey(alice)).toHaveAttribute('data-does', 'save')
  await alice.keyboard.press('Enter')
  await expect.poll(owed).toBe(0)
  const books = async () =>
    (await programs.attempts(poolId)).map(({ disposition, byHandset }) => ({ disposition, byHandset }))
  await expect.poll(books).toEqual([{ disposition: 'reached', byHandset: false }])

  // the next customer came with it, and nothing is asked again
  await expect(card(alice).locator('h1')).toHaveText(/^Erin/)
  await expect(card(alice).locator('h1')).not.toHaveText(name)
  await alice.reload()
  await expect(card(alice).locator('h1')).toHaveText(/^Erin/)
  await expect(card(alice).locator('h1')).not.toHaveText(name)
  expect((await programs.stats(poolId)).completed).toBe(1)
  expect(await books()).toHaveLength(1)
  await telephone.close()
})
