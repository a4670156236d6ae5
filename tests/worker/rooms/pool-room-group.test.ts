import { env, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { PoolEvent } from '#worker/rooms/pool/events'
import type { PoolPort } from '#worker/rooms/ports'
import { alice, bob, lease, openPool, pull, said } from '#tests/support/workerd/pool'
import { evict } from '#tests/support/workerd/evict'

const carl = { userId: 'carl', name: 'Carl', role: 'agent' as const }

describe('commands that come together', () => {
  it('[POOL-3] a refused one among them leaves counts and figures right, in memory and in rows', async () => {
    const id = 'group-refused'
    const room = await openPool(id, 6)
    const held = await lease(room, alice)
    const forged = { ...said(held, 'reached'), id: crypto.randomUUID(), token: 999 }
    const [, [accepted], [refused]] = await Promise.all([
      pull(room, bob),
      room.apply(alice, [said(held, 'reached')]),
      room.apply(carl, [forged]),
      pull(room, carl),
    ])
    expect(accepted).toMatchObject({ outcome: 'accepted' })
    expect(refused).toMatchObject({ outcome: 'refused' })
    const expected = { total: 6, pending: 3, leased: 2, completed: 1, byDisposition: { reached: 1 }, attemptsToday: 1 }
    expect(await room.stats()).toMatchObject(expected)
    await evict(env.POOL.getByName(id))
    expect(await env.POOL.getByName(id).stats()).toMatchObject(expected)
  })

  it('[POOL-26] they are journalled in one row that names them all, under the number their replies name', async () => {
    const id = 'group-journal'
    const room = await openPool(id, 6)
    const held = await Promise.all([alice, bob, carl].map((agent) => lease(room, agent)))
    await room.settled()
    // read where it was written, before the lists have it and it goes
    const { replies, rows } = await runInDurableObject(env.POOL.getByName(id), async (here, state) => ({
      replies: await Promise.all(
        [alice, bob, carl].map((agent, n) => (here as unknown as PoolPort).apply(agent, [said(held[n]!, 'reached')])),
      ),
      rows: state.storage.sql
        .exec<{ seq: number; event: string }>('SELECT seq, event FROM journal')
        .toArray()
        .map(({ seq, event }) => ({ seq, event: JSON.parse(event) as PoolEvent })),
    }))
    const named = new Map(rows.flatMap(({ seq, event }) => (event.kind === 'changed' ? [[seq, event] as const] : [])))
    for (const [n, [result]] of replies.entries()) {
      const event = named.get(result!.projection!.seq)
      expect(event?.entries).toContain(Number(held[n]!.entry.id))
      expect(event?.attempts).toContain(result!.id)
    }
  })
})
