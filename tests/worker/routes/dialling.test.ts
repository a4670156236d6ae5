import { env } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { DialVerdict, DiallingView } from '#shared/protocol/dialling'
import { SipAgent } from '#tests/support/sip-agent'
import { api, signedIn, type Person } from '#tests/support/workerd/people'
import { demoWire, phoneOf } from '#tests/support/workerd/phones'
import { meterRoom } from '#worker/rooms/doors'

const read = async (as: Person) => (await api('/api/dialling-rules', { as })).json<DiallingView>()
async function change(dora: Person, wanted: Partial<DiallingView['rules']>): Promise<Response> {
  const { rules } = await read(dora)
  return api('/api/dialling-rules', { as: dora, method: 'PUT', body: { ...rules, ...wanted } })
}
const refusalOf = async (phone: SipAgent, number: string) => {
  phone.invite(number)
  return (await phone.next((heard) => heard.status >= 300)).header('X-Switchroom-Refusal')
}

describe('dialling rules', () => {
  it('[SIP-7] an administrator sets them, and the next call of everybody obeys; supervisors read', async () => {
    const [dora, carol, alice] = [
      await signedIn('administrator', 'dora'),
      await signedIn('supervisor', 'carol'),
      await signedIn('agent', 'alice'),
    ]
    const phone = await phoneOf(alice)
    expect((await change(dora, { countries: ['TR'] })).status).toBe(200)
    expect(await refusalOf(phone, '+4930123456')).toBe('country-not-allowed')
    expect((await change(dora, { countries: null, exceptions: [{ prefix: '+4930', allow: false }] })).status).toBe(200)
    expect(await refusalOf(phone, '+4930123456')).toBe('number-kind-refused')
    expect((await read(carol)).rules.exceptions).toHaveLength(1)
    expect((await change(carol, {})).status).toBe(403)
    expect((await api('/api/dialling-rules', { as: alice })).status).toBe(403)
    const audit = await env.DB.prepare(
      "SELECT actor_id, detail FROM audit WHERE action='dialling.change' ORDER BY id DESC",
    ).first<{ actor_id: string; detail: string }>()
    expect([audit!.actor_id, JSON.parse(audit!.detail).fields]).toEqual([dora.id, ['countries', 'exceptions']])
  })

  it('[SIP-7] two who change them at once: the second is told', async () => {
    const dora = await signedIn('administrator', 'dora')
    const { rules } = await read(dora)
    const put = () => api('/api/dialling-rules', { as: dora, method: 'PUT', body: { ...rules, maxMinutes: 60 } })
    expect((await put()).status).toBe(200)
    const late = await put()
    expect([late.status, (await late.json<{ code: string }>()).code]).toEqual([409, 'conflict'])
  })

  it('[SIP-7] what makes no sense is not taken', async () => {
    const dora = await signedIn('administrator', 'dora')
    for (const wrong of [{ countries: ['tr'] }, { maxMinutes: 0 }, { exceptions: [{ prefix: '90', allow: true }] }])
      expect((await change(dora, wrong as never)).status).toBe(422)
  })

  it('[SIP-7] a number can be tried without calling it', async () => {
    const dora = await signedIn('administrator', 'dora')
    await change(dora, { countries: ['TR'], exceptions: [] })
    const trial = async (number: string) =>
      (await api('/api/dialling-rules/trials', { as: dora, body: { number, role: 'agent' } })).json<DialVerdict>()
    expect(await trial('+905551112233')).toMatchObject({ country: 'TR', kind: 'mobile', refusal: null })
    expect(await trial('+19002345678')).toMatchObject({
      country: 'US',
      kind: 'premium-rate',
      refusal: 'number-kind-refused',
    })
    expect(await trial('+4930123456')).toMatchObject({ country: 'DE', refusal: 'country-not-allowed' })
    await change(dora, { countries: null })
  })
})

describe('a call to a number', () => {
  it('[SIP-7] of a kind that costs is refused before any carrier, whoever calls', async () => {
    const dora = await phoneOf(await signedIn('administrator', 'dora'))
    expect(await refusalOf(dora, '+19002345678')).toBe('number-kind-refused')
    expect(await refusalOf(dora, '+8816312345678')).toBe('number-kind-refused')
  })

  it('[SIP-7] beyond an agent’s limit is refused before any carrier', async () => {
    const dora = await signedIn('administrator', 'dora')
    await change(dora, { perAgent: { atOnce: 4, perMinute: 2 } })
    const alice = await signedIn('agent', 'alice')
    const phone = await phoneOf(alice)
    expect(await refusalOf(phone, '+19002345678')).toBe('number-kind-refused')
    expect(await refusalOf(phone, '+19002345678')).toBe('number-kind-refused')
    expect(await refusalOf(phone, '+905551112233')).toBe('too-many-calls')
    await change(dora, { perAgent: { atOnce: 4, perMinute: 20 } })
  })

  it('[SIP-7] beyond the deployment’s limit is taken back while it rings; what it cost is counted', async () => {
    const dora = await signedIn('administrator', 'dora')
    await change(dora, {
      deployment: { atOnce: 1, perMinute: 100 },
      spend: { currency: 'EUR', perDay: null, prices: [{ prefix: '+90', perMinute: 60 }], otherwise: 0 },
    })
    const telephone = new SipAgent('guest-demo-telephone', await demoWire())
    await telephone.register()
    const [alice, bob] = [
      await phoneOf(await signedIn('agent', 'alice')),
      await phoneOf(await signedIn('agent', 'bob')),
    ]
    const dialog = alice.invite('+905551112233')
    telephone.answer(await telephone.request('INVITE'), 200, { body: 'v=0\r\n' })
    dialog.ack(await alice.response(200, 'INVITE'))
    await expect.poll(async () => (await meterRoom(env).view()).running).toBe(1)
    expect(await refusalOf(bob, '+905551112234')).toBe('calls-full')
    dialog.ask('BYE')
    await alice.response(200, 'BYE')
    await expect.poll(async () => (await meterRoom(env).view()).running).toBe(0)
    expect((await meterRoom(env).view()).spentToday).toBeGreaterThan(0)

    await change(dora, {
      deployment: { atOnce: 100, perMinute: 100 },
      spend: { currency: 'EUR', perDay: 0.5, prices: [], otherwise: 0 },
    })
    expect(await refusalOf(bob, '+905551112235')).toBe('spend-limit')
    telephone.unplug()
  })
})
