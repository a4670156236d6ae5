import { env } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { SDP, SipAgent } from '#tests/support/sip-agent'
import { api, ORIGIN, signedIn } from '#tests/support/workerd/people'
import { sipUpgrade, talking } from '#tests/support/workerd/phones'
import { cookieName } from '#worker/auth/cookie'
import { signToken } from '#worker/auth/session-token'
import { callRoom } from '#worker/rooms/doors'

async function cookieOf(person: { id: string; sessionId: string }): Promise<string> {
  const token = await signToken(
    env,
    { userId: person.id, sessionId: person.sessionId, use: 'cookie' },
    Date.now() + 60_000,
  )
  return `${cookieName(env.INSTANCE_ID)}=${token}`
}
const refusalOf = async (answer: Response) => [answer.status, (await answer.json<{ code: string }>()).code]
const ticketOf = async (person: { token: string }) => {
  const answer = await api('/api/sip/tickets', { method: 'POST', as: person })
  expect(answer.status).toBe(201)
  return (await answer.json<{ ticket: string }>()).ticket
}
const speaks = async (answer: Response, username: string) => {
  expect(answer.status).toBe(101)
  expect(answer.headers.get('sec-websocket-protocol')).toBe('sip')
  answer.webSocket!.accept()
  const phone = new SipAgent(username, answer.webSocket!)
  expect((await phone.register()).status).toBe(200)
  return phone
}

describe('GET /sip', () => {
  it('[SIP-2] opens with the cookie from our own page, and only from there', async () => {
    const alice = await signedIn('agent', 'alice')
    const cookie = await cookieOf(alice)
    await speaks(await sipUpgrade('', { cookie, origin: ORIGIN }), alice.username)
    expect(await refusalOf(await sipUpgrade('', { cookie, origin: 'https://evil.example' }))).toEqual([
      403,
      'foreign-origin',
    ])
    expect(await refusalOf(await sipUpgrade('', { cookie, origin: 'http://switchroom.test.evil.example' }))).toEqual([
      403,
      'foreign-origin',
    ])
    expect(await refusalOf(await sipUpgrade('', { cookie }))).toEqual([403, 'foreign-origin'])
    expect(await refusalOf(await sipUpgrade('', { origin: ORIGIN }))).toEqual([401, 'not-signed-in'])
  })

  it('[SIP-2] needs an upgrade and the subprotocol sip', async () => {
    const alice = await signedIn('agent', 'alice')
    const headers = { cookie: await cookieOf(alice), origin: ORIGIN }
    expect(await refusalOf(await sipUpgrade('', { ...headers, 'sec-websocket-protocol': 'chat' }))).toEqual([
      422,
      'invalid-input',
    ])
    expect(await refusalOf(await sipUpgrade('', { ...headers, upgrade: 'h2c' }))).toEqual([422, 'invalid-input'])
  })

  it('[SIP-2] opens once with a ticket, without Origin; not forged, not with another token', async () => {
    const alice = await signedIn('agent', 'alice')
    const ticket = await ticketOf(alice)
    await speaks(await sipUpgrade(`?ticket=${ticket}`), alice.username)
    expect(await refusalOf(await sipUpgrade(`?ticket=${ticket}`))).toEqual([401, 'not-signed-in'])
    expect(await refusalOf(await sipUpgrade(`?ticket=${ticket}x`))).toEqual([401, 'not-signed-in'])
    expect(await refusalOf(await sipUpgrade(`?ticket=${alice.token}`))).toEqual([401, 'not-signed-in'])
  })

  it('[SIP-2] of two that come with one ticket at once, one gets in', async () => {
    const ticket = await ticketOf(await signedIn('agent', 'alice'))
    const answers = await Promise.all([
      sipUpgrade(`?ticket=${ticket}`),
      sipUpgrade(`?ticket=${ticket}`),
      sipUpgrade(`?ticket=${ticket}`),
    ])
    expect(answers.map((answer) => answer.status).sort()).toEqual([101, 401, 401])
    for (const answer of answers) answer.webSocket?.accept()
  })

  it('[SIP-2] a header of the client makes nobody someone else', async () => {
    const [alice, bob] = [await signedIn('agent', 'alice'), await signedIn('agent', 'bob')]
    const forged = {
      'x-switchroom-user': bob.id,
      'x-switchroom-session': bob.sessionId,
      'x-switchroom-ticket': 'x:99999999999999',
    }
    const answer = await sipUpgrade('', { authorization: `Bearer ${alice.token}`, ...forged })
    const phone = await speaks(answer, alice.username)
    expect((await phone.register({ from: bob.username })).status).toBe(403)
  })

  it('[AUTH-3] a session that was closed loses its socket at once and gets no other', async () => {
    const alice = await signedIn('agent', 'alice')
    const phone = await speaks(await sipUpgrade('', { authorization: `Bearer ${alice.token}` }), alice.username)
    await env.AGENT.getByName(alice.id).closeSession(alice.sessionId)
    await expect.poll(() => phone.closed?.code).toBe(4401)
    expect((await sipUpgrade('', { authorization: `Bearer ${alice.token}` })).status).toBe(401)
  })

  it('[SIP-2] the demo telephone comes from our own page alone', async () => {
    expect(await refusalOf(await sipUpgrade('?guest=demo-telephone', { origin: 'https://evil.example' }))).toEqual([
      403,
      'foreign-origin',
    ])
    expect(await refusalOf(await sipUpgrade('?guest=boss', { origin: ORIGIN }))).toEqual([422, 'invalid-input'])
    await speaks(await sipUpgrade('?guest=demo-telephone', { origin: ORIGIN }), 'guest-demo-telephone')
  })
})

describe('POST /api/calls/{callId}/…', () => {
  const control = (callId: string, action: string, as: { token: string }) =>
    api(`/api/calls/${callId}/${action}`, { method: 'POST', as })

  it('[SIP-4] either side and a supervisor may hold, resume and end; to others the call is unknown', async () => {
    const { alice, bob, people, callId } = await talking()
    const mallory = await signedIn('agent', 'mallory')
    for (const action of ['hold', 'resume', 'end']) {
      expect(await refusalOf(await control(callId, action, mallory))).toEqual([404, 'unknown-call'])
    }
    const held = await control(callId, 'hold', people.bob)
    expect([held.status, await held.json()]).toEqual([200, { ended: false, held: true }])
    for (const phone of [alice, bob])
      phone.answer(await phone.request('INVITE'), 200, { body: SDP(phone.user, 'inactive') })
    await expect.poll(async () => (await callRoom(env, callId).picture())?.state).toBe('on-hold')

    const carol = await signedIn('supervisor', 'carol')
    const ended = await control(callId, 'end', carol)
    expect([ended.status, await ended.json()]).toEqual([200, { ended: true, held: false }])
    await Promise.all([alice.request('BYE'), bob.request('BYE')])
    expect(await refusalOf(await control(callId, 'end', carol))).toEqual([404, 'unknown-call'])
    expect(await refusalOf(await control('no-such-call', 'end', carol))).toEqual([404, 'unknown-call'])
  })
})
