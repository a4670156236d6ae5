import { layCable } from '../survival/cable'
import { controls, CUTS, endCall, placeCall, survive, watchFlow, type Scene } from '../survival/cuts'
import { expect, newContext, signIn, test } from './fixtures'
import { expectHears, openDesk, watchSound } from './telephones'
import { hum } from './tones'

test.use({ file: 'survives-cuts' })

const OUTAGE_MS = 1_000

test('[PHONE-8] a call goes on when its socket is cut, its network goes, the server is killed, and its socket dies without a word', async ({
  browser,
  house,
}) => {
  test.setTimeout(180_000)
  const cable = await layCable(Number(new URL(house.url).port))
  try {
    const agent = async (where: typeof browser, name: string, url: string) => {
      const context = await newContext(where, { ...house, url })
      // the browsers' own test sound is the same on both sides: their echo cancellers take it for an echo, and now and then away
      await hum(context, name === 'alice' ? 500 : 900)
      await watchSound(context)
      const page = await context.newPage()
      await watchFlow(page)
      await signIn(page, { ...house, url }, name)
      await openDesk(page, { ...house, url })
      return page
    }
    const scene: Scene = {
      house,
      cable,
      alice: await agent(cable.browser, 'alice', cable.url),
      bob: await agent(browser, 'bob', house.url),
    }
    await placeCall(scene)
    for (const cut of CUTS) expect(await survive(scene, cut, OUTAGE_MS)).toMatchObject({ cut, isKept: true })
    await Promise.all([expectHears(scene.alice), expectHears(scene.bob)])
    await controls(scene)
    await endCall(scene)
  } finally {
    await cable.close()
  }
})
