import { env, runInDurableObject } from 'cloudflare:test'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { uuidv7 } from 'uuidv7'
import { TRUNKS_OWN } from '#shared/domain/trunk/caller-id'
import type { CallerIdSetup, Trunk } from '#shared/protocol/trunks'
import { FakeSbc } from '#tests/support/workerd/fake-sbc'
import { api, signedIn, type Person } from '#tests/support/workerd/people'
import { elapse } from '#tests/support/workerd/evict'
import { aPool, aRow, bob, openPool, pull } from '#tests/support/workerd/pool'
import { acknowledged, phoneOf } from '#tests/support/workerd/phones'
import { SDP, type SipAgent } from '#tests/support/sip-agent'
import { savePool } from '#worker/db/pools'
import { agentRoom, callRoom, floorRoom, trunkRoom } from '#worker/rooms/doors'
import { MAIN_TEAM } from '#worker/rooms/ports'

const PASSWORD = 'sbc-password'
/** A loaded machine needs its time. */
const soon = <T>(holds: () => T) => vi.waitFor(holds, { timeout: 5_000 })
let n = 0
const sbcOf = () => new FakeSbc(`sbc-${++n}.test`, PASSWORD)
const wishFor = (sbc: FakeSbc, more: object = {}) => ({
  name: 'Lab',
  url: sbc.url,
  domain: 'sbc.test',
  username: 'switchroom',
  password: PASSWORD,
  callerNumber: '+15558887777',
  ...more,
})
async function connected(dora: Person, sbc: FakeSbc, more: object = {}): Promise<Trunk> {
  const made = await api('/api/trunks', { as: dora, body: wishFor(sbc, more) })
  expect(made.status).toBe(201)
  const trunk = (await made.json()) as Trunk
  await soon(async () => expect((await trunkRoom(env, trunk.id).state()).phase).toBe('registered'))
  return trunk
}
const stateOf = (trunk: Trunk) => trunkRoom(env, trunk.id).state()

const made: { dora: Person; trunk: Trunk }[] = []
const keep = (dora: Person, trunk: Trunk) => {
  made.push({ dora, trunk })
  return trunk
}
afterEach(async () => {
  for (const { dora, trunk } of made.splice(0)) await api(`/api/trunks/${trunk.id}`, { as: dora, method: 'DELETE' })
  vi.unstubAllGlobals()
})

describe('[SIP-9] a trunk', () => {
  it('registers, is kept alive, and signs off when it is removed', async () => {
    const dora = await signedIn('administrator', 'dora')
    const sbc = sbcOf()
    const trunk = await connected(dora, sbc)
    expect(sbc.methods()).toEqual(['REGISTER', 'REGISTER'])
    expect(await stateOf(trunk)).toMatchObject({ fault: null, retryAt: null, calls: 0 })
    await runInDurableObject(env.TRUNK.getByName(trunk.id), (room) =>
      (room as unknown as { onTimer(timer: object, now: number): void }).onTimer({ name: 'alive' }, Date.now()),
    )
    await soon(() => expect(sbc.methods().at(-1)).toBe('OPTIONS'))
    expect((await api(`/api/trunks/${trunk.id}`, { as: dora, method: 'DELETE' })).status).toBe(204)
    await soon(() => expect(sbc.requests.at(-1)?.header('expires')).toBe('0'))
    expect((await stateOf(trunk)).phase).toBe('off')
  })

  it('says why it does not stand, and tries again by itself', async () => {
    const dora = await signedIn('administrator', 'dora')
    const sbc = sbcOf()
    sbc.isUp = false
    const trunk = keep(dora, (await (await api('/api/trunks', { as: dora, body: wishFor(sbc) })).json()) as Trunk)
    await soon(async () => expect((await stateOf(trunk)).fault?.code).toBe('unreachable'))
    sbc.isUp = true
    await soon(async () => expect((await stateOf(trunk)).phase).toBe('registered'))
    expect(sbc.connections).toBeGreaterThan(1)
  })

  it('wrong credentials are told, and not tried again at once', async () => {
    const dora = await signedIn('administrator', 'dora')
    const sbc = sbcOf()
    const wrong = wishFor(sbc, { password: 'another' })
    const trunk = keep(dora, (await (await api('/api/trunks', { as: dora, body: wrong })).json()) as Trunk)
    await soon(async () => expect((await stateOf(trunk)).fault?.code).toBe('wrong-credentials'))
    const state = await stateOf(trunk)
    expect(state.phase).toBe('waiting')
    expect(state.retryAt! - state.since).toBeGreaterThan(14_000)
    // the right one counts at once
    await api(`/api/trunks/${trunk.id}`, { as: dora, method: 'PATCH', body: { password: PASSWORD } })
    await soon(async () => expect((await stateOf(trunk)).phase).toBe('registered'))
  })

  it('a changed name needs no new registration; switched off, it is off', async () => {
    const dora = await signedIn('administrator', 'dora')
    const sbc = sbcOf()
    const trunk = keep(dora, await connected(dora, sbc))
    const said = sbc.requests.length
    await api(`/api/trunks/${trunk.id}`, { as: dora, method: 'PATCH', body: { name: 'Other', channels: 3 } })
    expect((await stateOf(trunk)).phase).toBe('registered')
    expect(sbc.requests.length).toBe(said)
    await api(`/api/trunks/${trunk.id}`, { as: dora, method: 'PATCH', body: { enabled: false } })
    expect((await stateOf(trunk)).phase).toBe('off')
  })

  it('led elsewhere, it signs off from where it was, as who it was there', async () => {
    const dora = await signedIn('administrator', 'dora')
    const [sbc, other] = [sbcOf(), sbcOf()]
    const trunk = keep(dora, await connected(dora, sbc))
    const elsewhere = { url: other.url, domain: 'other.test' }
    await api(`/api/trunks/${trunk.id}`, { as: dora, method: 'PATCH', body: elsewhere })
    await soon(async () => expect((await stateOf(trunk)).phase).toBe('registered'))
    await soon(() => expect(sbc.requests.at(-1)?.header('expires')).toBe('0'))
    expect(sbc.requests.at(-1)).toMatchObject({ method: 'REGISTER', uri: 'sip:sbc.test' })
    expect(other.requests[0]).toMatchObject({ method: 'REGISTER', uri: 'sip:other.test' })
  })

  it('has as many channels as it is given, and one for each call however often it asks', async () => {
    const dora = await signedIn('administrator', 'dora')
    const trunk = keep(dora, await connected(dora, sbcOf(), { channels: 2 }))
    const room = trunkRoom(env, trunk.id)
    const claim = (call: string) => room.claim(call, '+442079460000', TRUNKS_OWN)
    expect(await claim('a')).toEqual({
      uri: 'sip:+442079460000@sbc.test',
      local: '<sip:+15558887777@sbc.test>',
      identity: [],
    })
    await claim('b')
    await claim('a')
    expect(await claim('c')).toEqual({ refused: 'full' })
    await room.callEnded('a')
    expect(await claim('c')).not.toHaveProperty('refused')
  })
})

describe('[SIP-9] a call that comes in', () => {
  it.each(['0533 700 11 01', '905337001102', '+905337001103'])(
    '[POOL-1] keeps the customer who calls, shown as %s, from every pull until it is over',
    async (shown) => {
      const ours = '+902125550199'
      const dora = await signedIn('administrator', 'dora')
      const ann = await signedIn('agent', 'ann')
      const sbc = sbcOf()
      const trunk = keep(dora, await connected(dora, sbc, { numbers: [{ number: ours, userId: ann.id }] }))
      const customer = `+90${shown.replaceAll(' ', '').slice(-10)}`
      const pool = await openPool(`inbound-${crypto.randomUUID()}`, [aRow(1, { phone: customer })])
      const phone = await phoneOf(ann)
      // the other end of its WebSocket belongs to the trunk's room
      const onTheLine = <T>(what: () => T) => runInDurableObject(env.TRUNK.getByName(trunk.id), what)
      const call = await onTheLine(() => sbc.call(shown.replaceAll(' ', ''), ours))
      await phone.request('INVITE')
      await expect
        .poll(
          async () => {
            const reply = await pull(pool, bob)
            if (reply.lease) await pool.releaseFor({ ...bob, role: 'supervisor' }, reply.entry.id, 'too early')
            return reply.lease ? null : reply.blocked
          },
          { timeout: 5_000 },
        )
        .toEqual({ heldElsewhere: 1 })
      await onTheLine(() => call.hangUp())
      await expect.poll(async () => (await pull(pool, bob)).lease !== null, { timeout: 5_000 }).toBe(true)
    },
  )
})

describe('[SIP-9] a number of a pool', () => {
  /** Agents at their telephones, in the order they became available. */
  async function team(...names: string[]) {
    const people: { person: Person; phone: SipAgent }[] = []
    for (const name of names) {
      const person = await signedIn('agent', name)
      const phone = await phoneOf(person)
      await api('/api/me/state', { as: person, method: 'PUT', body: { state: 'available' } })
      await soon(async () =>
        expect((await floorRoom(env, MAIN_TEAM).available()).map(({ agentId }) => agentId)).toContain(person.id),
      )
      people.push({ person, phone })
    }
    return people
  }
  async function poolOf(members: Person[], rows = [] as ReturnType<typeof aRow>[], id = `hunt-${crypto.randomUUID()}`) {
    const pool = aPool(id, { members: members.map((one) => one.id) })
    await savePool(env.DB, pool)
    await openPool(id, rows, pool)
    return id
  }
  const ours = () => `+90212555${String(1000 + ++n)}`
  const ring = (sbc: FakeSbc, trunk: Trunk, from: string, number: string) =>
    runInDurableObject(env.TRUNK.getByName(trunk.id), () => sbc.call(from, number))

  it('rings who is idle longest, then the next; who answers has the call, and the customer who calls on the screen', async () => {
    const dora = await signedIn('administrator', 'dora')
    const [ann, ben, outsider] = await team('ann', 'ben', 'outsider')
    const [number, customer] = [ours(), '+905337001188']
    const poolId = await poolOf([ben!.person, ann!.person], [aRow(1, { phone: customer, name: 'Erin Acar' })])
    const sbc = sbcOf()
    const trunk = keep(dora, await connected(dora, sbc, { numbers: [{ number, poolId }] }))
    const call = await ring(sbc, trunk, customer, number)

    const toAnn = await ann!.phone.request('INVITE')
    expect(toAnn.header('From')).toContain('"Erin Acar"')
    const card = await api(`/api/calls/${toAnn.header('X-Switchroom-Call')}/caller`, { as: ann!.person })
    expect(await card.json()).toMatchObject({ customer: { name: 'Erin Acar', phone: customer }, pool: { id: poolId } })
    ann!.phone.answer(toAnn, 603)

    const toBen = await ben!.phone.request('INVITE')
    const callId = toBen.header('X-Switchroom-Call')
    const room = callRoom(env, callId)
    expect(await room.picture()).toMatchObject({ agentId: poolId, poolId, customerName: 'Erin Acar' })
    ben!.phone.answer(toBen, 200, { body: SDP('ben') })
    await soon(() => expect(sbc.finalOf(call.callId)).toBe(200))
    expect(await room.picture()).toMatchObject({ agentId: ben!.person.id, state: 'in-progress', direction: 'incoming' })
    await soon(async () => {
      expect((await agentRoom(env, ben!.person.id).presence()).state).toBe('on-call')
      expect((await agentRoom(env, ann!.person.id).presence()).state).toBe('available')
    })
    expect([ann!.phone.rest.filter((one) => one.startsWith('INVITE')), outsider!.phone.rest]).toEqual([[], []])
    // who has nothing to do with the call is told nothing of the customer
    expect((await api(`/api/calls/${callId}/caller`, { as: outsider!.person })).status).toBe(404)
    await room.end('over')
  })

  it('rings on after the ring time, by a timer that is a row; nobody left: the fallback agent, then what the number says', async () => {
    const dora = await signedIn('administrator', 'dora')
    const [ann, fred] = await team('ann', 'fred')
    const number = ours()
    const poolId = await poolOf([ann!.person])
    const rings = { number, poolId, fallbackUserId: fred!.person.id, nobody: 'unavailable' }
    const sbc = sbcOf()
    const trunk = keep(dora, await connected(dora, sbc, { numbers: [rings] }))
    const call = await ring(sbc, trunk, '+905337001189', number)
    const toAnn = await ann!.phone.request('INVITE')
    await elapse(env.CALL.getByName(toAnn.header('X-Switchroom-Call')), 'ring')
    await ann!.phone.request('CANCEL')
    const toFred = await fred!.phone.request('INVITE')
    fred!.phone.answer(toFred, 486)
    await soon(() => expect(sbc.finalOf(call.callId)).toBe(480))
  })

  it('all at once where the number says so; busy when nobody is there', async () => {
    const dora = await signedIn('administrator', 'dora')
    const [ann, ben] = await team('ann', 'ben')
    const numbers = [
      { number: ours(), poolId: await poolOf([ann!.person, ben!.person]), atOnce: null },
      { number: ours(), poolId: await poolOf([]) },
    ]
    const sbc = sbcOf()
    const trunk = keep(dora, await connected(dora, sbc, { numbers }))
    const both = await ring(sbc, trunk, 'anonymous', numbers[0]!.number)
    await Promise.all([ann!.phone.request('INVITE'), ben!.phone.request('INVITE')])
    await runInDurableObject(env.TRUNK.getByName(trunk.id), () => both.hangUp())
    await Promise.all([ann!.phone.request('CANCEL'), ben!.phone.request('CANCEL')])
    const nobody = await ring(sbc, trunk, 'anonymous', numbers[1]!.number)
    await soon(() => expect(sbc.finalOf(nobody.callId)).toBe(486))
  })
})

describe('[SIP-9] which number is shown', () => {
  const shownIn = (sbc: FakeSbc) => {
    const invite = sbc.requests.findLast(({ method }) => method === 'INVITE')!
    const [from, asserted, privacy] = ['from', 'p-asserted-identity', 'privacy'].map((name) => invite.header(name))
    return { from: from!.replace(/;tag=.*/, ''), asserted, privacy }
  }

  it('an agent’s rule, else the trunk’s number; withheld is told to the network alone; only numbers that are ours', async () => {
    const dora = await signedIn('administrator', 'dora')
    const [alice, ben, carl] = [
      await signedIn('agent', 'alice'),
      await signedIn('agent', 'ben'),
      await signedIn('agent', 'carl'),
    ]
    const number = `+15558884${String(++n).padStart(3, '0')}`
    const sbc = sbcOf()
    const settings = { numbers: [{ number, userId: alice.id }], identity: 'both' }
    const trunk = keep(dora, await connected(dora, sbc, settings))
    const before = (await (await api('/api/caller-ids', { as: dora })).json()) as CallerIdSetup
    expect(before.numbers).toEqual(expect.arrayContaining([number, '+15558887777']))
    const set = (agents: object[], version: number) =>
      api('/api/caller-ids', { as: dora, method: 'PUT', body: { version, agents, pools: [] } })
    const foreign = await set([{ userId: alice.id, shows: '+442079460000' }], before.rules.version)
    expect(foreign.status).toBe(422)
    const rules = [
      { userId: alice.id, shows: number },
      { userId: ben.id, shows: 'withheld' },
    ]
    expect((await set(rules, before.rules.version)).status).toBe(200)
    expect((await set([], before.rules.version)).status).toBe(409)

    const calls = async (person: Person) => {
      const phone = await phoneOf(person)
      phone.invite('+442079460123')
      await phone.response(486, 'INVITE')
      return shownIn(sbc)
    }
    const own = (shown: string) => `<sip:${shown}@sbc.test>`
    expect(await calls(alice)).toEqual({ from: own(number), asserted: own(number), privacy: null })
    expect(await calls(ben)).toEqual({
      from: '"Anonymous" <sip:anonymous@anonymous.invalid>',
      asserted: own('+15558887777'),
      privacy: 'id',
    })
    expect(await calls(carl)).toMatchObject({ from: own('+15558887777') })
    // From is the account where the SBC reads who calls elsewhere
    await api(`/api/trunks/${trunk.id}`, { as: dora, method: 'PATCH', body: { identity: 'asserted' } })
    expect(await calls(alice)).toEqual({ from: own('switchroom'), asserted: own(number), privacy: null })
  })
})

describe('[SIP-9] a call to a number', () => {
  it('goes through the trunk with credentials, is heard by the agent, and frees its channel', async () => {
    const dora = await signedIn('administrator', 'dora')
    const sbc = sbcOf()
    const trunk = keep(dora, await connected(dora, sbc))
    sbc.invites = [{ status: 200, body: SDP('far') }]
    const alice = await phoneOf(await signedIn('agent', 'alice'))
    const dialog = alice.invite('+442079460123')
    const ok = await alice.response(200, 'INVITE')
    dialog.ack(ok)
    expect(ok.body).toBe(SDP('far'))
    expect(sbc.requests.filter(({ method }) => method === 'INVITE').map(({ cseq }) => cseq.number)).toEqual([1, 2])
    expect(JSON.stringify(sbc.requests.map(({ headers }) => headers))).not.toContain('x-switchroom-challenge')
    expect((await stateOf(trunk)).calls).toBe(1)
    dialog.ask('BYE')
    await soon(() => expect(sbc.methods().at(-1)).toBe('BYE'))
    await soon(async () => expect((await stateOf(trunk)).calls).toBe(0))
  })

  it('outlives the cut of its trunk’s connection: the dialog tells the SBC its new way', async () => {
    const dora = await signedIn('administrator', 'dora')
    const sbc = sbcOf()
    const trunk = keep(dora, await connected(dora, sbc))
    sbc.invites = [
      { status: 200, body: SDP('far') },
      { status: 200, body: SDP('far') },
    ]
    const alice = await phoneOf(await signedIn('agent', 'alice'))
    const dialog = alice.invite('+442079460124')
    const ok = await alice.response(200, 'INVITE')
    dialog.ack(ok)
    await acknowledged(ok.header('X-Switchroom-Call'))
    await runInDurableObject(env.TRUNK.getByName(trunk.id), () => sbc.cut())
    const again = () => sbc.requests.filter(({ method, toTag }) => method === 'INVITE' && toTag !== null)
    await soon(() => expect(again().length).toBeGreaterThan(0))
    await soon(() => expect(sbc.methods().at(-1)).toBe('ACK'))
    expect(again().at(-1)!.body).toContain('s=-')
    expect([sbc.connections, (await stateOf(trunk)).calls]).toEqual([2, 1])
    dialog.ask('BYE')
    await soon(() => expect(sbc.methods().at(-1)).toBe('BYE'))
  })

  it('takes the second trunk when the first is at fault, and says so when none is left', async () => {
    const dora = await signedIn('administrator', 'dora')
    const [first, second] = [sbcOf(), sbcOf()]
    keep(dora, await connected(dora, first))
    keep(dora, await connected(dora, second, { order: 2 }))
    first.invites = [{ status: 503 }, { status: 503 }]
    second.invites = [{ status: 486 }, { status: 500 }]
    const alice = await phoneOf(await signedIn('agent', 'alice'))
    alice.invite('+442079460123')
    await alice.response(486, 'INVITE')
    alice.invite('+442079460123')
    const none = await alice.response(503, 'INVITE')
    expect(none.header('X-Switchroom-Refusal')).toBe('trunk-unavailable')
  })
})

describe('[SIP-9] the API of trunks', () => {
  it('never answers the password, and keeps it sealed', async () => {
    const dora = await signedIn('administrator', 'dora')
    const trunk = keep(dora, await connected(dora, sbcOf()))
    const list = await (await api('/api/trunks', { as: dora })).text()
    expect(list).not.toMatch(/sbc-password|secret/)
    const { results } = await env.DB.prepare('SELECT settings, secret FROM trunks WHERE id=?').bind(trunk.id).all()
    expect(JSON.stringify(results)).not.toContain(PASSWORD)
    expect(results[0]!.secret).toMatch(/^v1\./)
  })

  it('a number belongs to one trunk, once, and to somebody', async () => {
    const dora = await signedIn('administrator', 'dora')
    const sbc = sbcOf()
    const numbers = [{ number: '+15558880001', userId: dora.id }]
    keep(dora, await connected(dora, sbc, { numbers }))
    const again = await api('/api/trunks', { as: dora, body: wishFor(sbc, { numbers }) })
    expect([again.status, ((await again.json()) as { code: string }).code]).toEqual([409, 'conflict'])
    const nobody = [{ number: '+15558880002', userId: uuidv7() }]
    expect((await api('/api/trunks', { as: dora, body: wishFor(sbc, { numbers: nobody }) })).status).toBe(422)
  })

  it.each(['http://x.test', 'ws://user:word@x.test', 'x.test'])('refuses the address %s', async (url) => {
    const dora = await signedIn('administrator', 'dora')
    const answer = await api('/api/trunks', { as: dora, body: { ...wishFor(sbcOf()), url } })
    expect(answer.status).toBe(422)
  })
})
