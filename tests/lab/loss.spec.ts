import { expect } from '../journeys/fixtures'
import { expectCall, expectHears, openDesk } from '../journeys/telephones'
import { test } from './fixtures'
import { LossyRoad } from './lossy-road'

/** Seconds that are judged at each loss; the panel shows a new figure every second. */
const JUDGED = 3

test('[PHONE-7] the more of a call is lost, the worse it is said to sound: nothing, 3 %, 10 %', async ({
  desk: alice,
  person,
  house,
}) => {
  const road = new LossyRoad()
  const bob = await person('bob')
  await openDesk(bob, house)
  try {
    for (const page of [alice, bob]) await road.lay(page)
    await alice.keyboard.press('1')
    await alice.keyboard.type('02')
    await alice.keyboard.press('Enter')
    await expectCall(bob, 'ringing-in')
    await bob.keyboard.press('Enter')
    await expect(() => expectHears(alice)).toPass({ timeout: 40_000 })

    // the first seconds of a call are not measured yet
    await expect(alice.locator('.phone .quality b')).toHaveText(/\d[.,]\d/, { timeout: 20_000 })
    const scores: number[] = []
    for (const loss of [0, 0.03, 0.1]) {
      road.loss = loss
      // the next figure may be of the loss before
      const passed = loss === 0 ? 0 : 2
      scores.push(await alice.locator('.phone .quality').evaluate(meanScore, { passed, judged: JUDGED }))
    }
    const [clean, some, much] = scores as [number, number, number]
    expect(clean, `scores ${scores.join(', ')}`).toBeGreaterThan(some + 0.1)
    expect(some, `scores ${scores.join(', ')}`).toBeGreaterThan(much + 0.3)
    await alice.keyboard.press('Shift+E')
    await expectCall(bob, 'ended')
  } finally {
    road.close()
    // its next calls go straight
    await alice.reload()
    await expect(alice.locator('[data-line=registered]').first()).toBeVisible()
  }
})

/** Of the figures that the quality line shows, second by second, after so many that are passed over. */
async function meanScore(line: Element, { passed, judged }: { passed: number; judged: number }): Promise<number> {
  const score = () => Number(/(\d[.,]\d)/.exec(line.querySelector('b')?.textContent ?? '')?.[1]?.replace(',', '.'))
  const figures: number[] = []
  // a figure that stays the same is no change of the page: each second is one
  for (let second = 0; second < passed + judged; second++) {
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    if (second >= passed) figures.push(score())
  }
  return figures.reduce((sum, figure) => sum + figure, 0) / figures.length
}
