import { env, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { shardOf } from '#shared/domain/number/shard'
import { numberRoom, poolRoom } from '#worker/rooms/doors'
import { isRefusal, type PoolPort } from '#worker/rooms/ports'
import { evict } from '#tests/support/workerd/evict'
import { about, alice, aPool, aRow, bob, fill, lease, openPool, pull, said } from '#tests/support/workerd/pool'

const numberOf = (n: number) => `+90533${String(n).padStart(7, '0')}`
let last = 0
/** A number that stands in no other test. */
const aNumber = () => numberOf((last += 1))
const name = () => `hold-${crypto.randomUUID()}`

async function poolWith(phones: string[], over: Parameters<typeof aPool>[1] = {}) {
  const id = name()
  const rows = phones.map((phone, n) => aRow(n + 1, { phone }))
  return { id, room: await openPool(id, rows, over) }
}
const asksOf = (id: string) =>
  runInDurableObject(env.POOL.getByName(id), (_room, state) =>
    state.storage.sql
      .exec<{ number: string; turn: number }>('SELECT number, turn FROM number_mark ORDER BY number')
      .toArray(),
  )
async function nothing(room: PoolPort, agent = bob) {
  const reply = await pull(room, agent)
  if (reply.lease !== null) throw new Error('something was given')
  return reply
}
async function done(room: PoolPort, agent: typeof alice, view: Awaited<ReturnType<typeof lease>>, disposition: string) {
  const [result] = await room.apply(agent, [said(view, disposition)])
  expect(result?.outcome).toBe('accepted')
}

/** Rows were changed behind the room's back: what it keeps beside them is read again. */
const readAgain = (room: unknown) => (room as { onRolledBack(): void }).onRolledBack()

describe('one customer in two pools', () => {
  it('[POOL-1] is given in one of them only, and in the other once free', async () => {
    const phone = aNumber()
    const first = await poolWith([phone])
    const second = await poolWith([phone])
    const held = await lease(first.room, alice)
    expect((await nothing(second.room)).blocked).toEqual({ heldElsewhere: 1 })
    await done(first.room, alice, held, 'reached')
    await expect.poll(async () => (await pull(second.room, bob)).lease !== null).toBe(true)
  })

  it('[POOL-1] a pool whose customers stand nowhere else asks nobody', async () => {
    const alone = await poolWith([aNumber(), aNumber()])
    await expect.poll(() => asksOf(alone.id)).toEqual([])
    await lease(alone.room, alice)
    expect(await asksOf(alone.id)).toEqual([])
  })

  it('[POOL-1] both pools pulled at once by many: nobody is given twice', async () => {
    const phones = Array.from({ length: 40 }, aNumber)
    const pools = [await poolWith(phones), await poolWith([...phones].reverse()), await poolWith(phones)]
    const agents = Array.from({ length: 30 }, (_, n) => ({ userId: `agent-${n}`, name: `Agent ${n}` }))
    const replies = await Promise.all(agents.map((agent, n) => pull(pools[n % 3]!.room, agent)))
    const given = replies.flatMap((reply) =>
      reply.lease === null ? [] : [(reply as { customer: { phone: string } }).customer.phone],
    )
    expect(given.length).toBeGreaterThan(3)
    expect(new Set(given).size).toBe(given.length)
  })

  it('[POOL-1] a lease that lapsed unheard is found out when another pool wants the customer', async () => {
    const phone = aNumber()
    const first = await poolWith([phone])
    const second = await poolWith([phone])
    const held = await lease(first.room, alice)
    await nothing(second.room)
    await first.room.settled()
    await evict(env.POOL.getByName(first.id))
    await poolRoom(env, first.id).apply(alice, [about(held, 'release-lease')])
    await expect.poll(async () => (await pull(second.room, bob)).lease !== null).toBe(true)
  })

  it('[POOL-1, POOL-6] a lapsed lease of a customer who stands elsewhere too cannot be extended back', async () => {
    const phone = aNumber()
    const first = await poolWith([phone])
    await poolWith([phone])
    const held = await lease(first.room, alice)
    await runInDurableObject(env.POOL.getByName(first.id), (room, state) => {
      state.storage.sql.exec('INSERT OR REPLACE INTO number_mark (number, turn) VALUES (?, 1000)', phone)
      state.storage.sql.exec('UPDATE entry SET expires_at=1, wake_at=1')
      readAgain(room)
    })
    await first.room.settled()
    await evict(env.POOL.getByName(first.id))
    const [result] = await poolRoom(env, first.id).apply(alice, [about(held, 'extend-lease')])
    expect(result).toMatchObject({ outcome: 'refused', code: 'lease-lapsed' })
  })
})

describe('a number nobody can be asked about', () => {
  it('[POOL-1] is passed over, and the next customer is given', async () => {
    const [shared, own] = [aNumber(), aNumber()]
    await poolWith([shared])
    const second = await poolWith([shared, own])
    await runInDurableObject(env.NUMBER.getByName(`numbers-${shardOf(shared, env.NUMBER_KEY)}`), (room) => {
      ;(room as unknown as { claimOne: () => Promise<never> }).claimOne = () => new Promise(() => {})
    })
    const view = await lease(second.room, bob)
    expect(view.customer.phone).toBe(own)
    expect((await second.room.stats()).pending).toBe(1)
  })
})

describe('live calls', () => {
  it('[POOL-1] an agent who dials a number by hand keeps every pool away until the call is over', async () => {
    const phone = aNumber()
    const { room } = await poolWith([phone])
    const callId = crypto.randomUUID()
    await numberRoom(env, phone).callBegan(phone, callId)
    await runInDurableObject(env.CALL.getByName(callId), (call) => {
      const caller = { userId: 'alice', name: 'Alice' }
      Object.assign(call, { state: { id: callId, call: { endedAt: null } }, file: { caller, lease: null } })
    })
    expect((await nothing(room)).blocked).toEqual({ heldElsewhere: 1 })
    await numberRoom(env, phone).callEnded(phone, callId)
    await expect.poll(async () => (await pull(room, bob)).lease !== null).toBe(true)
  })

  it('[POOL-1] a call whose end was never heard of does not hold the number: it is asked', async () => {
    const phone = aNumber()
    const { room } = await poolWith([phone])
    await numberRoom(env, phone).callBegan(phone, crypto.randomUUID())
    expect((await lease(room, bob)).customer.phone).toBe(phone)
  })

  it('[POOL-1] a call placed for a lease outlives the lease: the customer is nobody’s until it is over', async () => {
    const { room, id } = await poolWith([aNumber()])
    const held = await lease(room, alice)
    const call = { entryId: held.entry.id, callId: crypto.randomUUID(), number: held.customer.phone, since: Date.now() }
    await room.callHolds({ ...call, isOver: false })
    await room.releaseFor({ userId: 'carol', name: 'Carol', role: 'supervisor' }, held.entry.id, 'stale')
    expect((await nothing(room)).blocked).toEqual({ heldElsewhere: 1 })
    await room.callHolds({ ...call, isOver: true })
    expect((await lease(room, bob)).entry.id).toBe(held.entry.id)
    expect(await asksOf(id)).toEqual([])
  })
})

describe('caps over pools', () => {
  const caps = { perDay: 1, perWeek: null, lifetime: null }
  it('[POOL-19] spent in one pool, they keep the customer back in both, and say until when', async () => {
    const phone = aNumber()
    const first = await poolWith([phone], { caps })
    const second = await poolWith([phone], { caps })
    const held = await lease(first.room, alice)
    const answered = await first.room.apply(alice, [
      said(held, 'call-back', { callbackAt: Date.now() + 9 * 24 * 3600_000 }),
    ])
    expect(answered[0]?.outcome).toBe('accepted')
    await expect.poll(async () => (await nothing(second.room)).blocked).toEqual({ cap: 1 })
    const { nextDueAt } = await nothing(second.room)
    expect(nextDueAt).toBeGreaterThan(Date.now())
    expect(nextDueAt).toBeLessThanOrEqual(Date.now() + 24 * 3600_000)
  })

  it('[POOL-19] are counted by the attempt, per number, and lifted by new settings', async () => {
    const { room, id } = await poolWith([aNumber()], { caps: { perDay: null, perWeek: null, lifetime: 1 } })
    const held = await lease(room, alice)
    const [result] = await room.apply(alice, [said(held, 'busy')])
    expect(result?.outcome).toBe('accepted')
    await runInDurableObject(env.POOL.getByName(id), (room, state) => {
      state.storage.sql.exec('UPDATE entry SET due_at=1, wake_at=1')
      readAgain(room)
    })
    expect((await nothing(room)).blocked).toEqual({ cap: 1 })
    await room.configure({ ...aPool(id), version: 2 })
    expect((await lease(room, bob)).entry.attempt).toBe(2)
  })
})

describe('pools older than the rule', () => {
  it('[POOL-1] claim each number until all are registered', async () => {
    const phone = aNumber()
    const first = await poolWith([phone])
    const second = await poolWith([phone])
    for (const { id, room } of [first, second]) {
      await room.settled()
      await runInDurableObject(env.POOL.getByName(id), (_room, state) => {
        state.storage.sql.exec("DELETE FROM setting WHERE key='numbers'")
        state.storage.sql.exec('DELETE FROM number_mark')
      })
      await evict(env.POOL.getByName(id))
    }
    const [a, b] = await Promise.all([pull(poolRoom(env, first.id), alice), pull(poolRoom(env, second.id), bob)])
    expect([a, b].filter((reply) => reply.lease !== null)).toHaveLength(1)
  })
})

it('[POOL-4] a repeated pull of a shared customer is answered the first answer', async () => {
  const phone = aNumber()
  const first = await poolWith([phone])
  await poolWith([phone])
  const id = crypto.randomUUID()
  const one = await pull(first.room, alice, id)
  const two = await pull(first.room, alice, id)
  expect(two).toEqual(one)
  expect(isRefusal(one)).toBe(false)
  await fill(first.room, [aRow(2, { phone: aNumber() })])
})

describe('several numbers of a customer', () => {
  const withAlias = async (over: Parameters<typeof aPool>[1] = {}) => {
    const [mobile, work] = [aNumber(), aNumber()]
    const { room, id } = await poolWith([mobile], over)
    await room.addPhones('1', [{ number: work, given: '0212 work' }])
    await room.settled()
    return { room, id, mobile, work }
  }
  const makeDue = (id: string) =>
    runInDurableObject(env.POOL.getByName(id), (room, state) => {
      state.storage.sql.exec("UPDATE entry SET due_at=1, wake_at=1 WHERE lane='not-due'")
      readAgain(room)
    })

  it('[POOL-27] the hold covers all of them', async () => {
    const { room, work } = await withAlias()
    const other = await poolWith([work])
    const held = await lease(room, alice)
    expect((await nothing(other.room)).blocked).toEqual({ heldElsewhere: 1 })
    await done(room, alice, held, 'reached')
    await expect.poll(async () => (await pull(other.room, bob)).lease !== null).toBe(true)
  })

  it('[POOL-27] two customers of one pool who share a number are not given at the same time', async () => {
    const { room, work } = await withAlias()
    await fill(room, [aRow(2, { phone: work })])
    const held = await lease(room, alice)
    expect((await nothing(room)).blocked).toEqual({ leased: 1, heldElsewhere: 1 })
    await done(room, alice, held, 'reached')
    const next = await lease(room, bob)
    expect(next.customer.phone).toBe(work)
  })

  it('[POOL-27] shows which is next and the attempts of each, and goes round', async () => {
    const { room, id, mobile, work } = await withAlias()
    const first = await lease(room, alice)
    expect(first.customer.phone).toBe(mobile)
    expect(first.phones?.map(({ number, attempts, isNext }) => [number, attempts, isNext])).toEqual([
      [mobile, 0, true],
      [work, 0, false],
    ])
    await done(room, alice, first, 'no-answer')
    await makeDue(id)
    const second = await lease(room, bob)
    expect(second.customer).toMatchObject({ phone: work, phoneGiven: '0212 work' })
    expect(second.phones?.map(({ attempts }) => attempts)).toEqual([1, 0])
    expect(second.history[0]?.phone).toBe(mobile)
  })

  it('[POOL-10, POOL-27] a wrong number kills the number, not the customer; without another the customer is unreachable', async () => {
    const { room, mobile, work } = await withAlias()
    await done(room, alice, await lease(room, alice), 'wrong-number')
    const next = await lease(room, bob)
    expect(next.customer.phone).toBe(work)
    expect(next.phones?.find(({ number }) => number === mobile)?.isWrong).toBe(true)
    await done(room, bob, next, 'wrong-number')
    expect((await nothing(room)).blocked).toEqual({ exhausted: 1 })
  })

  it('[POOL-14, POOL-27] a corrected wrong number is right again', async () => {
    const { room, mobile } = await withAlias()
    const held = await lease(room, alice)
    const command = said(held, 'wrong-number')
    await room.apply(alice, [command])
    const correction = { id: crypto.randomUUID(), at: Date.now(), kind: 'correct-disposition' as const }
    const { poolId, id: entryId } = held.entry
    await room.apply(alice, [{ ...correction, poolId, entryId, attemptId: command.id, disposition: 'busy' }])
    expect((await nothing(room)).blocked).toEqual({ notDue: 1 })
    await makeDue(poolId)
    const again = await lease(room, bob)
    expect(again.phones?.find(({ number }) => number === mobile)).toMatchObject({ isWrong: false, attempts: 1 })
  })

  it('[POOL-27] books the attempt on the number the agent says it was', async () => {
    const { room, work } = await withAlias()
    const held = await lease(room, alice)
    await room.apply(alice, [said(held, 'wrong-number', { phone: work })])
    const next = await lease(room, bob)
    expect(next.phones?.find(({ number }) => number === work)).toMatchObject({ isWrong: true, attempts: 1 })
  })
})

describe('imports', () => {
  it('[POOL-1, IMP-9] register their numbers ahead: what lands is the pool’s own at once', async () => {
    const phones = Array.from({ length: 1200 }, aNumber)
    const { room, id } = await poolWith(phones)
    expect(await asksOf(id)).toEqual([])
    expect((await room.stats()).pending).toBe(1200)
  })
})
