import { describe, expect, it } from 'vitest'
import type { Problem } from '#shared/protocol/problem'
import type { WhyNothing } from '#shared/protocol/pool-hours'
import { withCustomer } from '#tests/support/workerd/agents'
import { phoneOf } from '#tests/support/workerd/phones'
import { api, signedIn } from '#tests/support/workerd/people'

describe('a customer in hand when their hours close', () => {
  it('[POOL-18, POOL-20] the edge refuses the Call, in the browser and for this device’s own telephone', async () => {
    const { alice, held } = await withCustomer('alice')
    const carol = await signedIn('supervisor', 'carol')
    const phone = await phoneOf(alice)
    const { poolId, id: entryId } = held.entry
    const path = `/api/pools/${poolId}`
    const dial = () => api(`${path}/dials`, { as: alice, method: 'POST', body: { entryId, token: held.lease.token } })
    expect((await dial()).status).toBe(200)

    const never = { packs: [], week: [[], [], [], [], [], [], []], holidays: [] }
    const bad = await api(path, { as: carol, method: 'PATCH', body: { hours: { ...never, packs: ['XX'] } } })
    expect(bad.status).toBe(422)
    expect((await api(path, { as: carol, method: 'PATCH', body: { hours: never } })).status).toBe(200)

    phone.invite(held.customer.phone, { headers: [`X-Switchroom-Lease: ${held.lease.id}`] })
    const refused = await phone.response(403, 'INVITE')
    expect(refused.header('X-Switchroom-Refusal')).toBe('outside-hours')
    const asked = await dial()
    expect(asked.status).toBe(409)
    expect(((await asked.json()) as Problem).code).toBe('outside-hours')

    const why = (await (await api(`${path}/why`, { as: carol })).json()) as WhyNothing
    expect(why.rules.reduce((sum, { n }) => sum + n, 0)).toBe(why.total)
    expect((await api(`${path}/why`, { as: alice })).status).toBe(403)
    const one = await api(`${path}/entries/${entryId}/why`, { as: carol })
    expect(await one.json()).toMatchObject({ rules: [{ rule: 'leased', agentName: expect.any(String) as string }] })
    phone.unplug()
  })
})
