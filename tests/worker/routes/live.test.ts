import { env } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { problem } from '#shared/protocol/problem'
import { floorPicture } from '#shared/protocol/live'
import { agentPicture } from '#tests/support/floor-pictures'
import { Viewer } from '#tests/support/workerd/live-viewer'
import { api, ORIGIN, signedIn, type Person } from '#tests/support/workerd/people'
import { makePool } from '#tests/support/workerd/pools'
import { cookieName } from '#worker/auth/cookie'
import { signToken } from '#worker/auth/session-token'

const open = (topic: string, as: Person | null, headers: Record<string, string> = {}) =>
  api(`/api/live?topic=${topic}`, {
    ...(as ? { as } : {}),
    headers: { upgrade: 'websocket', 'sec-websocket-protocol': 'switchroom.v1', ...headers },
  })

async function byCookie(person: Person, origin: string | null): Promise<Response> {
  const token = await signToken(
    env,
    { userId: person.id, sessionId: person.sessionId, use: 'cookie' },
    Date.now() + 60_000,
  )
  const headers = { cookie: `${cookieName(env.INSTANCE_ID)}=${token}`, ...(origin ? { origin } : {}) }
  return open('floor:main', null, headers)
}

async function refusal(response: Response): Promise<[number, string]> {
  const { status, code } = problem.parse(await response.json())
  expect(response.status).toBe(status)
  return [status, code]
}

describe('GET /api/live', () => {
  it('[FLOOR-1] gives a supervisor the floor’s snapshot, then what happens', async () => {
    const carol = await signedIn('supervisor', 'carol')
    const viewer = Viewer.from(await open('floor:main', carol))
    expect(viewer.protocol).toBe('switchroom.v1')
    await viewer.until((v) => v.heard.length === 1)
    expect(viewer.last!.type).toBe('snapshot')
    await env.FLOOR.getByName('main').agentChanged(agentPicture({ agentId: 'live-route', rev: 1 }))
    await viewer.until((v) => v.heard.some((event) => (event.agent as { agentId?: string })?.agentId === 'live-route'))
  })

  it('gives anyone signed in their own topic', async () => {
    const alice = await signedIn('agent', 'alice')
    const viewer = await Viewer.from(await open('me', alice)).until((v) => v.heard.length > 0)
    expect(viewer.heard[0]).toMatchObject({ type: 'snapshot', me: { state: 'offline' } })
  })

  it('[AUTH-1] refuses the floor to an agent', async () => {
    expect(await refusal(await open('floor:main', await signedIn('agent', 'alice')))).toEqual([403, 'not-permitted'])
  })

  it('[AUTH-3] takes a browser’s cookie from our own origin only', async () => {
    const carol = await signedIn('supervisor', 'carol')
    expect((await byCookie(carol, ORIGIN)).status).toBe(101)
    expect(await refusal(await byCookie(carol, 'https://evil.example'))).toEqual([403, 'foreign-origin'])
    expect(await refusal(await byCookie(carol, null))).toEqual([403, 'foreign-origin'])
  })

  it('refuses who is not signed in', async () => {
    expect(await refusal(await open('me', null, { origin: ORIGIN }))).toEqual([401, 'not-signed-in'])
  })

  it.each([
    ['no upgrade', { upgrade: '' }, 'me'],
    ['another subprotocol', { 'sec-websocket-protocol': 'sip' }, 'me'],
    ['an unknown topic', {}, 'floor:elsewhere'],
  ])('refuses %s', async (_what, headers, topic) => {
    expect(await refusal(await open(topic, await signedIn('supervisor', 'carol'), headers))).toEqual([
      422,
      'invalid-input',
    ])
  })

  it('[AUTH-3] a ticket opens one socket, and no other kind of socket', async () => {
    const carol = await signedIn('supervisor', 'carol')
    const made = await api('/api/live/tickets', { method: 'POST', as: carol })
    expect(made.status).toBe(201)
    const { ticket } = (await made.json()) as { ticket: string }
    const withTicket = (text: string) =>
      open('floor:main', null, { 'sec-websocket-protocol': `switchroom.v1, ticket.${text}` })
    const opened = await withTicket(ticket)
    expect(opened.status).toBe(101)
    expect(opened.headers.get('sec-websocket-protocol')).toBe('switchroom.v1')
    expect(await refusal(await withTicket(ticket))).toEqual([401, 'not-signed-in'])
    expect(await refusal(await withTicket('forged'))).toEqual([401, 'not-signed-in'])
    const sips = (await (await api('/api/sip/tickets', { method: 'POST', as: carol })).json()) as { ticket: string }
    expect(await refusal(await withTicket(sips.ticket))).toEqual([401, 'not-signed-in'])
  })

  it('no header of a client reaches the room: nobody hears another’s topic', async () => {
    const alice = await signedIn('agent', 'alice')
    const bob = await signedIn('agent', 'bob')
    const viewer = Viewer.from(await open('me', alice, { 'x-switchroom-user': bob.id, 'x-switchroom-session': 'bobs' }))
    await viewer.until((v) => v.heard.length > 0)
    await env.AGENT.getByName(alice.id).closeAllSessions('account-disabled')
    await viewer.until((v) => v.closed !== null)
    expect(viewer.closed!.code).toBe(4401)
  })
})

describe('the floor for programs', () => {
  it('[FLOOR-1] answers the picture as it stands', async () => {
    const carol = await signedIn('supervisor', 'carol')
    await env.FLOOR.getByName('main').agentChanged(agentPicture({ agentId: 'polled', rev: 5 }))
    const reply = await api('/api/floor/main', { as: carol })
    const { agents } = floorPicture.parse(await reply.json())
    expect(agents).toContainEqual(agentPicture({ agentId: 'polled', rev: 5 }))
  })

  it('[AUTH-1] is not for agents', async () => {
    expect(await refusal(await api('/api/floor/main', { as: await signedIn('agent', 'alice') }))).toEqual([
      403,
      'not-permitted',
    ])
  })
})

describe('[POOL-22] topic pool:ID', () => {
  it('[AUTH-1] is a supervisor’s in any pool, an agent’s only where they may see the list', async () => {
    const [alice, carol] = [await signedIn('agent', 'alice'), await signedIn('supervisor', 'carol')]
    const plain = await makePool([alice.id], 1)
    const listed = await makePool([alice.id], 1, { listMode: true })
    const others = await makePool([], 1, { listMode: true })
    expect((await open(`pool:${plain.id}`, carol)).status).toBe(101)
    expect((await open(`pool:${listed.id}`, alice)).status).toBe(101)
    expect(await refusal(await open(`pool:${plain.id}`, alice))).toEqual([409, 'list-mode-off'])
    expect(await refusal(await open(`pool:${others.id}`, alice))).toEqual([403, 'not-a-member'])
    expect(await refusal(await open('pool:nowhere', carol))).toEqual([404, 'unknown-pool'])
  })

  it('[AUTH-3] a session that ends loses its sockets on pools', async () => {
    const alice = await signedIn('agent', 'alice')
    const pool = await makePool([alice.id], 1, { listMode: true })
    const viewer = await Viewer.from(await open(`pool:${pool.id}`, alice)).until((v) => v.heard.length > 0)
    await env.AGENT.getByName(alice.id).closeSession(alice.sessionId)
    await viewer.until((v) => v.closed !== null)
    expect(viewer.closed).toEqual({ code: 4401, reason: 'session-revoked' })
  })
})
