import { anotherThan, card, goAvailable, justDone, nextCustomer, say } from './desks'
import { expect, POOLS, test } from './fixtures'
import { Programs } from './pools'

test.use(POOLS)

test('[POOL-12] with no line the number stands big, and the disposition books an attempt by handset with no extra click', async ({
  person,
  house,
}) => {
  const programs = await Programs.of(house)
  const poolId = await programs.onlyPool('By handset', 5)
  const alice = await person('alice')
  await goAvailable(alice)
  const lease = await nextCustomer(alice)
  const handset = alice.locator('[data-dial=handset]')
  await expect(handset).toContainText(/\+44 20 7946 \d{4}/)
  await say(alice, '5')
  await anotherThan(alice, lease)
  await expect(justDone(alice)).toHaveAttribute('data-tick', 'accepted')
  await expect
    .poll(async () =>
      (await programs.attempts(poolId)).map(({ disposition, byHandset }) => ({ disposition, byHandset })),
    )
    .toEqual([{ disposition: 'no-answer', byHandset: true }])
})

const forms = [
  { scheme: 'tel', format: 'e164', link: /^tel:\+44\d{10}$/ },
  { scheme: 'callto', format: 'digits', link: /^callto:44\d{10}$/ },
  { scheme: 'sip', format: 'national', link: /^sip:0\d{10}$/ },
] as const
for (const { scheme, format, link } of forms) {
  test(`[POOL-12] with this device as the telephone, Call is a ${scheme}: link, ${format}`, async ({
    person,
    house,
  }) => {
    const programs = await Programs.of(house)
    const poolId = await programs.onlyPool(`By ${scheme}`, 5)
    const alice = await person('alice')
    const chosen = await alice.request.patch('/api/me', {
      data: { dialWith: 'device', deviceDial: { scheme, format } },
      headers: { origin: house.url },
    })
    expect(chosen.ok()).toBe(true)
    await goAvailable(alice)
    await nextCustomer(alice)
    const call = alice.locator('[data-dial-link]')
    await expect(call).toHaveText(/Call with this device/)
    expect(await call.getAttribute('href')).toMatch(link)
    await say(alice, '7')
    await expect.poll(async () => (await programs.attempts(poolId)).map(({ byHandset }) => byHandset)).toEqual([true])
    await alice.request.patch('/api/me', { data: { dialWith: 'auto' }, headers: { origin: house.url } })
  })
}

test('[LOOK-2] on a phone of 360 × 740 the decision and the main key stand in one screen', async ({
  person,
  house,
}) => {
  await (await Programs.of(house)).onlyPool('On a phone', 5)
  const alice = await person('alice', { viewport: { width: 360, height: 740 } })
  await goAvailable(alice)
  await alice.locator('.main-key').click()
  await card(alice).waitFor()
  for (const part of [
    card(alice),
    alice.getByRole('radio', { name: 'Do not call' }),
    alice.getByRole('radio', { name: 'Wrong number' }),
    alice.locator('.main-key'),
  ]) {
    await expect(part).toBeInViewport({ ratio: 1 })
  }
  expect(await alice.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
})
