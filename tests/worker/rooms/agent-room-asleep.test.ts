import { env, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { LeaseView } from '#shared/protocol/pulls'
import { agentRoom } from '#worker/rooms/doors'
import { Viewer } from '#tests/support/workerd/live-viewer'
import { signedIn } from '#tests/support/workerd/people'
import { phoneOf } from '#tests/support/workerd/phones'
import { makePool } from '#tests/support/workerd/pools'

/** Longer than what was told waits to be saved (3 s), and than the runtime then lets an idle object stay in memory (10 s). */
const IDLE_MS = 14_000

describe('an agent’s room that really slept', () => {
  it('[POOL-4] keeps its sockets and tells them, before anything else, what is in hand', async () => {
    const alice = await signedIn('agent', 'alice')
    await makePool([alice.id], 2)
    await agentRoom(env, alice.id).setState(alice.actor, 'available', null)
    const mine = await Viewer.of(env.AGENT.getByName(alice.id), { userId: alice.id, sessionId: alice.sessionId })
    const pulled = await agentRoom(env, alice.id).pull(alice.actor, { id: null, poolId: null })
    const { lease } = (pulled as { reply: LeaseView }).reply
    await mine.until(() => JSON.stringify(mine.last).includes(lease.id))
    const { epoch } = mine.last!
    const heard = mine.heard.length

    await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
    expect(mine.heard.length).toBe(heard)
    await agentRoom(env, alice.id).leaseWarned({ leaseId: lease.id, warning: 'completed-meanwhile', by: 'Bob' })

    await mine.until(() => mine.last!.type === 'lease-warned')
    const [snapshot] = mine.heard.slice(heard)
    expect(snapshot).toMatchObject({
      type: 'snapshot',
      me: { state: 'with-customer', leaseId: lease.id, since: lease.since },
    })
    expect(snapshot!.epoch).not.toBe(epoch)
    expect(await agentRoom(env, alice.id).pull(alice.actor, { id: null, poolId: null })).toMatchObject({
      granted: false,
      reply: { lease: { id: lease.id } },
    })
  }, 60_000)

  it('[SIP-1] knows its telephone by the socket it slept with: it rings, and refreshes where it left off', async () => {
    const people = { alice: await signedIn('agent', 'alice'), bob: await signedIn('agent', 'bob') }
    const [alice, bob] = [await phoneOf(people.alice), await phoneOf(people.bob)]
    const room = env.AGENT.getByName(people.alice.id)
    await runInDurableObject(room, (before) => Object.assign(before, { isBefore: true }))
    const bindings = await agentRoom(env, people.alice.id).bindings()
    expect(bindings).toHaveLength(1)

    await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
    const dialog = bob.invite(alice.user)
    const invite = await alice.request('INVITE')
    expect(await runInDurableObject(room, (now) => 'isBefore' in now)).toBe(false)
    expect(await agentRoom(env, people.alice.id).bindings()).toEqual(bindings)
    dialog.cancel()
    expect((await alice.request('CANCEL')).header('Call-ID')).toBe(invite.header('Call-ID'))
    await alice.register()
    expect(await agentRoom(env, people.alice.id).bindings()).toEqual(bindings)
  }, 60_000)
})
