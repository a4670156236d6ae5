import {
  anotherThan,
  attemptOf,
  card,
  goAvailable,
  justDone,
  mainKey,
  nameOf,
  nextCustomer,
  say,
  saysTime,
} from './desks'
import { expect, POOLS, test } from './fixtures'
import { Programs } from './pools'

test.use(POOLS)

test('[POOL-11] three no-answers with the simple panel: 1, 2, 3 of 3, then unreachable', async ({ person, house }) => {
  const programs = await Programs.of(house)
  const poolId = await programs.onlyPool('Simple panel', 1, { preset: 'simple-panel' })
  const alice = await person('alice')
  await goAvailable(alice)
  let lease = await nextCustomer(alice)
  const name = await nameOf(alice)
  for (const attempt of [1, 2, 3]) {
    await expect(attemptOf(alice)).toHaveText(`Attempt ${attempt} of 3`)
    expect(await nameOf(alice)).toBe(name)
    await say(alice, '2')
    if (attempt < 3) lease = await anotherThan(alice, lease)
  }
  await expect(alice.getByRole('heading', { name: 'No one can be called now' })).toBeVisible()
  await expect(alice.locator('[data-block=exhausted]')).toContainText('1')
  await expect.poll(async () => (await programs.stats(poolId)).unreachable).toBe(1)
  expect((await programs.attempts(poolId)).map(({ disposition }) => disposition)).toEqual([
    'no-answer',
    'no-answer',
    'no-answer',
  ])
})

test('[POOL-11] no answer comes back after its delay, and the desk says when', async ({ person, house }) => {
  await (await Programs.of(house)).onlyPool('Delays', 4)
  const alice = await person('alice')
  await goAvailable(alice)
  const lease = await nextCustomer(alice)
  await say(alice, '5')
  await anotherThan(alice, lease)
  await expect(justDone(alice)).toContainText(saysTime('No answer, back at'))
})

test('[POOL-15] a callback is promised in the customer’s zone, and stands with its time among the callbacks', async ({
  person,
  house,
}) => {
  const programs = await Programs.of(house)
  const poolId = await programs.onlyPool('Callbacks', 4)
  const alice = await person('alice')
  await goAvailable(alice)
  const lease = await nextCustomer(alice)
  const name = await nameOf(alice)
  await alice.keyboard.press('4')
  await expect(mainKey(alice)).toContainText('Choose a time to call back')
  await alice.locator('[data-slot=in-an-hour]').click()
  await expect(mainKey(alice)).toContainText(saysTime('Call back,'))
  await mainKey(alice).click()
  await anotherThan(alice, lease)
  const callback = alice.locator('.due li', { hasText: name })
  await expect(callback).toBeVisible()
  await expect(callback).toContainText('mine')
  expect((await programs.stats(poolId)).byDisposition['call-back']).toBe(1)
})

test('[POOL-14] a slip is corrected within five minutes, then by others; the attempt stays one, both figures follow', async ({
  person,
  house,
}) => {
  const programs = await Programs.of(house)
  const poolId = await programs.onlyPool('Slips', 4)
  const alice = await person('alice')
  await goAvailable(alice)
  const lease = await nextCustomer(alice)
  const name = await nameOf(alice)
  await say(alice, '5')
  await anotherThan(alice, lease)
  await expect(justDone(alice)).toHaveAttribute('data-tick', 'accepted')
  await alice.keyboard.press('z')
  const sheet = alice.getByRole('dialog', { name: `Correct ${name}` })
  await expect(sheet.getByRole('radio', { name: 'No answer' })).toBeChecked()
  await alice.keyboard.press('1')
  await expect(sheet.getByRole('radio', { name: 'Interested', exact: true })).toBeChecked()
  await sheet.getByRole('button', { name: 'Save the correction' }).click()
  await expect(justDone(alice)).toContainText('Interested')
  await expect(justDone(alice)).toHaveAttribute('data-tick', 'accepted')
  await expect
    .poll(async () =>
      (await programs.attempts(poolId)).map(({ disposition, correctedAt }) => ({
        disposition,
        isCorrected: correctedAt !== null,
      })),
    )
    .toEqual([{ disposition: 'interested', isCorrected: true }])
  expect((await programs.stats(poolId)).completed).toBe(1)

  await test.step('a supervisor corrects it after that; an administrator alone takes do-not-call back', async () => {
    const carol = await person('supervisor', { path: `/attempts?poolId=${poolId}` })
    const pencil = carol.getByRole('button', { name: `Correct ${name}` })
    await pencil.click()
    const theirs = carol.getByRole('dialog', { name: `Correct ${name}` })
    await expect(theirs.getByRole('radio', { name: 'Interested', exact: true })).toBeChecked()
    await theirs.getByRole('radio', { name: 'Do not call' }).click()
    await theirs.getByRole('button', { name: 'Save the correction' }).click()
    await expect(carol.locator('tbody tr')).toContainText(['Do not call'])
    await expect(pencil).toHaveCount(0)
    expect(await programs.stats(poolId)).toMatchObject({ completed: 0, doNotCall: 1, attemptsToday: 1 })

    const admin = await person('admin', { path: `/attempts?poolId=${poolId}` })
    await admin.getByRole('button', { name: `Correct ${name}` }).click()
    await admin.getByRole('dialog').getByRole('radio', { name: 'No answer' }).click()
    await admin.getByRole('dialog').getByRole('button', { name: 'Save the correction' }).click()
    await expect(admin.locator('tbody tr')).toContainText(['No answer'])
    expect(await programs.stats(poolId)).toMatchObject({ doNotCall: 0, pending: 3, leased: 1, attemptsToday: 1 })
  })
})

test('[POOL-16] do not call is durable at once: the customer is out of every pull', async ({ person, house }) => {
  const programs = await Programs.of(house)
  const poolId = await programs.onlyPool('Do not call', 2)
  const alice = await person('alice')
  await goAvailable(alice)
  const lease = await nextCustomer(alice)
  const phone = (await card(alice).locator('.number bdi').first().innerText()).replace(/[^\d+]/g, '')
  await say(alice, '0')
  await anotherThan(alice, lease)
  await expect(justDone(alice)).toHaveAttribute('data-tick', 'accepted')
  expect((await programs.stats(poolId)).doNotCall).toBe(1)
  const listed = await programs.ask<{ listed?: boolean }>('GET', `/api/do-not-call/${encodeURIComponent(phone)}`)
  expect(JSON.stringify(listed)).toContain('true')
})

test('[POOL-13] a note is written and saved by keys alone, and Enter in it is a line', async ({ person, house }) => {
  const programs = await Programs.of(house)
  const poolId = await programs.onlyPool('Notes', 3)
  const alice = await person('alice')
  await goAvailable(alice)
  const lease = await nextCustomer(alice)
  await alice.keyboard.press('3')
  await alice.keyboard.press('j')
  await alice.keyboard.type('no 1 is wrong')
  await alice.keyboard.press('Enter')
  await alice.keyboard.type('call in spring')
  await alice.keyboard.press('Control+Enter')
  await anotherThan(alice, lease)
  await expect
    .poll(async () => (await programs.attempts(poolId)).map(({ note, disposition }) => ({ note, disposition })))
    .toEqual([{ note: 'no 1 is wrong\ncall in spring', disposition: 'not-interested' }])
})
