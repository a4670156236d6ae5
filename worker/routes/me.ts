import * as z from 'zod'
import { epochMs, id } from '#shared/protocol/common'
import { owed } from '#shared/protocol/live'
import { agentToday, type AgentToday } from '#shared/protocol/pools'
import { callbacksDue, leaseView } from '#shared/protocol/pulls'
import { agentState, me as meSchema, stateChange } from '#shared/protocol/session'
import { mePatch } from '#shared/protocol/users'
import { pushProfiles } from '../auth/profiles'
import { whoAmI } from '../auth/who-am-i'
import { preferencesOf, updateUser, userById } from '../db/users'
import { RefusalError } from '../refusals'
import { agentRoom, asking, poolRoom } from '../rooms/doors'
import { isRefusal } from '../rooms/ports'
import { body, endpoint, json, router } from './endpoint'

export const me = router()

endpoint(
  me,
  'me.read',
  {
    method: 'get',
    path: '/me',
    tags: ['me'],
    summary: 'Who I am',
    responses: { 200: json(meSchema, 'Who is signed in, their state and what they may do') },
  },
  async (c) => c.json(await whoAmI(c.env, c.get('actor').userId, c.get('origin'), Date.now()), 200),
)

endpoint(
  me,
  'me.change',
  {
    method: 'patch',
    path: '/me',
    tags: ['me'],
    summary: 'My preferences',
    request: body(mePatch),
    responses: { 200: json(meSchema, 'As they are now') },
  },
  async (c) => {
    const { userId } = c.get('actor')
    const row = await userById(c.env.DB, userId)
    if (!row) throw new RefusalError('session-revoked')
    await updateUser(c.env.DB, userId, {
      preferences: JSON.stringify({ ...preferencesOf(row), ...c.req.valid('json') }),
    })
    await pushProfiles(c.env, [userId])
    return c.json(await whoAmI(c.env, userId, c.get('origin'), Date.now()), 200)
  },
)

/** AGENT-2. Refuses phone-not-registered: going available where calls are made in the browser, before its phone is connected. */
endpoint(
  me,
  'me.state',
  {
    method: 'put',
    path: '/me/state',
    tags: ['me'],
    summary: 'Go available, not ready or offline',
    request: body(stateChange),
    responses: { 200: json(z.object({ state: agentState, since: epochMs }), 'The state that shows now') },
  },
  async (c) => {
    const { state, reason } = c.req.valid('json')
    const actor = c.get('actor')
    const answer = await agentRoom(c.env, actor.userId).setState(actor, state, reason ?? null)
    if (isRefusal(answer)) throw new RefusalError(answer.refused)
    return c.json(answer, 200)
  },
)

endpoint(
  me,
  'me.work',
  {
    method: 'get',
    path: '/me/current',
    tags: ['me'],
    summary: 'The customer in hand, and the dispositions owed',
    responses: {
      200: json(z.object({ lease: leaseView.nullable(), owed: z.array(owed) }), 'What a reload goes on with'),
    },
  },
  async (c) => {
    const actor = c.get('actor')
    return c.json(await agentRoom(c.env, actor.userId).current(actor), 200)
  },
)

/** POOL-26, per agent. Of every pool of mine when none is named. */
endpoint(
  me,
  'me.work',
  {
    method: 'get',
    path: '/me/today',
    tags: ['me'],
    summary: 'My attempts, reached and talk time of today',
    request: { query: z.object({ poolId: id.optional() }) },
    responses: { 200: json(agentToday, "Today is the pool's day") },
  },
  async (c) => {
    const { userId } = c.get('actor')
    const { poolId } = c.req.valid('query')
    const ids = poolId ? [poolId] : ((await agentRoom(c.env, userId).whoami())?.pools ?? []).map((pool) => pool.id)
    const days = await Promise.all(
      ids.map((one) =>
        asking(
          () => poolRoom(c.env, one),
          (pool) => pool.today(userId),
        ),
      ),
    )
    return c.json(days.reduce(sum, { attempts: 0, reached: 0, positive: 0, talkMs: 0 }), 200)
  },
)

/** POOL-15: promised calls of my pools, mine and anyone's; a pool that does not answer is left out. */
endpoint(
  me,
  'me.work',
  {
    method: 'get',
    path: '/me/callbacks',
    tags: ['me'],
    summary: 'The callbacks promised that I may make',
    responses: { 200: json(callbacksDue, 'Soonest first, 50 at most') },
  },
  async (c) => {
    const { userId } = c.get('actor')
    const pools = (await agentRoom(c.env, userId).whoami())?.pools ?? []
    const lists = await Promise.all(
      pools.map(({ id: poolId }) =>
        asking(
          () => poolRoom(c.env, poolId),
          (pool) => pool.callbacks(userId),
        ).catch(() => []),
      ),
    )
    const items = lists.flat().sort((one, other) => one.at - other.at)
    return c.json({ items: items.slice(0, 50) }, 200)
  },
)

const sum = (a: AgentToday, b: AgentToday): AgentToday => ({
  attempts: a.attempts + b.attempts,
  reached: a.reached + b.reached,
  positive: a.positive + b.positive,
  talkMs: a.talkMs + b.talkMs,
})
