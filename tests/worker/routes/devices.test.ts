import { env } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { MadeDevice } from '#shared/protocol/devices'
import { SipAgent } from '#tests/support/sip-agent'
import { api, signedIn, type Person } from '#tests/support/workerd/people'
import { phoneOf, sipUpgrade } from '#tests/support/workerd/phones'
import { agentRoom } from '#worker/rooms/doors'
import { credentialsFor, strongestChallenge } from '#worker/sip/digest'

async function madeFor(person: Person): Promise<MadeDevice> {
  const answer = await api('/api/me/devices', { as: person, body: { name: 'Desk phone' } })
  expect(answer.status).toBe(201)
  return answer.json<MadeDevice>()
}
async function wireOf(made: { path: string }): Promise<WebSocket> {
  const answer = await sipUpgrade(made.path.slice('/sip'.length))
  if (!answer.webSocket) throw new Error(String(answer.status))
  answer.webSocket.accept()
  return answer.webSocket
}
async function phone(made: MadeDevice) {
  return new SipAgent(made.sipUsername, await wireOf(made))
}
/** As RFC 7616 has it: asked, answered with the challenge, asked again with the password. */
async function signOn(agent: SipAgent, password: string) {
  const challenged = await agent.register()
  expect(challenged.status).toBe(401)
  const challenge = strongestChallenge([challenged.header('WWW-Authenticate')])!
  const asked = {
    username: agent.user,
    password,
    method: 'REGISTER',
    uri: 'sip:switchroom.test',
    count: 1,
    cnonce: 'c1',
  }
  const authorization = credentialsFor(challenge, asked)
  return { authorization, answer: await agent.register({ headers: [`Authorization: ${authorization}`] }) }
}

describe('a foreign telephone', () => {
  it('[SIP-2] registers with its own password, is called and calls', async () => {
    const [alice, bob] = [await signedIn('agent', 'alice'), await signedIn('agent', 'bob')]
    const made = await madeFor(alice)
    const desk = await phone(made)
    expect((await signOn(desk, made.sipPassword)).answer.status).toBe(200)
    expect((await desk.register()).status).toBe(200)
    const bobs = await phoneOf(bob)
    bobs.invite(alice.username)
    desk.answer(await desk.request('INVITE'), 486)
    expect((await bobs.response(486, 'INVITE')).status).toBe(486)
    desk.invite(bob.username)
    await bobs.request('INVITE')
  })

  it('[SIP-2] before it has proven itself it may do nothing; a wrong password, or an answer heard elsewhere, proves nothing', async () => {
    const alice = await signedIn('agent', 'alice')
    const made = await madeFor(alice)
    const desk = await phone(made)
    desk.invite('bob')
    await desk.response(403, 'INVITE')
    expect((await signOn(desk, 'wrong')).answer.status).toBe(401)
    const { authorization, answer } = await signOn(await phone(made), made.sipPassword)
    expect(answer.status).toBe(200)
    const replayed = await (await phone(made)).register({ headers: [`Authorization: ${authorization}`] })
    expect([replayed.status, replayed.header('WWW-Authenticate')]).toEqual([401, expect.stringContaining('stale=true')])
    expect((await signOn(desk, made.sipPassword)).answer.status).toBe(200)
    // proven is not more than it is: its own AOR alone
    expect((await desk.register({ from: 'bob' })).status).toBe(403)
  })

  it('[SIP-2] has 5 s; four may be at it, a fifth is turned away', async () => {
    const made = await madeFor(await signedIn('agent', 'alice'))
    const waiting = [await phone(made), await phone(made), await phone(made), await phone(made)]
    expect((await sipUpgrade(made.path.slice('/sip'.length))).status).toBe(429)
    await expect
      .poll(() => waiting.map((one) => one.closed?.code), { timeout: 9_000 })
      .toEqual([4401, 4401, 4401, 4401])
    expect((await signOn(await phone(made), made.sipPassword)).answer.status).toBe(200)
  })

  it('[SIP-2] revoked, it is cut off at once and opens nothing; other people’s cannot be revoked', async () => {
    const [alice, bob] = [await signedIn('agent', 'alice'), await signedIn('agent', 'bob')]
    const made = await madeFor(alice)
    const desk = await phone(made)
    await signOn(desk, made.sipPassword)
    const revoke = (as: Person) => api(`/api/me/devices/${made.id}`, { as, method: 'DELETE' })
    expect((await revoke(bob)).status).toBe(404)
    expect((await revoke(alice)).status).toBe(204)
    await expect.poll(() => desk.closed?.code).toBe(4401)
    expect((await sipUpgrade(made.path.slice('/sip'.length))).status).toBe(401)
    expect(await agentRoom(env, alice.id).bindings()).toEqual([])
  })

  it('[SIP-2] of a disabled user is cut off; passwords are told once and kept nowhere', async () => {
    const [alice, dora] = [await signedIn('agent', 'alice'), await signedIn('administrator', 'dora')]
    const made = await madeFor(alice)
    const desk = await phone(made)
    await signOn(desk, made.sipPassword)
    const listed = await (await api('/api/me/devices', { as: alice })).text()
    expect(listed).toContain(made.id)
    expect(listed).not.toContain(made.sipPassword)
    const row = await env.DB.prepare('SELECT * FROM devices WHERE id=?').bind(made.id).first()
    expect(JSON.stringify(row)).not.toContain(made.sipPassword)
    expect((await api(`/api/users/${alice.id}`, { as: dora, method: 'PATCH', body: { disabled: true } })).status).toBe(
      200,
    )
    await expect.poll(() => desk.closed?.code).toBe(4401)
    expect((await sipUpgrade(made.path.slice('/sip'.length))).status).toBe(401)
  })
})
