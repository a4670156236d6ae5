import {
  anotherThan,
  card,
  goAvailable,
  justDone,
  leaseOf,
  mainKey,
  nameOf,
  nextCustomer,
  say,
  saysTime,
} from './desks'
import { expect, POOLS, test } from './fixtures'
import { Programs } from './pools'

test.use(POOLS)

const ROUNDS = 50

test('[POOL-1] alice and bob press at the same moment, fifty times: never the same customer', async ({
  person,
  house,
}) => {
  test.setTimeout(300_000)
  const programs = await Programs.of(house)
  const poolId = await programs.onlyPool('Fifty rounds', ROUNDS * 2 + 10)
  const desks = await Promise.all([person('alice'), person('bob')])
  await Promise.all(desks.map(goAvailable))
  const given: string[] = []
  let leases = await Promise.all(desks.map(nextCustomer))
  given.push(...leases)
  for (let round = 1; round < ROUNDS; round++) {
    await Promise.all(desks.map((desk) => desk.keyboard.press('2')))
    await Promise.all(desks.map((desk) => desk.keyboard.press('Enter')))
    leases = await Promise.all(desks.map((desk, at) => anotherThan(desk, leases[at]!)))
    given.push(...leases)
  }
  const entries = given.map((lease) => lease.split(':')[1])
  expect(new Set(entries).size).toBe(ROUNDS * 2)
  await expect.poll(async () => (await programs.stats(poolId)).completed).toBe(ROUNDS * 2 - 2)
  expect((await programs.attempts(poolId)).length).toBe(ROUNDS * 2 - 2)
})

test('[POOL-4] a reload and a second tab keep the same customer, and what was typed', async ({ person, house }) => {
  await (await Programs.of(house)).onlyPool('One lease', 20, { script: 'Hello {name}, this is {agent}.' })
  const alice = await person('alice')
  await goAvailable(alice)
  const lease = await nextCustomer(alice)
  const name = await nameOf(alice)
  await expect(alice.getByText(`Hello ${name}, this is Alice Moreno.`)).toBeVisible()
  await expect(card(alice).locator('[data-attempt]')).toHaveText('Attempt 1 of 3')
  await expect(card(alice)).toContainText('+44 20 7946')
  await alice.keyboard.press('j')
  await alice.keyboard.type('prefers mornings')
  await alice.keyboard.press('Escape')
  await alice.reload()
  await card(alice).waitFor()
  expect(await leaseOf(alice)).toBe(lease)
  await expect(alice.getByLabel('Note')).toHaveValue('prefers mornings')

  const spare = await alice.context().newPage()
  await spare.goto('/desk')
  await card(spare).waitFor()
  expect(await leaseOf(spare)).toBe(lease)
  await expect(spare.getByLabel('Note')).toHaveValue('prefers mornings')

  // Said in one tab, it is said in both, once.
  await say(spare, '1')
  const next = await anotherThan(spare, lease)
  await expect.poll(() => leaseOf(alice)).toBe(next)
})

test('[POOL-7] skip gives the customer back with a reason, and books nothing', async ({ person, house }) => {
  const programs = await Programs.of(house)
  const poolId = await programs.onlyPool('Skips', 3)
  const alice = await person('alice')
  await goAvailable(alice)
  const lease = await nextCustomer(alice)
  const name = await nameOf(alice)
  await alice.keyboard.press('s')
  const skip = alice.getByRole('dialog')
  await expect(skip.getByRole('button', { name: 'Skip and next' })).toBeDisabled()
  await skip.getByRole('button', { name: 'I know this person' }).click()
  await skip.getByRole('button', { name: 'Skip and next' }).click()
  await anotherThan(alice, lease)
  await expect(justDone(alice)).toContainText(name)
  await expect(justDone(alice)).toContainText('Skipped')
  expect(await programs.attempts(poolId)).toEqual([])
})

test('[POOL-8] nothing due says why, and when', async ({ person, house }) => {
  await (await Programs.of(house)).onlyPool('Three', 3)
  const [alice, bob] = await Promise.all([person('alice'), person('bob')])
  await Promise.all([goAvailable(alice), goAvailable(bob)])
  let lease = await nextCustomer(alice)
  await say(alice, '5')
  lease = await anotherThan(alice, lease)
  await say(alice, '2')
  await anotherThan(alice, lease)
  await bob.keyboard.press('n')
  await expect(bob.getByRole('heading', { name: saysTime('^No one can be called before', '$') })).toBeVisible()
  await expect(bob.locator('[data-block=notDue]')).toContainText('1')
  await expect(bob.locator('[data-block=leased]')).toContainText('1')
  await expect(bob.locator('[data-block=completed]')).toContainText('1')
  await expect(mainKey(bob)).toContainText(saysTime('Next at'))
})
