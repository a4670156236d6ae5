import { env, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { Pace } from '#shared/domain/agent/reachability'
import type { AgentPicture } from '#shared/protocol/live'
import type { SipAgent } from '#tests/support/sip-agent'
import { comesDue, meOf, roomOf, sleepAndWake, stateOf, stubOf, watch } from '#tests/support/workerd/agents'
import { timersOf } from '#tests/support/workerd/evict'
import { Viewer } from '#tests/support/workerd/live-viewer'
import { signedIn, type Person } from '#tests/support/workerd/people'
import { phoneOf } from '#tests/support/workerd/phones'
import { makePool } from '#tests/support/workerd/pools'
import { agentRoom, callRoom } from '#worker/rooms/doors'
import { MAIN_TEAM } from '#worker/rooms/ports'

/** Nobody counts as heard lately, and answers are waited for a moment only. */
const HASTY: Pace = { everyMs: 60_000, freshMs: 0, answerMs: 60 }
const PATIENT: Pace = { ...HASTY, answerMs: 30_000 }

const hasten = (person: Person, pace: Pace = HASTY) =>
  runInDurableObject(stubOf(person), (room) => {
    ;(room as unknown as { reach: { pace: Pace } }).reach.pace = pace
  })

async function available(name: string): Promise<{ person: Person; phone: SipAgent }> {
  const person = await signedIn('agent', name)
  const phone = await phoneOf(person)
  await roomOf(person).setState(person.actor, 'available', null)
  await hasten(person)
  return { person, phone }
}
const challengeAt = (phone: SipAgent) => phone.request('OPTIONS')

describe('[PHONE-8] an available agent whose page stands still', () => {
  it('is not reachable after two unanswered challenges, is skipped, and comes back by itself with the answer', async () => {
    const { person, phone } = await available('alice')
    const pool = await makePool([person.id], 2)
    const mine = await watch(person)
    const floor = await Viewer.of(env.FLOOR.getByName(MAIN_TEAM))
    const before = Date.now()
    await comesDue(person, 'reach')
    const [first] = [await challengeAt(phone), await challengeAt(phone)]
    await mine.until(() => stateOf(mine) === 'unreachable')
    const since = meOf(mine)!.since
    expect(since).toBeGreaterThanOrEqual(before)
    await floor.until(({ last }) => {
      const agent = last?.agent as AgentPicture | undefined
      return agent?.agentId === person.id && agent.state === 'unreachable' && agent.since === since
    })
    expect(await agentRoom(env, person.id).bindings()).toEqual([])
    expect(await agentRoom(env, person.id).offer({ poolId: pool.id })).toEqual({ taken: false })
    expect(phone.rest.filter((start) => start.startsWith('OPTIONS'))).toEqual([])

    phone.answer(first, 200)
    await mine.until(() => stateOf(mine) === 'available')
    expect(meOf(mine)!.notReached).toMatchObject({ since })
    expect(meOf(mine)!.notReached!.until).toBeGreaterThan(since)
    expect(await agentRoom(env, person.id).bindings()).toHaveLength(1)
  })

  it('one that answers is never lost; one that was heard lately is not asked at all', async () => {
    const { person, phone } = await available('alice')
    await hasten(person, PATIENT)
    for (let n = 0; n < 3; n++) {
      await comesDue(person, 'reach')
      phone.answer(await challengeAt(phone), 200)
      await expect.poll(() => challengeOf(person)).toBe(null)
      expect(await roomOf(person).presence()).toMatchObject({ state: 'available' })
    }
    await hasten(person, { ...PATIENT, freshMs: 60_000 })
    await comesDue(person, 'reach')
    expect(await timersOf(stubOf(person))).toContain('reach')
    expect(phone.rest.filter((start) => start.startsWith('OPTIONS'))).toEqual([])
  })

  it('is so after its room slept too, until it does something: a pull is proof enough', async () => {
    const { person } = await available('alice')
    await makePool([person.id], 1)
    await comesDue(person, 'reach')
    await expect.poll(async () => (await roomOf(person).presence()).state).toBe('unreachable')
    const { since } = await roomOf(person).presence()
    await sleepAndWake(person)
    expect(await roomOf(person).presence()).toMatchObject({ state: 'unreachable', since })
    expect(await roomOf(person).pull(person.actor, { id: null, poolId: null })).toMatchObject({ granted: true })
    expect(await roomOf(person).presence()).toMatchObject({ state: 'with-customer' })
  })

  it('a telephone that registers anew is there; who chose something else is not looked at', async () => {
    const { person } = await available('alice')
    await comesDue(person, 'reach')
    await expect.poll(async () => (await roomOf(person).presence()).state).toBe('unreachable')
    await phoneOf(person)
    await expect.poll(async () => (await roomOf(person).presence()).state).toBe('available')
    await roomOf(person).setState(person.actor, 'not-ready', 'lunch')
    expect(await timersOf(stubOf(person))).not.toContain('reach')
  })
})

describe('[PHONE-8] a call that rings a page that stands still', () => {
  it('ends with 480 after two answers that did not come; the page finds it cancelled when it wakes', async () => {
    const caller = await signedIn('agent', 'alice')
    const alice = await phoneOf(caller)
    const { person, phone: bob } = await available('bob')
    alice.invite(person.username)
    const invite = await bob.request('INVITE')
    const refused = await alice.response(480, 'INVITE')
    expect(await callRoom(env, refused.header('X-Switchroom-Call')).picture()).toMatchObject({
      state: 'failed',
      hangupCause: 'unreachable',
    })
    await expect.poll(async () => (await roomOf(person).presence()).state).toBe('unreachable')
    const cancel = await bob.request('CANCEL')
    for (const header of ['Via', 'From', 'To', 'Call-ID']) expect(cancel.header(header)).toBe(invite.header(header))

    // the next one goes elsewhere at once
    alice.invite(person.username)
    await alice.response(480, 'INVITE')
    bob.answer(await bob.request('OPTIONS'), 200)
    await expect.poll(async () => (await roomOf(person).presence()).state).toBe('available')
    alice.invite(person.username)
    bob.answer(await bob.request('INVITE'), 180)
    await alice.response(180, 'INVITE')
  })

  it('any word is a sign of life: it rings on', async () => {
    const caller = await signedIn('agent', 'alice')
    const alice = await phoneOf(caller)
    const { person, phone: bob } = await available('bob')
    await hasten(person, PATIENT)
    alice.invite(person.username)
    const invite = await bob.request('INVITE')
    expect(await ringsOf(person)).toBe(1)
    bob.answer(invite, 100)
    await expect.poll(() => ringsOf(person)).toBe(0)
    expect(await challengeOf(person)).toBe(null)
    bob.answer(invite, 180)
    await alice.response(180, 'INVITE')
    await expect.poll(async () => (await roomOf(person).presence()).state).toBe('ringing')
  })
})

const reachOf = <T>(person: Person, read: (reach: { reach: { challenge: unknown }; rings: unknown[] }) => T) =>
  runInDurableObject(stubOf(person), (room) =>
    read((room as unknown as { reach: { reach: { challenge: unknown }; rings: unknown[] } }).reach),
  )
const challengeOf = (person: Person) => reachOf(person, ({ reach }) => reach.challenge)
const ringsOf = (person: Person) => reachOf(person, ({ rings }) => rings.length)
