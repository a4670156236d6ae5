import { api, expect, test, token } from './fixtures'
import { expectCall, expectHears, heardDuring, openDesk } from './telephones'

test.use({ file: 'server-hold' })

test('[SIP-4] the supervisor holds a call of two agents, resumes it and ends it; their pages do nothing', async ({
  person,
  house,
}) => {
  const carol = await token(house, 'supervisor')
  // the browser is their telephone, whether or not a customer's telephone is open
  const dialWith = async (username: string, how: string) =>
    api(house, await token(house, username), 'PATCH', '/api/me', { dialWith: how })
  await Promise.all([dialWith('alice', 'browser'), dialWith('bob', 'browser')])
  const [alice, bob] = await Promise.all([person('alice'), person('bob')])
  await openDesk(alice, house)
  await openDesk(bob, house)
  await alice.getByRole('textbox', { name: 'Number or extension' }).fill('102')
  await alice.getByRole('button', { name: 'Call', exact: true }).click()
  await expectCall(bob, 'ringing-in')
  await bob.getByRole('button', { name: 'Answer' }).click()
  await expectCall(alice, 'talking')
  await Promise.all([expectHears(alice), expectHears(bob)])

  const live = async () => {
    const { body } = await api<{ calls: { callId: string; state: string; endedAt: number | null }[] }>(
      house,
      carol,
      'GET',
      '/api/floor/main',
    )
    return body.calls.find((call) => call.endedAt === null)
  }
  const { callId } = (await live())!
  const tell = (what: string) => api(house, carol, 'POST', `/api/calls/${callId}/${what}`)

  expect(await tell('hold')).toMatchObject({ status: 200, body: { held: true } })
  await expect.poll(async () => (await live())?.state).toBe('on-hold')
  for (const page of [alice, bob])
    await expect.poll(async () => (await heardDuring(page, 1_000)).received).toBeLessThan(5)

  expect(await tell('resume')).toMatchObject({ status: 200, body: { held: false } })
  await expect.poll(async () => (await live())?.state).toBe('in-progress')
  await Promise.all([expectHears(alice), expectHears(bob)])

  expect(await tell('end')).toMatchObject({ status: 200, body: { ended: true } })
  await Promise.all([expectCall(alice, 'ended'), expectCall(bob, 'ended')])
  await Promise.all([dialWith('alice', 'auto'), dialWith('bob', 'auto')])
})
