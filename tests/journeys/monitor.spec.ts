import type { Page } from '@playwright/test'
import { expect, newContext, test } from './fixtures'
import { expectCall, openDesk, takeCustomer } from './telephones'
import { hum, tonesAt } from './tones'

test.use({ file: 'monitor' })

const [ALICE, CUSTOMER, SUPERVISOR] = [500, 900, 1300]
const ALL = [ALICE, CUSTOMER, SUPERVISOR]

/** Who hears whom, all in the same moments; and then for longer, that nobody comes to hear more. */
async function expectHeard(pages: { alice: Page; customer: Page; supervisor: Page }, wanted: Record<string, number[]>) {
  const hear = async (who: string) => [who, await tonesAt(pages[who as 'alice'], ALL)] as const
  await expect
    .poll(async () => Object.fromEntries(await Promise.all(Object.keys(wanted).map(hear))), { timeout: 15_000 })
    .toEqual(wanted)
  const more = await Promise.all(
    Object.entries(wanted).map(async ([who, tones]) => {
      const heard = await tonesAt(pages[who as 'alice'], ALL, 800)
      return heard.filter((tone) => !tones.includes(tone)).map((tone) => `${who} hears ${tone}`)
    }),
  )
  expect(more.flat()).toEqual([])
}

test('[SIP-10] a supervisor listens, whispers, joins and takes over: the customer hears them only when they join', async ({
  browser,
  house,
  person,
}) => {
  const [alice, supervisor] = await Promise.all([person('alice'), person('supervisor')])
  const theirs = await newContext(browser, house)
  await Promise.all([hum(alice.context(), ALICE), hum(theirs, CUSTOMER), hum(supervisor.context(), SUPERVISOR)])
  const customer = await theirs.newPage()
  await customer.goto(`${house.url}/demo/telephone`)
  const telephone = customer.locator('[data-line]')
  await expect(telephone).toHaveAttribute('data-line', 'registered')
  await openDesk(alice, house)
  await takeCustomer(alice)
  await alice.keyboard.press('c')
  await customer.getByRole('button', { name: 'Answer', exact: true }).click()
  await expectCall(alice, 'talking')

  const pages = { alice, customer, supervisor }
  const bar = supervisor.locator('[data-monitor]')
  const told = alice.locator('[data-monitored]')
  await supervisor.goto(`${house.url}/floor`)
  await supervisor
    .getByRole('button', { name: /Alice Moreno/ })
    .first()
    .click()
  await supervisor.keyboard.press('l')
  await expect(bar).toHaveAttribute('data-state', 'on')
  await expect(bar).toContainText('Nobody hears you')
  await expect(told).toContainText('listens')
  await expectHeard(pages, { supervisor: [ALICE, CUSTOMER], alice: [CUSTOMER], customer: [ALICE] })

  await supervisor.keyboard.press('w')
  await expect(bar).toHaveAttribute('data-monitor', 'whisper')
  await expect(told).toContainText('speaks to you')
  await expectHeard(pages, { alice: [CUSTOMER, SUPERVISOR], customer: [ALICE], supervisor: [ALICE, CUSTOMER] })

  await supervisor.getByRole('radio', { name: 'Join' }).click()
  await expect(bar).toContainText('Both hear you')
  await expectHeard(pages, {
    customer: [ALICE, SUPERVISOR],
    alice: [CUSTOMER, SUPERVISOR],
    supervisor: [ALICE, CUSTOMER],
  })
  // on hold nothing goes to the customer, and the supervisor is still there afterwards
  await alice.keyboard.press('h')
  await expectHeard(pages, { customer: [] })
  await alice.keyboard.press('h')
  await expectHeard(pages, { customer: [ALICE, SUPERVISOR] })

  await supervisor.keyboard.press('l')
  await expectHeard(pages, { customer: [ALICE], alice: [CUSTOMER], supervisor: [ALICE, CUSTOMER] })

  await supervisor.keyboard.press('Shift+T')
  await expectCall(alice, 'ended')
  await expect(alice.locator('.phone').getByText(/took the call over/)).toBeVisible()
  await expect(bar).toBeHidden()
  await expectCall(supervisor, 'talking')
  await expectHeard(pages, { customer: [SUPERVISOR], supervisor: [CUSTOMER] })
  await supervisor.keyboard.press('Shift+E')
  await expect(telephone).toHaveAttribute('data-state', 'ended')
  await theirs.close()
})
