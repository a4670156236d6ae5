import { describe, expect, it } from 'vitest'
import { roomOf, watch, withCustomer } from '#tests/support/workerd/agents'
import { phoneOf } from '#tests/support/workerd/phones'
import { api, signedIn } from '#tests/support/workerd/people'

describe('a number that comes onto a list while its customer is in hand', () => {
  it('[POOL-16] its holder hears at once who did it, holds nothing, and is refused the Call', async () => {
    const { alice, held } = await withCustomer('alice')
    const carol = await signedIn('supervisor', 'carol')
    const desk = await watch(alice)
    const phone = await phoneOf(alice)
    const { phone: number } = held.customer
    const listedAt = Date.now()
    const put = await api(`/api/do-not-call/${encodeURIComponent(number)}`, { as: carol, method: 'PUT', body: {} })
    expect(put.status).toBe(200)
    const released = () => desk.heard.find((event) => event.type === 'lease-released')
    await desk.until(() => released() !== undefined)
    expect(released()).toMatchObject({ leaseId: held.lease.id, by: 'carol', reason: 'do-not-call' })
    expect(released()!.at - listedAt).toBeLessThan(1_000)
    expect((await roomOf(alice).current(alice.actor)).lease).toBeNull()
    phone.invite(number, { headers: [`X-Switchroom-Lease: ${held.lease.id}`] })
    const refused = await phone.response(403, 'INVITE')
    expect(refused.header('X-Switchroom-Refusal')).toBe('do-not-call')
    phone.unplug()
  })
})
