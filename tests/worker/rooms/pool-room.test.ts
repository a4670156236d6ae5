import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { env } from 'cloudflare:test'
import { GLOBAL, unlistValue } from '#worker/db/do-not-call'
import { PoolRoom } from '#worker/rooms/pool-room'
import { about, alice, bob, carol, dora, lease, openPool, pull, said } from '#tests/support/workerd/pool'
import { numberOf } from '#tests/support/workerd/numbers'

const MINUTE = 60_000
let now = Date.UTC(2026, 10, 20, 9)
beforeEach(() => {
  now = Date.UTC(2026, 10, 20, 9)
  PoolRoom.clock = () => now
})
afterEach(() => {
  PoolRoom.clock = () => Date.now()
})

describe('pulling', () => {
  it('[POOL-1] gives fifty agents who pull together fifty different customers', async () => {
    const room = await openPool('pull-fifty', 60)
    const agents = Array.from({ length: 50 }, (_, n) => ({ userId: `agent-${n}`, name: `Agent ${n}` }))
    const views = await Promise.all(agents.map((agent) => lease(room, agent)))
    expect(new Set(views.map((view) => view.customer.phone)).size).toBe(50)
    expect((await room.stats()).leased).toBe(50)
  })

  it('[POOL-4] answers the lease I hold again, and a repeated command id with the first answer', async () => {
    const room = await openPool('pull-again', 3)
    const id = crypto.randomUUID()
    const first = await pull(room, alice, id)
    expect(await lease(room, alice)).toEqual(first)
    await room.apply(alice, [said(await lease(room, alice), 'reached')])
    expect(await pull(room, alice, id)).toMatchObject({ lease: first.lease })
  })

  it('[POOL-8] an empty pull says why, the counts add up to the pool, and when the next is due', async () => {
    const room = await openPool('pull-empty', 4)
    await room.apply(bob, [said(await lease(room, bob), 'no-answer')])
    await room.apply(bob, [said(await lease(room, bob), 'reached')])
    await room.apply(bob, [said(await lease(room, bob), 'call-back', { callbackAt: now + 90 * MINUTE })])
    await lease(room, bob)
    const empty = await pull(room, alice)
    expect(empty).toEqual({
      lease: null,
      blocked: { leased: 1, notDue: 1, callbackLater: 1, completed: 1 },
      nextDueAt: now + 60 * MINUTE,
    })
  })

  it('[POOL-9] refuses who is no member, and says that a pool is paused', async () => {
    const room = await openPool('pull-member', 2, { members: ['alice'] })
    expect(await room.pull({ id: null, agentId: 'bob', agentName: 'Bob' })).toEqual({ refused: 'not-a-member' })
    const settings = (await room.settings())!
    await room.configure({ ...settings, version: 2, state: 'paused' })
    expect(await pull(room, alice)).toMatchObject({ lease: null, blocked: { poolPaused: 2 } })
  })

  it('[POOL-7] a skipped customer rests for me, goes to others at once, and the budget is kept', async () => {
    const room = await openPool('pull-skip', 2, { skipBudget: 1 })
    const first = await lease(room, alice)
    expect(await room.apply(alice, [about(first, 'skip-entry', { reason: 'my neighbour' })])).toMatchObject([
      { outcome: 'accepted' },
    ])
    const second = await lease(room, alice)
    expect(second.entry.id).not.toBe(first.entry.id)
    expect((await lease(room, bob)).entry.id).toBe(first.entry.id)
    const [refused] = await room.apply(alice, [about(second, 'skip-entry', { reason: 'again' })])
    expect(refused).toMatchObject({ outcome: 'refused', code: 'skip-budget-spent' })
  })
})

describe('dispositions', () => {
  it('[POOL-11] three no-answers give the same customer 1, 2, 3 of 3, then unreachable', async () => {
    const room = await openPool('retry', 1, { preset: 'simple-panel' })
    for (const attempt of [1, 2, 3]) {
      const view = await lease(room, alice)
      expect(view.entry).toMatchObject({ attempt, maxAttempts: 3 })
      const [result] = await room.apply(alice, [said(view, 'no-answer')])
      expect(result!.entry).toMatchObject({ state: attempt < 3 ? 'pending' : 'unreachable', attempts: attempt })
    }
    expect(await pull(room, alice)).toMatchObject({ lease: null, blocked: { exhausted: 1 } })
  })

  it('[POOL-5] accepted after the lease lapsed while nobody else was granted the customer', async () => {
    const room = await openPool('lapsed', 1)
    const view = await lease(room, alice)
    now += 11 * MINUTE
    expect(await room.stats()).toMatchObject({ pending: 1, leased: 0 })
    const [result] = await room.apply(alice, [said(view, 'reached')])
    expect(result).toMatchObject({ outcome: 'accepted', entry: { state: 'completed' } })
  })

  it('[POOL-5] late when bob was granted it: booked, counted, flagged, and the entry does not move', async () => {
    const room = await openPool('late', 1)
    const hers = await lease(room, alice)
    now += 11 * MINUTE
    const his = await lease(room, bob)
    expect(his.lease.token).toBe(hers.lease.token + 1)
    expect(await room.apply(alice, [said(hers, 'no-answer')])).toMatchObject([
      { outcome: 'late', entry: { state: 'leased', attempts: 1 } },
    ])
    expect((await room.held('bob'))?.history).toMatchObject([{ agentId: 'alice', late: true }])
    expect(await room.stats()).toMatchObject({ byDisposition: { 'no-answer': 1 }, attemptsToday: 1, leased: 1 })
  })

  it('[POOL-5] a late do-not-call always applies at once and ends the hold', async () => {
    const room = await openPool('late-dnc', 1)
    const hers = await lease(room, alice)
    now += 11 * MINUTE
    const his = await lease(room, bob)
    expect(await room.apply(alice, [said(hers, 'do-not-call')])).toMatchObject([
      { outcome: 'late', entry: { state: 'do-not-call' } },
    ])
    expect(await room.held('bob')).toBeNull()
    expect(await room.apply(bob, [said(his, 'reached')])).toMatchObject([
      { outcome: 'accepted', entry: { state: 'do-not-call' } },
    ])
  })

  it('[POOL-5] refuses a forged and a foreign token', async () => {
    const room = await openPool('forged', 1)
    const view = await lease(room, alice)
    const results = await room.apply(bob, [said(view, 'reached'), said(view, 'reached', { token: 99 })])
    expect(results.map((result) => result.code)).toEqual(['foreign-token', 'foreign-token'])
    expect(await room.stats()).toMatchObject({ attemptsToday: 0, leased: 1 })
  })

  it('[SYNC-4] a command delivered twice, also within one batch, books one attempt', async () => {
    const room = await openPool('twice', 1)
    const view = await lease(room, alice)
    const command = said(view, 'no-answer')
    const [first, second] = await room.apply(alice, [command, command])
    const [third] = await room.apply(alice, [command])
    expect([first!.outcome, second!.outcome, third!.outcome]).toEqual(['accepted', 'duplicate', 'duplicate'])
    expect(await room.stats()).toMatchObject({ attemptsToday: 1 })
  })

  it('[POOL-5] a second tab that says the same is a duplicate, another word is refused', async () => {
    const room = await openPool('two-tabs', 1)
    const view = await lease(room, alice)
    await room.apply(alice, [said(view, 'no-answer')])
    expect(await room.apply(alice, [said(view, 'no-answer'), said(view, 'busy')])).toMatchObject([
      { outcome: 'duplicate' },
      { outcome: 'refused', code: 'already-recorded' },
    ])
    expect(await room.stats()).toMatchObject({ attemptsToday: 1 })
  })

  it('[POOL-13] refuses an unknown disposition and a callback without a time; nothing changes, the id stays free', async () => {
    const room = await openPool('checked', 1)
    const view = await lease(room, alice)
    const callback = said(view, 'call-back')
    const results = await room.apply(alice, [
      said(view, 'sold'),
      callback,
      said(view, 'call-back', { callbackAt: now - 1 }),
    ])
    expect(results.map((result) => result.code)).toEqual([
      'unknown-disposition',
      'callback-time-required',
      'callback-in-the-past',
    ])
    expect(await room.stats()).toMatchObject({ leased: 1, attemptsToday: 0 })
    const again = { ...callback, callbackAt: now + MINUTE }
    expect(await room.apply(alice, [again])).toMatchObject([{ outcome: 'accepted' }])
  })

  it('a clock three hours wrong is no reason to refuse: the time is kept between the grant and now', async () => {
    const room = await openPool('clock', 2)
    const ahead = await lease(room, alice)
    now += MINUTE
    const [fast] = await room.apply(alice, [said(ahead, 'no-answer', { at: now + 180 * MINUTE })])
    expect(fast).toMatchObject({ outcome: 'accepted', entry: { dueAt: now + 60 * MINUTE } })
    const behind = await lease(room, alice)
    now += MINUTE
    const [slow] = await room.apply(alice, [said(behind, 'no-answer', { at: now - 180 * MINUTE })])
    expect(slow).toMatchObject({ outcome: 'accepted', entry: { dueAt: now - MINUTE + 60 * MINUTE } })
  })

  it('[POOL-14] its agent corrects a slip; state, figures and counts follow, the attempt stays one', async () => {
    const room = await openPool('correct', 1)
    const view = await lease(room, alice)
    const slip = said(view, 'reached')
    await room.apply(alice, [slip])
    const correction = about(view, 'correct-disposition', { attemptId: slip.id, disposition: 'no-answer' })
    expect(await room.apply(alice, [correction])).toMatchObject([
      { outcome: 'accepted', entry: { state: 'pending', attempts: 1 } },
    ])
    expect(await room.stats()).toMatchObject({
      attemptsToday: 1,
      reachedToday: 0,
      byDisposition: { 'no-answer': 1 },
      completed: 0,
      pending: 1,
    })
    now += 5 * MINUTE + 1
    const tooLate = about(view, 'correct-disposition', { attemptId: slip.id, disposition: 'busy' })
    expect(await room.apply(alice, [tooLate])).toMatchObject([{ outcome: 'refused', code: 'correction-window-over' }])
    expect(await room.apply(carol, [tooLate])).toMatchObject([{ outcome: 'accepted' }])
  })

  it('[POOL-15] a callback comes to its agent when due, to anyone after the grace', async () => {
    const room = await openPool('callback', 1)
    await room.apply(alice, [
      said(await lease(room, alice), 'call-back', { callbackAt: now + 30 * MINUTE, note: 'ask for Eve' }),
    ])
    expect(await room.callbacks('alice')).toMatchObject([{ at: now + 30 * MINUTE, note: 'ask for Eve', isMine: true }])
    now += 30 * MINUTE
    expect(await pull(room, bob)).toMatchObject({ lease: null, blocked: { assignedToAnother: 1 } })
    now += 15 * MINUTE
    expect((await lease(room, bob)).entry.callback).toMatchObject({ note: 'ask for Eve' })
  })

  it('[POOL-17] a dead desk is booked as missing, the customer rests, and the agent resolves the same attempt', async () => {
    const room = await openPool('missing', 1)
    const view = await lease(room, alice)
    const id = crypto.randomUUID()
    const target = { agentId: 'alice', agentName: 'Alice', entryId: view.entry.id, token: view.lease.token }
    await room.bookMissing({ id, ...target, callId: 'call-1', at: now, talkMs: 42_000 })
    expect(await pull(room, bob)).toMatchObject({ lease: null, blocked: { notDue: 1 } })
    expect(await room.apply(alice, [said(view, 'reached', { callId: 'call-1' })])).toMatchObject([
      { outcome: 'accepted', entry: { state: 'completed', attempts: 1 } },
    ])
    expect(await room.today('alice')).toEqual({ attempts: 1, reached: 1, positive: 0, talkMs: 42_000 })
  })
})

describe('leases', () => {
  it('[POOL-6] extends in a call, to 60 minutes without one, and frees itself', async () => {
    const room = await openPool('extend', 1)
    const view = await lease(room, alice)
    now += 9 * MINUTE
    expect(await room.apply(alice, [about(view, 'extend-lease')])).toMatchObject([{ expiresAt: now + 10 * MINUTE }])
    for (let n = 0; n < 5; n += 1) {
      now += 9 * MINUTE
      await room.apply(alice, [about(view, 'extend-lease')])
    }
    expect((await room.held('alice'))?.lease.expiresAt).toBe(view.lease.since + 60 * MINUTE)
    expect(await room.apply(alice, [about(view, 'extend-lease')])).toMatchObject([
      { outcome: 'refused', code: 'lease-limit' },
    ])
    expect(await room.apply(alice, [about(view, 'extend-lease', { inCall: true })])).toMatchObject([
      { expiresAt: now + 10 * MINUTE },
    ])
    now += 11 * MINUTE
    expect(await room.held('alice')).toBeNull()
  })

  it('[POOL-6] a supervisor releases a lease; an agent may not; the disposition that follows is still accepted', async () => {
    const room = await openPool('release', 1)
    const view = await lease(room, alice)
    expect((await room.releaseFor(bob, view.entry.id, 'mine')).released).toEqual([])
    expect((await room.releaseFor(carol, view.entry.id, 'gone home')).released).toEqual([
      { entryId: view.entry.id, agentId: 'alice', token: view.lease.token },
    ])
    expect(await room.held('alice')).toBeNull()
    expect(await room.apply(alice, [said(view, 'reached')])).toMatchObject([{ outcome: 'accepted' }])
  })

  it('[POOL-3] reopening gives fresh attempts and makes the old holder late; do-not-call needs an administrator', async () => {
    const room = await openPool('reopen', 1)
    const view = await lease(room, alice)
    await room.apply(alice, [said(view, 'do-not-call')])
    const input = { id: crypto.randomUUID(), entryId: view.entry.id, action: 'reopen' as const, reason: 'a slip' }
    expect(await room.supervise(carol, input)).toMatchObject({ refused: 'not-permitted' })
    expect(await room.supervise(dora, { ...input, reason: '' })).toMatchObject({ refused: 'reason-required' })
    expect(await room.supervise(dora, input)).toMatchObject({ refused: 'do-not-call' })
    await room.settled()
    const { version } = await unlistValue(env.DB, GLOBAL, numberOf(1))
    await room.removeDoNotCall({ list: GLOBAL, version, value: numberOf(1) })
    expect(await room.supervise(dora, input)).toMatchObject({ projection: { room: 'pool:reopen' } })
    expect((await lease(room, bob)).entry).toMatchObject({ attempt: 1 })
  })
})
