import { describe, expect, it } from 'vitest'
import type { CallView } from '#shared/protocol/calls'
import { api, signedIn } from '#tests/support/workerd/people'
import { hangUp, talking } from '#tests/support/workerd/phones'

const LEG = { mos: 4.21, worstMos: 3.1, loss: 0.0125, delayMs: 84, jitterMs: 3, seconds: 61, codec: 'opus' }
const report = (callId: string, as: { token: string }, body: object = LEG) =>
  api(`/api/calls/${callId}/quality`, { method: 'PUT', as, body })

describe('how a call sounded', () => {
  it('[PHONE-7] is kept for each leg with the call, by the phones that took part, the longest report of each', async () => {
    const call = await talking()
    const { people, callId } = call
    const carol = await signedIn('supervisor', 'carol')
    await hangUp(call)
    expect((await report(callId, people.alice)).status).toBe(204)
    expect((await report(callId, people.bob, { ...LEG, mos: 2.5, jitterMs: null })).status).toBe(204)
    // a report of another tab, of less of the call, changes nothing; the same again neither
    expect((await report(callId, people.alice, { ...LEG, mos: 1, seconds: 5 })).status).toBe(204)
    const kept = async () => {
      const answer = await api(`/api/calls/${callId}`, { as: carol })
      return answer.ok ? (await answer.json<CallView>()).legs : []
    }
    await expect.poll(async () => (await kept()).length, { timeout: 10_000 }).toBe(2)
    expect(await kept()).toEqual(
      expect.arrayContaining([
        { ...LEG, userId: people.alice.id },
        { ...LEG, mos: 2.5, jitterMs: null, userId: people.bob.id },
      ]),
    )
    const page = await api('/api/calls', { as: people.alice })
    expect((await page.json<{ items: CallView[] }>()).items[0]!.legs).toHaveLength(2)
  })

  it('[PHONE-7] nobody reports of a call that is not theirs, nor what cannot be', async () => {
    const call = await talking()
    const mallory = await signedIn('agent', 'mallory')
    expect((await report(call.callId, mallory)).status).toBe(404)
    for (const wrong of [{ mos: 5 }, { loss: 2 }, { seconds: 0 }, { codec: 'mp3' }])
      expect((await report(call.callId, call.people.alice, { ...LEG, ...wrong })).status).toBe(422)
    await hangUp(call)
  })
})
