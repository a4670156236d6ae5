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
    await expectHears(alice)

    const scores: number[] = []
    for (const loss of [0, 0.03, 0.1]) {
      road.loss = loss
      scores.push(await alice.locator('.phone .quality').evaluate(meanScore, JUDGED))
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

/** Of the figures that the quality line shows from the next but one on: the next may be of the loss before. */
async function meanScore(line: Element, judged: number): Promise<number> {
  const score = () => Number(/(\d[.,]\d)/.exec(line.querySelector('b')?.textContent ?? '')?.[1]?.replace(',', '.'))
  const figures: number[] = []
  // a figure that stays the same is no change of the page: each second is one
  for (let second = 0; second < judged + 2; second++) {
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    if (second >= 2) figures.push(score())
  }
  return figures.reduce((sum, figure) => sum + figure, 0) / figures.length
}
